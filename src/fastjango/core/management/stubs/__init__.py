"""
Stub files (``models.pyi``) for what a type checker cannot infer of models; the ``makestubs`` command writes them.

- ``names``: how classes of other modules are called in a stub
- ``lookups``: the keyword arguments that ``filter()`` and ``create()`` of a model take, with their types
- ``members``: the attributes that a model has without saying so
- ``module``: the text of a stub: the source of its module with bodies left out and members put in
"""

from fastjango.core.management.stubs.module import models_by_module, stub_of

__all__ = ["models_by_module", "stub_of"]
