"""Translation switched off (``USE_I18N = False``): every text is shown as it was written."""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings

__all__ = [
    "activate",
    "check_for_language",
    "deactivate",
    "deactivate_all",
    "get_language",
    "get_language_bidi",
    "get_language_from_path",
    "get_language_from_request",
    "get_supported_language_variant",
    "gettext",
    "gettext_noop",
    "ngettext",
    "npgettext",
    "pgettext",
]


def gettext(message: Any) -> Any:
    """Return *message*."""
    return message


gettext_noop = gettext


def ngettext(singular: Any, plural: Any, number: Any) -> Any:
    """Return *singular* for one thing, else *plural*."""
    return singular if number == 1 else plural


def pgettext(context: Any, message: Any) -> Any:
    """Return *message*."""
    return message


def npgettext(context: Any, singular: Any, plural: Any, number: Any) -> Any:
    """Return *singular* for one thing, else *plural*."""
    return ngettext(singular, plural, number)


def activate(language: str | None) -> None:
    """Do nothing."""


def deactivate() -> None:
    """Do nothing."""


deactivate_all = deactivate


def get_language() -> str:
    """Return ``LANGUAGE_CODE``."""
    code: str = settings.LANGUAGE_CODE
    return code


def get_language_bidi() -> bool:
    """Tell whether ``LANGUAGE_CODE`` is written from right to left."""
    return settings.LANGUAGE_CODE in settings.LANGUAGES_BIDI


def check_for_language(lang_code: Any) -> bool:
    """Return ``True``."""
    return True


def get_language_from_request(request: Any, check_path: bool = False) -> str:
    """Return ``LANGUAGE_CODE``."""
    return get_language()


def get_language_from_path(path: str) -> None:
    """Return ``None``: no path names a language."""


def get_supported_language_variant(lang_code: str, strict: bool = False) -> str:
    """
    Return *lang_code* if it is ``LANGUAGE_CODE``.

    Raises:
        LookupError: It is another language.
    """
    if lang_code.lower() == settings.LANGUAGE_CODE.lower():
        return lang_code
    raise LookupError(lang_code)
