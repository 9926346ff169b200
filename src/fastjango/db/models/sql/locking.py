"""``SELECT ... FOR UPDATE``: which rows are locked, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from fastjango.core.exceptions import FieldError
from fastjango.db.errors import NotSupportedError
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.transaction import TransactionManagementError

from .tables import identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .columns import ObjectColumns, SelectList
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
    Return the tables that ``of=(...)`` names.

    Raises:
        FieldError: A name is no selected relation.
    """
    names: list[str] = []
    invalid: list[str] = []
    for name in query.select_for_update_of:
        objects = listed.objects
        if name != "self":
            for part in name.split(LOOKUP_SEP):
                objects = _child(objects, part)
                if objects is None:
                    break
        alias = _table_of(objects, listed) if objects is not None else None
        if alias is None:
            invalid.append(name)
        else:
            names.append(alias)
    if invalid:
        raise FieldError(
            f"Invalid field name(s) given in select_for_update(of=(...)): {', '.join(invalid)}. "
            "Only relational fields followed in the query are allowed. "
            f"Choices are: {', '.join(_choices(listed.objects))}."
        )
    return names


def _child(objects: ObjectColumns | None, name: str) -> ObjectColumns | None:
    if objects is None:
        return None
    for child in objects.related:
        if _name(child) == name:
            return child
    return None


def _name(objects: ObjectColumns) -> str:
    return str(objects.field.remote_field.name if objects.reverse else objects.field.name)


def _table_of(objects: ObjectColumns, listed: SelectList) -> str | None:
    concrete = objects.model._meta.concrete_model
    for place in objects.select_fields:
        column = listed.columns[place][0]
        if column.target.model._meta.concrete_model == concrete:
            return str(column.alias)
    return None


def _choices(objects: ObjectColumns | None) -> Iterator[str]:
    if objects is None:
        return
    waiting: list[tuple[list[str], ObjectColumns]] = [([], objects)]
    while waiting:
        parents, current = waiting.pop(0)
        path = parents if current is objects else [*parents, _name(current)]
        yield LOOKUP_SEP.join(path) if path else "self"
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
