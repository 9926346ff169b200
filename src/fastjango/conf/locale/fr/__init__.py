"""The language with the locale name fr."""
