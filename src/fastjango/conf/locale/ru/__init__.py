"""The language with the locale name ru."""
