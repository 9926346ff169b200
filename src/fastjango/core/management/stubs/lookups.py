"""The keyword arguments of a model's ``filter()`` and ``create()``, as typed dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fastjango.db.models.lookups import Transform

if TYPE_CHECKING:
    from fastjango.core.management.stubs.names import Names

TEXT = frozenset(
    ["contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "regex", "iregex", "iexact"]
)
COMPARED = ("exact", "gt", "gte", "lt", "lte")
DATES = ("date", "time")


def lookups_of(model: Any, names: Names, depth: int) -> dict[str, str]:
    """Return names and types of the lookups of *model*, through *depth* relations."""
    found: dict[str, str] = {}
    opts = model._meta
    for field in opts.get_fields(include_hidden=False):
        if not field.is_relation or (field.concrete and not field.many_to_many):
            found.update(_of_column(field, names))
        if field.is_relation:
            found.update(_of_relation(field, names, depth))
    for name, kind in list(found.items()):
        key = opts.pk.attname if len(opts.pk_fields) == 1 else None
        if key is not None and (name == key or name.startswith(f"{key}__")):
            found.setdefault(f"pk{name[len(key) :]}", kind)
    if len(opts.pk_fields) > 1:
        found.update({"pk": "_Any", "pk__in": "_Any"})
    return found


def _of_column(field: Any, names: Names) -> Iterator[tuple[str, str]]:
    """Yield the lookups of a field's own column."""
    accepted = names.accepted(field)
    equal = f"{accepted} | _Combinable"
    yield field.attname, f"{equal} | None" if field.null and "_Any" not in accepted else equal
    for name, lookup in field.get_lookups().items():
        full = f"{field.attname}__{name}"
        if issubclass(lookup, Transform):
            yield from _of_transform(full, name)
        elif name == "isnull":
            yield full, "bool"
        elif name == "in":
            yield full, f"_Iterable[{accepted} | _Combinable] | _QuerySet[_Any]"
        elif name == "range":
            yield full, f"_Iterable[{accepted} | _Combinable]"
        elif name in TEXT:
            yield full, "_Any" if accepted == "_Any" else "str | _Combinable"
        elif name in COMPARED:
            yield full, equal
        else:
            yield full, "_Any"


def _of_transform(full: str, name: str) -> Iterator[tuple[str, str]]:
    kind = f"_datetime.{name} | str | _Combinable" if name in DATES else "_Any"
    if name in ("year", "month", "day", "hour", "minute", "second", "week", "week_day", "quarter", "iso_year"):
        kind = "int | str | _Combinable"
    yield full, kind
    for compared in COMPARED:
        yield f"{full}__{compared}", kind
    yield f"{full}__in", "_Iterable[_Any] | _QuerySet[_Any]"
    yield f"{full}__range", "_Iterable[_Any]"


def _of_relation(field: Any, names: Names, depth: int) -> Iterator[tuple[str, str]]:
    """Yield the lookups of a relation as a whole, and those behind it."""
    related = field.related_model
    if related is None or (not field.concrete and getattr(field, "hidden", False)):
        return
    name = field.name
    if not field.concrete and hasattr(field, "field"):
        name = field.field.related_query_name()
    elif not field.concrete or field.many_to_many:
        name = field.name
    cls = names.of_class(related)
    one = f"{cls} | int | str | _Any" if len(related._meta.pk_fields) > 1 else f"{cls} | {_key(related, names)}"
    yield name, f"{one} | _QuerySet[_Any] | _Combinable | None"
    yield f"{name}__in", f"_Iterable[{one}] | _QuerySet[_Any]"
    yield f"{name}__isnull", "bool"
    yield f"{name}__exact", f"{one} | _Combinable | None"
    if depth > 0:
        for inner, kind in lookups_of(related, names, depth - 1).items():
            yield f"{name}__{inner}", kind


def _key(model: Any, names: Names) -> str:
    return names.accepted(model._meta.pk)


def values_of(model: Any, names: Names) -> dict[str, str]:
    """Return names and types of what the constructor takes."""
    found: dict[str, str] = {"pk": "_Any"}
    for field in model._meta.concrete_fields:
        if field.generated:
            continue
        empty = " | None" if field.null or field.primary_key else ""
        accepted = names.accepted(field)
        found[field.attname] = accepted if accepted == "_Any" else f"{accepted} | _Combinable{empty}"
        if field.is_relation:
            found[field.name] = f"{names.of_class(field.related_model)}{empty}"
    for name in sorted(model._meta._property_names):
        if getattr(getattr(model, name), "fset", None) is not None:
            found.setdefault(name, "_Any")
    for field in model._meta.private_fields:
        if field.is_relation and field.one_to_many is False and not field.many_to_many:
            found.setdefault(field.name, "_Any")
    return found


__all__ = ["lookups_of", "values_of"]
