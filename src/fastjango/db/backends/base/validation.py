"""``connection.validation``: what a database has to say to system checks."""

from __future__ import annotations

from typing import Any


class BaseDatabaseValidation:
    """Checks that a database adds."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def check(self, **kwargs: Any) -> list[Any]:
        """Return messages about the connection itself."""
        return []

    def check_field(self, field: Any, **kwargs: Any) -> list[Any]:
        """Return messages about a field's type on this database."""
        errors: list[Any] = []
        check_type = getattr(self, "check_field_type", None)
        if check_type is None or getattr(field, "remote_field", None) is not None:
            return errors
        supported = all(
            getattr(self.connection.features, feature) for feature in field.model._meta.required_db_features
        )
        field_type = field.db_type(self.connection)
        if supported and field_type is not None:
            errors.extend(check_type(field, field_type))
        return errors
