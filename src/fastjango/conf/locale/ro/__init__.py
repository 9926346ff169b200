"""The language with the locale name ro."""
