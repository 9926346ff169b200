"""How a question to the database is said.

Walk: ``query/queryset.py`` (verb) -> ``spec.py names.py joins.py filters.py`` (what is
asked) -> ``context.py select.py`` and one file per clause (SQLAlchemy statement) ->
``plan.py`` (SQL text, arguments, reader) -> ``db/execute.py``. ``write.py`` holds the
statements that change rows.
"""

from .query import Query
from .where import AND, OR, XOR

__all__ = ["AND", "OR", "XOR", "Query"]
