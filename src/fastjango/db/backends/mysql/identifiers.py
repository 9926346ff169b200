"""Names for MySQL and MariaDB: one that a model says in double quotes stands in backticks there."""

from __future__ import annotations

from sqlalchemy.dialects.mysql.base import MySQLIdentifierPreparer


class Identifiers(MySQLIdentifierPreparer):
    """How names are quoted: double quotes are those of a text on these servers."""

    def quote(self, ident: str) -> str:
        """Return a name as it stands in a statement."""
        if len(ident) > 2 and ident[0] == ident[-1] == '"':
            return self.quote_identifier(ident[1:-1])
        return super().quote(ident)


__all__ = ["Identifiers"]
