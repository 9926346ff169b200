"""What ``check`` says where a field of PostgreSQL's is to be a column of another database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fastjango.core import checks
from fastjango.db import connections, router

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage

__all__ = ["ServerCheckMixin"]


class ServerCheckMixin:
    """Refuses databases that do not know the field's type."""

    if TYPE_CHECKING:
        model: Any

    def check(self, *, databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field; of the databases that are asked about, all must be PostgreSQL."""
        found: list[CheckMessage] = super().check(databases=databases, **kwargs)  # type: ignore[misc]  # of the field
        return [*found, *self._check_server(databases or ())]

    def _check_server(self, databases: Iterable[str]) -> list[CheckMessage]:
        wanted = [alias for alias in databases if router.allow_migrate_model(alias, self.model)]
        required = self.model._meta.required_db_vendor if wanted else None
        return [
            checks.Error(
                f"{connections[alias].display_name} does not support {type(self).__name__}s.",
                hint="Keep the model on PostgreSQL with a database router, or say so: Meta.required_db_vendor.",
                obj=self,
                id="postgres.E101",
            )
            for alias in wanted
            if connections[alias].vendor != "postgresql" and required in (None, connections[alias].vendor)
        ]
