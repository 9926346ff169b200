"""The language with the locale name ca."""
