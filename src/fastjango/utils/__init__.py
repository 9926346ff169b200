"""Pure helpers, one noun per module."""
