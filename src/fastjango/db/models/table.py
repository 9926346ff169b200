"""The SQLAlchemy table of a model: names and types of its columns, made at first use.

Queries need nothing more; DDL is made by migrations from their own state.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Column, MetaData, Table
from sqlalchemy.sql.elements import quoted_name

# One collection of tables per app registry: historical models have tables of their own.
_metadata: WeakKeyDictionary[Any, MetaData] = WeakKeyDictionary()


def metadata_of(apps: Any) -> MetaData:
    """Return the collection of the tables of one app registry."""
    found = _metadata.get(apps)
    if found is None:
        found = _metadata[apps] = MetaData()
    return found


def split_table_name(name: str) -> tuple[Any, Any]:
    """Return schema and table of a ``db_table``; quotes in it are taken as said."""
    if name.startswith('"') and name.endswith('"'):
        parts = name[1:-1].split('"."')
        if len(parts) == 2:
            return quoted_name(parts[0], True), quoted_name(parts[1], True)
        return None, quoted_name(name[1:-1], True)
    return None, quoted_name(name, True)


def make_table(opts: Any) -> Table:
    """Return the table of the model behind *opts*."""
    schema, name = split_table_name(opts.db_table)
    metadata = metadata_of(opts.apps)
    key = name if schema is None else f"{schema}.{name}"
    known = metadata.tables.get(key)
    if known is not None:
        if known.info.get("label") == opts.label:
            # The model has got new fields since.
            metadata.remove(known)
        else:
            # Two models on one table: each sees its own columns.
            metadata = MetaData()
    columns = [
        Column(
            quoted_name(field.column, True),
            field.column_type(),
            key=field.column,
            primary_key=field in opts.pk_fields,
            nullable=field.null,
            autoincrement=field is opts.auto_field,
        )
        for field in opts.local_concrete_fields
    ]
    return Table(name, metadata, *columns, schema=schema, info={"label": opts.label})
