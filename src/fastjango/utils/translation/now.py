"""The functions people call; each asks ``trans_real`` or, without ``USE_I18N``, ``trans_null``."""

from __future__ import annotations

from contextlib import ContextDecorator
from types import ModuleType, TracebackType
from typing import Any

from fastjango.conf import settings
from fastjango.conf.locale import LANG_INFO
from fastjango.utils.functional import lazy
from fastjango.utils.translation import trans_null, trans_real

__all__ = [
    "activate",
    "check_for_language",
    "deactivate",
    "deactivate_all",
    "get_language",
    "get_language_bidi",
    "get_language_from_path",
    "get_language_from_request",
    "get_language_info",
    "get_supported_language_variant",
    "gettext",
    "gettext_noop",
    "ngettext",
    "npgettext",
    "override",
    "pgettext",
]


def _translator() -> ModuleType:
    return trans_real if settings.USE_I18N else trans_null


def gettext_noop(message: Any) -> Any:
    """Return *message*; it is only marked for translation."""
    return message


def gettext(message: Any) -> str:
    """Return *message* in the active language."""
    text: str = (trans_real if settings.USE_I18N else trans_null).gettext(message)
    return text


def ngettext(singular: Any, plural: Any, number: Any) -> str:
    """Return the text for *number* things in the active language."""
    text: str = _translator().ngettext(singular, plural, number)
    return text


def pgettext(context: Any, message: Any) -> str:
    """Return *message* in the active language, as it is meant in *context*."""
    text: str = _translator().pgettext(context, message)
    return text


def npgettext(context: Any, singular: Any, plural: Any, number: Any) -> str:
    """Return the text for *number* things in the active language, as it is meant in *context*."""
    text: str = _translator().npgettext(context, singular, plural, number)
    return text


def activate(language: str | None) -> None:
    """Make *language* the active one of this context."""
    _translator().activate(language)


def deactivate() -> None:
    """Go back to ``LANGUAGE_CODE`` in this context."""
    _translator().deactivate()


def deactivate_all() -> None:
    """Show texts as they were written, in this context."""
    _translator().deactivate_all()


class override(ContextDecorator):  # noqa: N801 - Django's name
    """
    Use *language* inside a ``with`` block or a decorated function; ``None`` means no translation.

    Args:
        deactivate: Go back to the default language afterwards, not to the one before.
    """

    def __init__(self, language: str | None, deactivate: bool = False) -> None:
        self.language = language
        self.deactivate = deactivate
        self.old_language: str | None = None

    def __enter__(self) -> None:
        self.old_language = get_language()
        if self.language is None:
            deactivate_all()
        else:
            activate(self.language)

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self.old_language is None:
            deactivate_all()
        elif self.deactivate:
            deactivate()
        else:
            activate(self.old_language)


def get_language() -> str | None:
    """Return the active language; ``None`` after ``deactivate_all``."""
    code: str | None = _translator().get_language()
    return code


def get_language_bidi() -> bool:
    """Tell whether the active language is written from right to left."""
    return bool(_translator().get_language_bidi())


def check_for_language(lang_code: Any) -> bool:
    """Tell whether *lang_code* is well formed and has translations."""
    return bool(_translator().check_for_language(lang_code))


def get_supported_language_variant(lang_code: Any, *, strict: bool = False) -> str:
    """Return the language of ``LANGUAGES`` that serves *lang_code* best, or raise ``LookupError``."""
    code: str = _translator().get_supported_language_variant(lang_code, strict)
    return code


def get_language_from_request(request: Any, check_path: bool = False) -> str:
    """Return the language to serve: that of the path, the cookie, Accept-Language, or the default."""
    code: str = _translator().get_language_from_request(request, check_path)
    return code


def get_language_from_path(path: str) -> str | None:
    """Return the supported language that *path* starts with, or ``None``."""
    code: str | None = _translator().get_language_from_path(path)
    return code


def get_language_info(lang_code: str) -> dict[str, Any]:
    """
    Return names and direction of a language.

    Raises:
        KeyError: The language is unknown.
    """
    info = LANG_INFO.get(lang_code)
    if info is None:
        general = lang_code.partition("-")[0]
        if general == lang_code:
            raise KeyError(f"Unknown language code {lang_code}.")
        info = LANG_INFO.get(general)
        if info is None:
            raise KeyError(f"Unknown language code {lang_code} and {general}.")
    if "name" not in info and "fallback" in info:
        return get_language_info(info["fallback"][0])
    return {**info, "name_translated": lazy(gettext, str)(info["name"])}
