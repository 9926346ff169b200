"""The attributes that a model has without saying so: keys, relations, managers, ``get_..._display()``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.core.management.stubs.lookups import lookups_of, values_of
from fastjango.db.models.manager import BaseManager, Manager
from fastjango.db.models.query import QuerySet

if TYPE_CHECKING:
    from fastjango.core.management.stubs.names import Names

QUERIES = {
    "filter": "_Self",
    "exclude": "_Self",
    "get": "{model}",
    "aget": "{model}",
}


def members_of(model: Any, names: Names) -> list[str]:
    """Return the lines of a model's class, beside its own."""
    opts = model._meta
    lines = []
    own = {field.attname for field in opts.local_concrete_fields}
    if len(opts.pk_fields) == 1 and opts.pk.attname in own:
        lines.append(f"pk: _models.Field[_Any, {names.value(opts.pk)}]")
    for field in opts.concrete_fields:
        if field.attname not in own:
            continue
        empty = " | None" if field.null else ""
        # The base class says of ``id`` that it may be anything.
        if (field.auto_created or field.name == "id") and not field.is_relation:
            lines.append(f"{field.attname}: _models.Field[{names.accepted(field)} | None, {names.value(field)}]")
        if field.is_relation and field.many_to_one is not None:
            lines += _forward(field, names, empty)
        if field.choices is not None:
            lines.append(f"def get_{field.name}_display(self) -> str: ...")
        if not field.null and names.value(field).startswith("_datetime.date"):
            for way in ("next", "previous"):
                lines.append(f"def get_{way}_by_{field.name}(self, **kwargs: _Any) -> _Self: ...")
    for field in opts.local_many_to_many:
        lines.append(f"{field.name}: _models.ManyToManyField[_Any, _Related[{names.of_class(field.related_model)}]]")
    lines += _backward(model, names)
    lines.append(f"def __init__(self, *args: _Any, **kwargs: _Unpack[_{model.__name__}Values]) -> None: ...")
    lines += [f"{name} = _{model.__name__}_{name}()" for name in _managers(model)]
    return lines


def _forward(field: Any, names: Names, empty: str) -> list[str]:
    related = names.of_class(field.related_model)
    kind = "OneToOneField" if field.one_to_one else "ForeignKey"
    key = names.value(field)
    lines = [f"{field.name}: _models.{kind}[{related} | _Combinable{empty}, {related}{empty}]"]
    if field.attname != field.name and len(field.foreign_related_fields) == 1:
        accepted = names.accepted(field)
        lines.append(
            f"{field.attname}: _models.Field[_Any, _Any]"
            if key == "_Any"
            else f"{field.attname}: _models.Field[{accepted} | _Combinable{empty}, {key}{empty}]"
        )
    return lines


def _backward(model: Any, names: Names) -> list[str]:
    lines = []
    for relation in model._meta.related_objects:
        name = relation.get_accessor_name()
        # A parent's relations are in the parent's class.
        if name is None or relation.hidden or relation.field.remote_field.model is not model:
            continue
        related = names.of_class(relation.related_model)
        lines.append(f"{name}: {related}" if relation.one_to_one else f"{name}: _Related[{related}]")
    return lines


def _managers(model: Any) -> dict[str, Any]:
    """Return the managers that the class itself declares, or the default one."""
    named = {manager.name: manager for manager in model._meta.managers}
    return {name: manager for name, manager in named.items() if name.isidentifier() and not name.startswith("_")}


def helpers_of(model: Any, names: Names, depth: int) -> list[str]:
    """Return the classes in front of a model's: its lookups, its values, its querysets."""
    title, cls = model.__name__, names.of_class(model)
    lines = [
        *_dictionary(f"_{title}Lookups", lookups_of(model, names, depth)),
        *_dictionary(f"_{title}Values", values_of(model, names)),
    ]
    for name, manager in _managers(model).items():
        lines += _queryset(f"_{title}_{name}", title, cls, manager, names)
    return lines


def _dictionary(title: str, entries: dict[str, str]) -> list[str]:
    return [f"class {title}(_TypedDict, total=False):", *(f"    {name}: {kind}" for name, kind in entries.items()), ""]


def _queryset(name: str, title: str, cls: str, manager: Any, names: Names) -> list[str]:
    """Return a queryset whose lookups are checked, and what gives it as ``Model.<manager>``."""
    base = _importable(manager._queryset_class, QuerySet, f"_QuerySet[{cls}]", names)
    own = _importable(type(manager), Manager, "", names)
    bases = ", ".join(part for part in (own, base) if part)
    lookups, values = f"_Unpack[_{title}Lookups]", f"_Unpack[_{title}Values]"
    lines = [f"class {name}_Rows({bases}):"]
    for verb, result in QUERIES.items():
        start = "async def" if verb.startswith("a") else "def"
        lines.append(f"    {start} {verb}(self, *args: _Any, **kwargs: {lookups}) -> {result.format(model=cls)}: ...")
    for verb in ("create", "acreate"):
        start = "async def" if verb.startswith("a") else "def"
        lines.append(f"    {start} {verb}(self, **kwargs: {values}) -> {cls}: ...")
    for verb in ("update", "aupdate"):
        start = "async def" if verb.startswith("a") else "def"
        lines.append(f"    {start} {verb}(self, **kwargs: {values}) -> int: ...")
    # Their names are not known before.
    for verb in ("annotate", "alias"):
        lines.append(f"    def {verb}(self, *args: _Any, **kwargs: _Any) -> {base}: ...")
    lines += [
        "",
        f"class {name}(_DefaultManager):",
        f"    def __get__(self, instance: None, owner: _Any) -> {name}_Rows: ...",
        "",
    ]
    return lines


def _importable(cls: Any, plain: Any, otherwise: str, names: Names) -> str:
    """Return the name of a class of the project's own; a framework's, or one without a name in a module, is *otherwise*."""
    for candidate in cls.__mro__:
        if candidate in (plain, BaseManager, object):
            return otherwise
        module = __import__(candidate.__module__, fromlist=["_"])
        if getattr(module, candidate.__qualname__, None) is candidate:
            return names.of_class(candidate)
    return otherwise


__all__ = ["helpers_of", "members_of"]
