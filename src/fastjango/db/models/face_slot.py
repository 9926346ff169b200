"""
Where a model shows its other faces: to Pydantic, and to SQLAlchemy's ORM.

``Model`` and its descriptors call these functions; ``faces/`` is imported only when somebody asks, because it brings
Pydantic or SQLAlchemy's ORM with it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from sqlalchemy import inspection

_SQLALCHEMY = "fastjango.db.models.faces.sqlalchemy"


def pydantic_schema(model: Any, source: Any, handler: Any) -> Any:
    """Return the core schema of *model* (``Model.__get_pydantic_core_schema__``)."""
    return import_module("fastjango.db.models.faces.pydantic").core_schema_of(model, handler)


def class_attribute(descriptor: Any, owner: Any) -> Any:
    """
    Return what ``Model.field`` is on the class: SQLAlchemy's attribute where its ORM is in use, else *descriptor*.

    The ORM is in use when the process has imported ``sqlalchemy.orm``.
    """
    if "sqlalchemy.orm" not in sys.modules:
        return descriptor
    return import_module(_SQLALCHEMY).class_attribute(descriptor, owner)


class InstanceState:
    """``_sa_instance_state`` of a model: made when SQLAlchemy's ORM first looks at an instance."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None or "sqlalchemy.orm" not in sys.modules:
            # select(Model) takes a class with this attribute for an instance.
            raise AttributeError("_sa_instance_state")
        return import_module(_SQLALCHEMY).instance_state(instance)


def provide_inspection(metaclass: type) -> None:
    """Let ``sqlalchemy.inspect`` know model classes: the first ``select(Model)`` maps the model."""

    def inspect_class(model: Any) -> Any:
        return import_module(_SQLALCHEMY).inspect_model(model)

    inspection._inspects(metaclass)(inspect_class)
