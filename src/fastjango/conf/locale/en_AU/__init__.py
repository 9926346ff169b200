"""The language with the locale name en_AU."""
