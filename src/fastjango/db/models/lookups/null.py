"""``isnull``: whether there is a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.core.exceptions import EmptyResultSet, FullResultSet
from fastjango.db.models.expressions.elements import is_null
from fastjango.db.models.expressions.output import lookup_of
from fastjango.db.models.expressions.values import Value
from fastjango.db.models.lookups.base import BuiltinLookup

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext


@lookup_of("Field")
class IsNull(BuiltinLookup):
    """NULL (True) or not NULL (False)."""

    lookup_name = "isnull"
    prepare_rhs = False
    value_shapes_sql = True

    def prepare(self, value: Any) -> Any:
        """Return the value: it is part of the key."""
        return value

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return ``IS NULL`` or ``IS NOT NULL``."""
        if not isinstance(self.rhs, bool):
            raise ValueError(  # noqa: TRY004 - Django's type
                "The QuerySet value for an isnull lookup must be True or False."
            )
        if isinstance(self.lhs, Value):
            known_null = self.lhs.value is None
            raise FullResultSet if known_null is self.rhs else EmptyResultSet
        return is_null(self.lhs_clause(ctx), negated=not self.rhs)


__all__ = ["IsNull"]
