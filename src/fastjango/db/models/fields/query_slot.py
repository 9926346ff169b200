"""Slot: the query builder, which stands above fields but resolves their expressions.

``fastjango.db.models`` fills it with ``sql.Query``; generated columns, constraints and
indexes read it.
"""

from __future__ import annotations

from typing import Any

_builder: list[Any] = []


def provide_query(builder: Any) -> None:
    """Use *builder* (``Query``) from now on."""
    _builder[:] = [builder]


def make_query(model: Any, alias_cols: bool = True) -> Any:
    """Return a new query over *model*."""
    if not _builder:
        raise LookupError("The query builder is not known yet; import fastjango.db.models first.")
    return _builder[0](model, alias_cols=alias_cols)
