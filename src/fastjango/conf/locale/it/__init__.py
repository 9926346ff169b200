"""The language with the locale name it."""
