"""``SELECT ... FOR UPDATE``: which rows are locked, and how."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from fastjango.core.exceptions import FieldError
from fastjango.db.errors import NotSupportedError
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.transaction import TransactionManagementError

from .columns import ObjectColumns
from .tables import identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .columns import SelectList
    from .context import Context

_OPTIONS = (
    ("select_for_update_nowait", "has_select_for_update_nowait", "NOWAIT is not supported on this database backend."),
    (
        "select_for_update_skip_locked",
        "has_select_for_update_skip_locked",
        "SKIP LOCKED is not supported on this database backend.",
    ),
    (
        "select_for_update_of",
        "has_select_for_update_of",
        "FOR UPDATE OF is not supported on this database backend.",
    ),
    (
        "select_for_no_key_update",
        "has_select_for_no_key_update",
        "FOR NO KEY UPDATE is not supported on this database backend.",
    ),
)


def lock_rows(statement: Any, query: Any, ctx: Context, listed: SelectList) -> Any:
    """
    Return the statement with its lock; databases without row locks ignore it.

    Raises:
        NotSupportedError: The database cannot lock in this way.
    """
    features = ctx.connection.features
    if not features.has_select_for_update:
        return statement
    if query.is_sliced and not features.supports_select_for_update_with_limit:
        raise NotSupportedError("LIMIT/OFFSET is not supported with select_for_update on this database backend.")
    for option, feature, message in _OPTIONS:
        if getattr(query, option) and not getattr(features, feature):
            raise NotSupportedError(message)
    tables = [sa.table(identifier(name)) for name in locked_tables(query, listed)]
    return statement.with_for_update(
        nowait=query.select_for_update_nowait,
        skip_locked=query.select_for_update_skip_locked,
        key_share=query.select_for_no_key_update,
        of=tables or None,
    )


def locked_tables(query: Any, listed: SelectList) -> list[str]:
    """
    Return the tables that ``of=(...)`` names; parents of multi-table models have their own.

    Raises:
        FieldError: A name is no selected relation.
    """
    names: list[str] = []
    invalid: list[str] = []
    for name in query.select_for_update_of if listed.objects is not None else ():
        objects = listed.objects
        if name != "self":
            for part in name.split(LOOKUP_SEP):
                objects = next((child for child in _children(objects, listed) if _name(child) == part), None)
                if objects is None:
                    break
        if objects is None:
            invalid.append(name)
        elif (alias := _table_of(objects, listed)) is not None:
            names.append(alias)
    if invalid:
        raise FieldError(
            f"Invalid field name(s) given in select_for_update(of=(...)): {', '.join(invalid)}. "
            "Only relational fields followed in the query are allowed. "
            f"Choices are: {', '.join(_choices(listed))}."
        )
    return names


def _children(objects: ObjectColumns | None, listed: SelectList) -> Iterator[ObjectColumns]:
    if objects is not None:
        yield from objects.related
        yield from _parents(objects, listed)


def _parents(objects: ObjectColumns, listed: SelectList) -> Iterator[ObjectColumns]:
    """Yield the parents of a multi-table model with those of its columns that are theirs."""
    for parent, link in objects.model._meta.concrete_model._meta.parents.items():
        if link is None:
            continue
        models = {parent, *parent._meta.all_parents}
        places = [place for place in objects.select_fields if listed.columns[place][0].target.model in models]
        yield ObjectColumns(parent, places, field=link)


def _name(objects: ObjectColumns) -> str:
    return str(objects.field.remote_field.name if objects.reverse else objects.field.name)


def _table_of(objects: ObjectColumns, listed: SelectList) -> str | None:
    concrete = objects.model._meta.concrete_model
    for place in objects.select_fields:
        column = listed.columns[place][0]
        if column.target.model == concrete:
            return str(column.alias)
    return None


def _choices(listed: SelectList) -> Iterator[str]:
    assert listed.objects is not None
    waiting: deque[tuple[list[str] | None, ObjectColumns]] = deque([(None, listed.objects)])
    while waiting:
        parents, current = waiting.popleft()
        if parents is None:
            path: list[str] = []
            yield "self"
        else:
            path = [*parents, _name(current)]
            yield LOOKUP_SEP.join(path)
        waiting.extend((path, parent) for parent in _parents(current, listed))
        waiting.extend((path, child) for child in current.related)


def check_transaction(query: Any, connection: Any) -> None:
    """
    Refuse a lock outside a transaction: it would be gone before the next line.

    Raises:
        TransactionManagementError: There is no transaction.
    """
    if connection.features.has_select_for_update and connection.get_autocommit():
        raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")


__all__ = ["check_transaction", "lock_rows", "locked_tables"]
