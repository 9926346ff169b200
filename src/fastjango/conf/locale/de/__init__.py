"""The language with the locale name de."""
