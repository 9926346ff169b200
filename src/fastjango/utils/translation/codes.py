"""Language codes: ``pt-br`` and ``pt_BR``, Accept-Language, which language to serve.

Nothing here loads a translation; ``exists`` is asked of ``catalogs.py`` through the functions
of ``trans_real.py``.
"""

from __future__ import annotations

import functools
import re

__all__ = ["LANGUAGE_CODE_MAX_LENGTH", "is_language_code", "parse_accept_lang_header", "to_language", "to_locale"]

# Longer codes are refused before any cache sees them.
LANGUAGE_CODE_MAX_LENGTH = 500
ACCEPT_LANGUAGE_HEADER_MAX_LENGTH = 500

_CODE = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8})*(?:@[a-z0-9]{1,20})?", re.IGNORECASE | re.ASCII)
_RANGE = re.compile(
    r"(?P<code>[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)"
    r"(?:\s*;\s*q=(?P<quality>0(?:\.[0-9]{,3})?|1(?:\.0{,3})?))?",
    re.ASCII,
)


def is_language_code(code: str | None) -> bool:
    """Tell whether *code* has the form of a language code (``de``, ``sr-RS@latin``)."""
    return bool(code) and len(code or "") <= LANGUAGE_CODE_MAX_LENGTH and _CODE.fullmatch(code or "") is not None


def to_language(locale: str) -> str:
    """Return the language code of a locale name: ``en_US`` gives ``en-us``."""
    language, separator, territory = locale.partition("_")
    if not separator:
        return locale.lower()
    return f"{language.lower()}-{territory.lower()}"


def to_locale(language: str) -> str:
    """Return the locale name of a language code: ``en-us`` gives ``en_US``, ``sr-latn`` gives ``sr_Latn``."""
    head, _, tail = language.lower().replace("_", "-", 1).partition("-")
    if not tail:
        return head
    # A private part ("x-informal") stays as it is behind the territory.
    territory, dash, private = tail.partition("-")
    territory = territory.title() if len(territory) > 2 else territory.upper()
    return f"{head}_{territory}{dash}{private}"


@functools.lru_cache(maxsize=1000)
def _parse_accept_lang_header(header: str) -> tuple[tuple[str, float], ...]:
    ranges: list[tuple[str, float]] = []
    parts = header.lower().split(",")
    if len(parts) > 1 and not parts[-1].strip():
        parts.pop()
    for part in parts:
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            return ()
        quality = match["quality"]
        ranges.append((match["code"], float(quality) if quality else 1.0))
    ranges.sort(key=lambda item: item[1], reverse=True)
    return tuple(ranges)


def parse_accept_lang_header(lang_string: str) -> tuple[tuple[str, float], ...]:
    """
    Return ``(code, quality)`` for each language of an Accept-Language header, best first.

    A malformed header gives an empty tuple; of an overlong one the first part is read.
    """
    if len(lang_string) > ACCEPT_LANGUAGE_HEADER_MAX_LENGTH:
        end = lang_string.rfind(",", 0, ACCEPT_LANGUAGE_HEADER_MAX_LENGTH)
        if end <= 0:
            return ()
        lang_string = lang_string[:end]
    return _parse_accept_lang_header(lang_string)
