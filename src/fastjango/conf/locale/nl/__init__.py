"""The language with the locale name nl."""
