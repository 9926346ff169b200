"""The language with the locale name zh_Hant."""
