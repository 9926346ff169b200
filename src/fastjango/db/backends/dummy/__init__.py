"""The backend of a project that has no DATABASES: every use says so."""
