"""The language with the locale name ko."""
