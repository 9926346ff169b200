"""The language with the locale name fi."""
