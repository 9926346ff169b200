"""The language with the locale name uk."""
