"""The language with the locale name tr."""
