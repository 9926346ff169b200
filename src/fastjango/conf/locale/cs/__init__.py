"""The language with the locale name cs."""
