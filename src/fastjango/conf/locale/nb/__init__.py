"""The language with the locale name nb."""
