"""The language with the locale name sv."""
