"""
Keyset pagination: the next page begins behind the last object, found by an index instead of counted off.

``QuerySet.keyset_page()`` calls this. A page costs the same wherever it lies, and objects that are added or removed
meanwhile neither repeat nor hide others.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any, Generic, TypeVar, overload

from fastjango.core.exceptions import BadRequest, FieldDoesNotExist, ValidationError, fix
from fastjango.db.connections import connections
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import F, OrderBy, Q
from fastjango.db.models.functions import Random

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
    """
    One part of the order.

    Args:
        name: A column of the objects, or the annotation that is added for *expression*.
        nulls_last: Where NULL stands; None where there is none.
        explicit: Whether the order said so itself.
    """

    name: str
    descending: bool
    field: Any = None
    expression: Any = None
    nulls_last: bool | None = None
    explicit: bool = False

    def ordering(self, backwards: bool) -> Any:
        """Return the item for ``order_by()``."""
        descending = self.descending is not backwards
        if not self.explicit:
            return f"{'-' if descending else ''}{self.name}"
        last = bool(self.nulls_last) is not backwards
        return OrderBy(F(self.name), descending, nulls_first=None if last else True, nulls_last=last or None)

    def equal(self, value: Any) -> Q:
        """Return the condition of the objects with this value."""
        return Q((f"{self.name}__isnull", True) if value is None else (self.name, value))

    def beyond(self, value: Any, backwards: bool, sign: str = "") -> Q | None:
        """Return the condition of the objects behind those with this value (*sign* "e": or among them); None for none."""
        nulls_come = self.nulls_last is not None and self.nulls_last is not backwards
        null = Q((f"{self.name}__isnull", True))
        if value is None:
            return None if nulls_come else ~null
        direction = "lt" if self.descending is not backwards else "gt"
        condition = Q((f"{self.name}__{direction}{sign}", value))
        return condition | null if nulls_come else condition


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
    rows, parts = _ordered(queryset, parts, backwards)
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
    page = KeysetPage(
        found, _token(parts, found[-1]) if has_next else None, _token(parts, found[0]) if has_previous else None
    )
    for part in parts:
        if part.expression is not None:
            for obj in found:
                del obj.__dict__[part.name]
    return page


def _order(queryset: Any) -> list[_Part]:
    """Return the parts of the order; the primary key comes last, so that no two objects are equal."""
    query, opts = queryset.shape.query, queryset.model._meta
    parts: list[_Part] = []
    for item in query.order_by or (opts.ordering if query.default_ordering else ()):
        parts += _parts(queryset, item, query.standard_ordering, len(parts))
    known = {part.field for part in parts}
    return [*parts, *(_Part(field.attname, False, field) for field in opts.pk_fields if field not in known)]


def _parts(queryset: Any, item: Any, standard: bool, number: int) -> list[_Part]:
    descending, nulls_last, expression = not standard, None, item
    if isinstance(item, OrderBy):
        expression, descending = item.expression, item.descending is standard
        if item.nulls_first or item.nulls_last:
            nulls_last = bool(item.nulls_last) is standard
    elif isinstance(item, str):
        descending = item.startswith("-") is standard
        expression = F(item.removeprefix("-"))
    if item == "?" or isinstance(expression, Random) or not hasattr(expression, "resolve_expression"):
        raise _no_order(item, "order by fields or by expressions")
    explicit = nulls_last is not None
    if nulls_last is None:
        nulls_last = connections[queryset.db].features.order_by_nulls_first is descending
    hidden = f"_keyset{number}"
    if not isinstance(expression, F):
        return [_Part(hidden, descending, None, expression, nulls_last, explicit)]
    name, opts = expression.name, queryset.model._meta
    if name == "pk":
        return [_Part(field.attname, descending, field) for field in opts.pk_fields]
    query = queryset.shape.query
    if name in query.annotations:
        if name in query.annotation_select:
            output = query.annotations[name].output_field
            return [_Part(name, descending, _comparable(output, name), None, nulls_last, explicit)]
        return [_Part(hidden, descending, None, F(name), nulls_last, explicit)]
    field, nullable = _field(queryset.model, name)
    nulls = nulls_last if nullable else None
    if field is not None and field.model._meta.concrete_model is opts.concrete_model and LOOKUP_SEP not in name:
        return [_Part(field.attname, descending, _comparable(field, name), None, nulls, explicit and nullable)]
    return [_Part(hidden, descending, None, F(name), nulls, explicit and nullable)]


def _field(model: Any, name: str) -> tuple[Any, bool]:
    """Return the field at the end of a path, None where a transform ends it, and whether it may be NULL."""
    nullable, field = False, None
    for step in name.split(LOOKUP_SEP):
        if model is None:
            return None, True
        try:
            field = model._meta.get_field(step)
        except FieldDoesNotExist:
            raise ValueError(
                f"keyset_page() cannot order by {name!r}: it is neither a field nor an annotation."
            ) from None
        if field.is_relation and not (field.concrete and field.remote_field and not field.many_to_many):
            raise _no_order(name, "an object may have several of them: annotate one, such as with Max()")
        nullable = nullable or field.null
        model = field.related_model if field.is_relation and step != field.attname else None
    if model is not None and model._meta.ordering:
        raise _no_order(name, f"name the column: {field.attname!r} or {f'{name}{LOOKUP_SEP}...'!r}")  # type: ignore[union-attr]  # a relation
    return field, nullable


def _comparable(field: Any, name: str) -> Any:
    if field.get_internal_type() == "JSONField":
        raise _no_order(name, "annotate a value of it with Cast(), which has a type")
    return field


def _no_order(item: Any, remedy: str) -> ValueError:
    return fix(ValueError(f"keyset_page() cannot continue from the order {item!r}."), remedy, code="models.E603")


def _ordered(queryset: Any, parts: list[_Part], backwards: bool) -> tuple[Any, list[_Part]]:
    """Return the rows in order, with a column for each expression of it, and the parts with their fields."""

    def apply(query: Any) -> None:
        for part in parts:
            if part.expression is not None:
                query.add_annotation(part.expression, part.name, select=True)
        query.clear_ordering(force=True, clear_default=False)
        query.add_ordering(*(part.ordering(backwards) for part in parts))
        query.standard_ordering = True

    shape = queryset.shape.step(("keyset", backwards), apply)
    known = shape.query.annotations
    complete = [
        part
        if part.field is not None
        else replace(part, field=_comparable(known[part.name].output_field, str(part.expression)))
        for part in parts
    ]
    return queryset._derive(shape, queryset.binds), complete


def _behind(parts: Sequence[_Part], values: Sequence[Any], backwards: bool) -> Q:
    """Return the condition of all objects behind the one with these values."""
    branches: list[Q] = []
    equal = Q()
    for part, value in zip(parts, values, strict=True):
        beyond = part.beyond(value, backwards)
        if beyond is not None:
            branches.append(equal & beyond)
        equal &= part.equal(value)
    condition: Q = reduce(or_, branches)
    # The first part alone lets the database enter its index at the right place.
    if len(parts) > 1 and values[0] is not None and (first := parts[0].beyond(values[0], backwards, "e")) is not None:
        return Q(first, condition)
    return condition


def _token(parts: Sequence[_Part], obj: Any) -> str:
    values = [getattr(obj, part.name) for part in parts]
    texts = [_mark(parts), *(None if value is None else str(value) for value in values)]
    return base64.urlsafe_b64encode(json.dumps(texts, ensure_ascii=False).encode()).decode().rstrip("=")


def _mark(parts: Sequence[_Part]) -> str:
    """Return a few letters that tell this order from others."""
    order = [f"{part.name} {type(part.expression).__name__} {part.descending} {part.nulls_last}" for part in parts]
    return hashlib.blake2b("\n".join(order).encode(), digest_size=4).hexdigest()


def _values(parts: Sequence[_Part], token: str) -> list[Any]:
    try:
        texts = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if not isinstance(texts, list) or texts[:1] != [_mark(parts)] or len(texts) != len(parts) + 1:
            raise BadRequest("The token is none of a page.")
        return [_value(part, text) for part, text in zip(parts, texts[1:], strict=True)]
    except (ValueError, binascii.Error, ValidationError) as exc:
        raise BadRequest("The token is none of a page.") from exc


def _value(part: _Part, text: Any) -> Any:
    if not isinstance(text, str) and not (text is None and part.nulls_last is not None):
        raise BadRequest("The token is none of a page.")
    return None if text is None else part.field.to_python(text)


__all__ = ["KeysetPage", "read_page"]
