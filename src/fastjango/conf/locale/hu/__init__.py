"""The language with the locale name hu."""
