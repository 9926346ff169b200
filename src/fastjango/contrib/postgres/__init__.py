"""
What PostgreSQL has beyond other databases (Django's path ``fastjango.contrib.postgres``).

``fields/`` arrays, hstore, ranges; ``search.py`` full text and trigrams; ``lookups.py`` their lookups; ``aggregates/``, ``functions.py``,
``expressions.py`` more for queries; ``indexes.py``, ``constraints.py``, ``operations.py`` for the schema; ``forms/``, ``validators.py`` for
input; ``signals.py`` teaches connections the types of extensions; ``column_types.py`` the columns for SQLAlchemy; ``server_check.py`` refuses other databases.
"""
