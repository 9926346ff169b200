"""The language with the locale name pl."""
