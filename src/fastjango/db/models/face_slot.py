"""
Where a model shows its other faces: to Pydantic, and to SQLAlchemy's ORM.

``Model`` and its descriptors call these functions; ``faces/`` is imported only when somebody asks, because it brings
Pydantic or SQLAlchemy's ORM with it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.util import find_spec
from threading import get_ident
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, inspection

if TYPE_CHECKING:
    from collections.abc import Callable

_SQLALCHEMY = "fastjango.db.models.faces.sqlalchemy"
_CROSSING = "fastjango.db.models.faces.crossing"
_STATEMENTS = "fastjango.db.models.faces.statements"
_GUESTS = "fastjango.db.models.faces.guests"
_FASTAPI = "fastjango.db.models.faces.fastapi"
_SQLADMIN = "fastjango.db.models.faces.sqladmin"


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


def take_collection(instance: Any, name: str, value: Any) -> bool:
    """Give a new instance its members, for a session to write; False where there is no such collection."""
    if "sqlalchemy.orm" not in sys.modules or not isinstance(value, (list, set, tuple)):
        return False
    taken: bool = import_module(_SQLALCHEMY).take_collection(instance, name, value)
    return taken


def before_save(instance: Any) -> None:
    """Refuse what Django cannot write of an instance that SQLAlchemy knows."""
    import_module(_CROSSING).before_save(instance)


def after_save(instance: Any, names: Any = None) -> None:
    """Tell the session of an instance that its columns are written, or loaded, already."""
    import_module(_CROSSING).after_save(instance, names)


def set_members(instance: Any, name: str, members: Any) -> None:
    """Let Django relate an object of a session to *members*."""
    import_module(_CROSSING).set_members(instance, name, members)


def forget_deleted(instances: list[Any]) -> None:
    """Let sessions forget objects that Django has deleted; what their sessions hold of the others goes as well."""
    for instance in instances:
        if "_sa_instance_state" in instance.__dict__:
            import_module(_CROSSING).forget_deleted(instances)
            return


def forget_collections(data: dict[str, Any]) -> None:
    """Take what belongs to a session out of the copied ``__dict__`` of an instance."""
    for name in [name for name, value in data.items() if hasattr(value, "_sa_adapter")]:
        del data[name]


def provide_inspection(metaclass: type) -> None:
    """Let ``sqlalchemy.inspect`` know model classes: the first ``select(Model)`` maps the model."""

    def inspect_class(model: Any) -> Any:
        return import_module(_SQLALCHEMY).inspect_model(model)

    inspection._inspects(metaclass)(inspect_class)


def schema_of(model: Any, options: dict[str, Any]) -> Any:
    """Return a schema class of *model* (``Model.schema()``)."""
    return import_module("fastjango.db.models.faces.schema_class").schema_of(model, **options)


def into(queryset: Any, schema: Any) -> Any:
    """Return the rows of *queryset* as objects of *schema* (``QuerySet.into()``)."""
    return import_module("fastjango.db.models.faces.into").Into(queryset, schema)


def statement_of(queryset: Any) -> Any:
    """Return the SQLAlchemy statement of *queryset* (``QuerySet.statement``)."""
    return import_module(_STATEMENTS).statement_of(queryset)


def from_statement(model: Any, statement: Any, using: str) -> Any:
    """Return the instances of a SQLAlchemy statement (``QuerySet.from_statement()``)."""
    return import_module(_STATEMENTS).FromStatement(model, statement, using)


class _Comes(MetaPathFinder):
    """
    Notices that a module is imported, and does something at the end of its import.

    It stays in ``sys.meta_path``: another thread may be walking along that list, and would miss a finder when one before it goes.
    """

    def __init__(self, awaited: str, then: Callable[[], None]) -> None:
        self.awaited = awaited
        self.then = then
        self.has_come = False
        # Threads that look for the module's own spec.
        self._looking: set[int] = set()

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        """Return the module's own spec with one more step."""
        thread = get_ident()
        if name != self.awaited or self.has_come or thread in self._looking:
            return None
        self._looking.add(thread)
        try:
            spec = find_spec(name)
        finally:
            self._looking.discard(thread)
        loader: Any = None if spec is None else spec.loader
        if loader is None:
            return None
        run = loader.exec_module

        def exec_module(module: Any) -> None:
            run(module)
            if not self.has_come:
                self.has_come = True
                self.then()

        loader.exec_module = exec_module
        return spec


def _tell_fastapi() -> None:
    import_module(_FASTAPI).install()


def _tell_sqladmin() -> None:
    import_module(_SQLADMIN).install()


def _welcome_guests() -> None:
    """Give declarative classes of SQLAlchemy a place among the models, when they are mapped."""

    def mapped(mapper: Any, cls: Any) -> None:
        # Models themselves are mapped as well.
        if "from_db" not in dir(cls):
            import_module(_GUESTS).welcome(mapper, cls)

    event.listen(sys.modules["sqlalchemy.orm"].Mapper, "after_mapper_constructed", mapped)


def watch_faces(class_prepared: Any) -> None:
    """Let FastAPI, SQLAlchemy's ORM and SQLAdmin know models, whichever is imported first."""
    if "sqladmin.forms" in sys.modules:
        _tell_sqladmin()
    else:
        sys.meta_path.insert(0, _Comes("sqladmin.forms", _tell_sqladmin))
    if "sqlalchemy.orm" in sys.modules:
        _welcome_guests()
    else:
        sys.meta_path.insert(0, _Comes("sqlalchemy.orm", _welcome_guests))
    if "fastapi.routing" not in sys.modules:
        sys.meta_path.insert(0, _Comes("fastapi.routing", _tell_fastapi))
        return

    def first_model(**kwargs: Any) -> None:
        class_prepared.disconnect(first_model)
        _tell_fastapi()

    # Not at once: the ORM is being imported.
    class_prepared.connect(first_model, weak=False)
