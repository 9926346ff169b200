"""
Templates: the Django template language and other engines behind one door.

base.py              source -> nodes -> text; codegen/: nodes -> one generated function
context.py engine.py library.py   what templates see, their options, their tags and filters
defaulttags.py defaultfilters.py loader_tags.py   the built-in ones, in tags/ and filters/
backends/ handler.py loader.py    the configured engines; loaders/: where templates come from
response.py context_processors.py autoreload.py
"""

from fastjango.template.context import Context, ContextPopException, RequestContext
from fastjango.template.engine import Engine, set_engines
from fastjango.template.exceptions import TemplateDoesNotExist, TemplateSyntaxError
from fastjango.template.handler import EngineHandler
from fastjango.template.library import Library
from fastjango.template.lookup import VariableDoesNotExist
from fastjango.template.nodes import Node, NodeList
from fastjango.template.template import Origin, Template
from fastjango.template.variables import Variable

engines = EngineHandler()
set_engines(lambda: engines)

from fastjango.template import checks as _checks  # noqa: E402,F401  # needs `engines`; the check registers itself

__all__ = [
    "Context",
    "ContextPopException",
    "Engine",
    "EngineHandler",
    "Library",
    "Node",
    "NodeList",
    "Origin",
    "RequestContext",
    "Template",
    "TemplateDoesNotExist",
    "TemplateSyntaxError",
    "Variable",
    "VariableDoesNotExist",
    "engines",
]
