"""The language with the locale name el."""
