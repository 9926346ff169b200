"""A FastAPI program written to FastAPI's and SQLAlchemy's documentation, on models declared in Django's way."""
