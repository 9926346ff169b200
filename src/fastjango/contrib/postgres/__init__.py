"""What only PostgreSQL can do; so far ``operations``: extensions as steps of migrations."""
