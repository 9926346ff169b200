"""The language with the locale name ja."""
