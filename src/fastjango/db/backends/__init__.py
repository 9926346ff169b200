"""
What each database does differently: drivers, feature flags, quirks.

base/        the shared connection object and its parts
sqlite3/     SQLite, the embedded default
postgresql/  PostgreSQL through psycopg 3
mysql/       MariaDB and MySQL through PyMySQL
dummy/       what a project without DATABASES gets
signals.py   ``connection_created``
utils.py     cursor wrappers and value conversions
"""
