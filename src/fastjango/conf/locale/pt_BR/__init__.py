"""The language with the locale name pt_BR."""
