"""The language with the locale name da."""
