"""The language with the locale name es."""
