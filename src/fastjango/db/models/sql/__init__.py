"""How a question to the database is said.

Walk: ``query/queryset.py`` (verb) -> ``spec.py joins.py names.py filters.py selecting.py
summary.py combine.py query.py`` (what is asked) -> ``context.py select.py`` and one file per
clause (SQLAlchemy statement) -> ``plan.py`` (SQL text, arguments, reader) -> ``db/execute.py``.
``write.py`` holds the statements that change rows.
"""

from .query import Query
from .subqueries import AggregateQuery, DeleteQuery, InsertQuery, UpdateQuery
from .where import AND, OR, XOR

__all__ = ["AND", "OR", "XOR", "AggregateQuery", "DeleteQuery", "InsertQuery", "Query", "UpdateQuery"]
