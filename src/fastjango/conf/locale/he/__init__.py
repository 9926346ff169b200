"""The language with the locale name he."""
