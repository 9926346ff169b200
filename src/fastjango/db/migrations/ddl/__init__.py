"""
DDL: from models to statements, through SQLAlchemy's and Alembic's constructs.

``tables.py`` a model's table as SQLAlchemy sees it, ``names.py`` the names of constraints and indexes, ``editor.py`` the
schema editor, ``sqlite.py`` tables made anew, ``postgresql.py`` and ``mysql.py`` what differs there.
"""

from fastjango.db.migrations.ddl.editor import BaseDatabaseSchemaEditor
from fastjango.db.migrations.ddl.install import install

install()

__all__ = ["BaseDatabaseSchemaEditor"]
