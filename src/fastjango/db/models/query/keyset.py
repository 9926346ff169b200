"""
Keyset pagination: the next page begins behind the last object, found by an index instead of counted off.

``QuerySet.keyset_page()`` calls this. A page costs the same wherever it lies, and objects that are added or removed
meanwhile neither repeat nor hide others.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from fastjango.core.exceptions import BadRequest, FieldDoesNotExist, ValidationError, fix
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import F, OrderBy, Q

M = TypeVar("M")


@dataclass(frozen=True)
class KeysetPage(Generic[M]):
    """
    Some objects, and the tokens of the pages around them.

    ``next`` and ``previous`` are what ``keyset_page(after=...)`` and ``keyset_page(before=...)`` take; None at the ends.
    """

    object_list: list[M]
    next: str | None
    previous: str | None

    def __iter__(self) -> Iterator[M]:
        return iter(self.object_list)

    def __len__(self) -> int:
        return len(self.object_list)

    @overload
    def __getitem__(self, index: int) -> M: ...
    @overload
    def __getitem__(self, index: slice) -> list[M]: ...
    def __getitem__(self, index: Any) -> Any:
        return self.object_list[index]


@dataclass(frozen=True)
class _Part:
    """One part of the order."""

    name: str
    descending: bool
    field: Any

    def value_of(self, obj: Any) -> Any:
        for step in self.name.split(LOOKUP_SEP):
            obj = getattr(obj, step)
        return obj


def read_page(queryset: Any, size: int, after: str | None, before: str | None) -> KeysetPage[Any]:
    """
    Return the page behind *after* or in front of *before*.

    Raises:
        ValueError: The size is not positive, both tokens are given, or the order cannot be continued from an object.
        TypeError: The queryset is sliced or gives no objects.
        BadRequest: A token is not one of this order's.
    """
    if size < 1:
        raise ValueError(f"The size of a page is a positive number, not {size}.")
    if after is not None and before is not None:
        raise ValueError("A page lies after or before a token, not both.")
    query = queryset.shape.query
    if query.is_sliced or query.combinator or queryset._fields is not None:
        raise TypeError("keyset_page() takes a queryset of objects without slices and set operations.")
    parts = _order(queryset)
    token = after if after is not None else before
    backwards = before is not None
    rows = queryset.order_by(*(_ordering(part, backwards) for part in parts))
    if token is not None:
        rows = rows.filter(_behind(parts, _values(parts, token), backwards))
    found = list(rows[: size + 1])
    more = len(found) > size
    del found[size:]
    if backwards:
        found.reverse()
    if not found:
        return KeysetPage(found, None, None)
    has_next, has_previous = (True, more) if backwards else (more, token is not None)
    return KeysetPage(
        found, _token(parts, found[-1]) if has_next else None, _token(parts, found[0]) if has_previous else None
    )


def _order(queryset: Any) -> list[_Part]:
    """Return the parts of the order; the primary key comes last, so that no two objects are equal."""
    query, opts = queryset.shape.query, queryset.model._meta
    items = query.order_by or (opts.ordering if query.default_ordering else ())
    parts = [_part(queryset, item, query.standard_ordering) for item in items]
    known = {part.field for part in parts}
    parts += [_Part(field.attname, False, field) for field in opts.pk_fields if field not in known]
    return parts


def _part(queryset: Any, item: Any, standard: bool) -> _Part:
    if isinstance(item, OrderBy) and isinstance(item.expression, F) and not (item.nulls_first or item.nulls_last):
        name, descending = item.expression.name, item.descending
    elif isinstance(item, F):
        name, descending = item.name, False
    elif isinstance(item, str) and item != "?":
        name, descending = item.removeprefix("-"), item.startswith("-")
    else:
        raise fix(
            ValueError(f"keyset_page() cannot continue from the order {item!r}."),
            "order by fields or by annotations",
            code="models.E603",
        )
    if name == "pk" and len(queryset.model._meta.pk_fields) == 1:
        name = queryset.model._meta.pk.name
    return _Part(name, descending is standard, _field(queryset, name))


def _field(queryset: Any, name: str) -> Any:
    """Return the field of a name; an empty value has no place in an order that goes on."""
    annotation = queryset.shape.query.annotations.get(name)
    if annotation is not None:
        return annotation.output_field
    model: Any = queryset.model
    field: Any = None
    for step in name.split(LOOKUP_SEP):
        try:
            field = model._meta.get_field(step)
        except FieldDoesNotExist:
            raise ValueError(
                f"keyset_page() cannot order by {name!r}: it is neither a field nor an annotation."
            ) from None
        if field.null or (field.is_relation and not field.concrete):
            raise fix(
                ValueError(f"keyset_page() cannot order by {name!r}: {field} may be empty."),
                "order by an annotation that is never NULL, such as Coalesce()",
                code="models.E603",
            )
        model = field.related_model if field.is_relation else None
    return field


def _ordering(part: _Part, backwards: bool) -> str:
    return f"{'-' if part.descending is not backwards else ''}{part.name}"


def _behind(parts: Sequence[_Part], values: Sequence[Any], backwards: bool) -> Q:
    """Return the condition of all objects behind the one with these values."""
    condition = Q()
    equal: dict[str, Any] = {}
    for part, value in zip(parts, values, strict=True):
        sign = "lt" if part.descending is not backwards else "gt"
        condition |= Q(**equal, **{f"{part.name}__{sign}": value})
        equal[part.name] = value
    # The first part alone lets the database enter its index at the right place.
    sign = "lte" if parts[0].descending is not backwards else "gte"
    return Q(condition, **{f"{parts[0].name}__{sign}": values[0]})


def _token(parts: Sequence[_Part], obj: Any) -> str:
    values = [str(part.value_of(obj)) for part in parts]
    return base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False).encode()).decode().rstrip("=")


def _values(parts: Sequence[_Part], token: str) -> list[Any]:
    try:
        texts = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise BadRequest("The token is none of a page.")
        return [part.field.to_python(text) for part, text in zip(parts, texts, strict=True)]
    except (ValueError, binascii.Error, ValidationError) as exc:
        raise BadRequest("The token is none of a page.") from exc


__all__ = ["KeysetPage", "read_page"]
