"""The language with the locale name ar."""
