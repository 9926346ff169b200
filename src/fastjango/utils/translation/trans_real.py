"""Translation switched on: the active language of this context and the lookups in its catalog."""

from __future__ import annotations

import functools
import gettext as gettext_module
import re
from contextvars import ContextVar
from typing import Any

from fastjango.conf import settings
from fastjango.conf.locale import LANG_INFO
from fastjango.utils.safestring import SafeData, mark_safe
from fastjango.utils.translation.catalogs import DjangoTranslation, TranslationCatalog, all_locale_paths, catalog_exists
from fastjango.utils.translation.codes import (
    LANGUAGE_CODE_MAX_LENGTH,
    is_language_code,
    parse_accept_lang_header,
    to_language,
    to_locale,
)

__all__ = [
    "CONTEXT_SEPARATOR",
    "LANGUAGE_CODE_MAX_LENGTH",
    "DjangoTranslation",
    "TranslationCatalog",
    "activate",
    "all_locale_paths",
    "catalog",
    "check_for_language",
    "deactivate",
    "deactivate_all",
    "get_language",
    "get_language_bidi",
    "get_language_from_path",
    "get_language_from_request",
    "get_languages",
    "get_supported_language_variant",
    "gettext",
    "gettext_noop",
    "ngettext",
    "npgettext",
    "parse_accept_lang_header",
    "pgettext",
    "reset_translations",
    "to_language",
    "to_locale",
    "translation",
    "translation_catalog_exists",
]

CONTEXT_SEPARATOR = "\x04"
_PATH_LANGUAGE = re.compile(r"/(\w+(?:[@-]\w+){0,2})(?:/|\Z)")


class ActiveTranslation:
    """The catalog of the active language, one per context; ``value`` is absent while none is active."""

    def __init__(self) -> None:
        self._variable: ContextVar[Any] = ContextVar("fastjango_active_translation", default=None)

    @property
    def value(self) -> Any:
        """The active catalog."""
        found = self._variable.get()
        if found is None:
            raise AttributeError("value")
        return found

    @value.setter
    def value(self, catalog: Any) -> None:
        self._variable.set(catalog)

    @value.deleter
    def value(self) -> None:
        self._variable.set(None)


# A process that is asked for more languages than there are must not keep a catalog for each.
MAX_LANGUAGES = 500
_translations: dict[str, Any] = {}
_default: Any = None
_active: Any = ActiveTranslation()


def reset_translations() -> None:
    """Forget every catalog and the active language, so that changed files or settings are read."""
    global _active, _default, _translations
    _translations = {}
    _default = None
    _active = ActiveTranslation()
    _clear_language_caches()


def translation(language: str) -> DjangoTranslation:
    """Return the merged catalog of *language*."""
    found = _translations.get(language)
    if found is None:
        if len(_translations) >= MAX_LANGUAGES:
            _translations.clear()
        found = _translations[language] = DjangoTranslation(language)
    result: DjangoTranslation = found
    return result


def activate(language: str | None) -> None:
    """Make *language* the active one of this context."""
    if language:
        _active.value = translation(language)


def deactivate() -> None:
    """Go back to ``LANGUAGE_CODE`` in this context."""
    if hasattr(_active, "value"):
        del _active.value


def deactivate_all() -> None:
    """Show texts as they were written, in this context."""
    nothing: Any = gettext_module.NullTranslations()
    nothing.to_language = lambda: None
    _active.value = nothing


def get_language() -> str | None:
    """Return the active language; ``None`` after ``deactivate_all``."""
    active = getattr(_active, "value", None)
    if active is not None and hasattr(active, "to_language"):
        code: str | None = active.to_language()
        return code
    default: str = settings.LANGUAGE_CODE
    return default


def get_language_bidi() -> bool:
    """Tell whether the active language is written from right to left."""
    language = get_language()
    return language is not None and (
        language in settings.LANGUAGES_BIDI or language.partition("-")[0] in settings.LANGUAGES_BIDI
    )


def catalog() -> Any:
    """Return the active catalog, or that of ``LANGUAGE_CODE``."""
    return getattr(_active, "value", None) or _default_translation()


def _default_translation() -> Any:
    global _default
    if _default is None:
        _default = translation(settings.LANGUAGE_CODE)
    return _default


def gettext(message: Any) -> Any:
    """Return *message* in the active language; a safe string stays safe."""
    text = message.replace("\r\n", "\n").replace("\r", "\n")
    if text:
        active = getattr(_active, "value", None)
        result = (_default_translation() if active is None else active).gettext(text)
    else:
        # The entry for the empty text is the header of the catalog.
        result = type(message)("")
    return mark_safe(result) if isinstance(message, SafeData) else result


def pgettext(context: str, message: Any) -> Any:
    """Return *message* in the active language, as it is meant in *context*."""
    with_context = f"{context}{CONTEXT_SEPARATOR}{message}"
    result = gettext(with_context)
    if CONTEXT_SEPARATOR in result:
        return message
    return mark_safe(result) if isinstance(message, SafeData) else result


def gettext_noop(message: Any) -> Any:
    """Return *message*; it is only marked for translation."""
    return message


def ngettext(singular: Any, plural: Any, number: Any) -> Any:
    """Return the text for *number* things in the active language."""
    return catalog().ngettext(singular, plural, number)


def npgettext(context: str, singular: Any, plural: Any, number: Any) -> Any:
    """Return the text for *number* things in the active language, as it is meant in *context*."""
    prefix = f"{context}{CONTEXT_SEPARATOR}"
    result = ngettext(prefix + singular, prefix + plural, number)
    return ngettext(singular, plural, number) if CONTEXT_SEPARATOR in result else result


@functools.lru_cache(maxsize=1000)
def translation_catalog_exists(lang_code: str) -> bool:
    """Tell whether *lang_code* is well formed and there are translations for it or for its language."""
    return is_language_code(lang_code) and catalog_exists(to_locale(lang_code))


def check_for_language(lang_code: Any) -> bool:
    """Tell whether *lang_code* is well formed and has translations."""
    return (
        isinstance(lang_code, str)
        and len(lang_code) <= LANGUAGE_CODE_MAX_LENGTH
        and translation_catalog_exists(lang_code)
    )


def _clear_language_caches() -> None:
    for function in (translation_catalog_exists, get_languages, _get_supported_language_variant):
        function.cache_clear()


# Django's is a cached function; code that clears it must keep working.
check_for_language.cache_clear = _clear_language_caches  # type: ignore[attr-defined]


@functools.lru_cache(maxsize=1)
def get_languages() -> dict[str, str]:
    """Return the setting ``LANGUAGES`` as a dictionary with lower-case codes."""
    return {code.lower(): name for code, name in dict(settings.LANGUAGES).items()}


def get_supported_language_variant(lang_code: str | None, strict: bool = False) -> str:
    """
    Return the language of ``LANGUAGES`` that serves *lang_code* best.

    Args:
        strict: Do not fall back to another territory (``pt-br`` for ``pt``).
    Raises:
        LookupError: None does.
    """
    if not lang_code:
        raise LookupError(lang_code)
    if len(lang_code) > LANGUAGE_CODE_MAX_LENGTH:
        end = -1 if strict else lang_code.rfind("-", 0, LANGUAGE_CODE_MAX_LENGTH)
        if end <= 0:
            raise LookupError(lang_code)
        lang_code = lang_code[:end]
    return _get_supported_language_variant(lang_code, strict)


@functools.lru_cache(maxsize=1000)
def _get_supported_language_variant(lang_code: str, strict: bool) -> str:
    candidates: list[str] = [lang_code, *LANG_INFO.get(lang_code, {}).get("fallback", ())]
    end = lang_code.rfind("-")
    while end > 0:
        candidates.append(lang_code[:end])
        end = lang_code.rfind("-", 0, end)
    supported = get_languages()
    for code in candidates:
        if code.lower() in supported and check_for_language(code):
            return code
    if not strict:
        prefix = f"{candidates[-1]}-"
        for code in supported:
            if code.startswith(prefix):
                return code
    raise LookupError(lang_code)


def get_language_from_path(path: str, strict: bool = False) -> str | None:
    """Return the supported language that *path* starts with (``/de/...``), or ``None``."""
    match = _PATH_LANGUAGE.match(path)
    if match is None:
        return None
    try:
        return get_supported_language_variant(match[1], strict=strict)
    except LookupError:
        return None


def get_language_from_request(request: Any, check_path: bool = False) -> str:
    """Return the language to serve: that of the path, the cookie, Accept-Language, or the default."""
    if check_path:
        from_path = get_language_from_path(request.path_info)
        if from_path is not None:
            return from_path
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if cookie is not None and cookie in get_languages() and check_for_language(cookie):
        chosen: str = cookie
        return chosen
    wanted: list[str | None] = [cookie]
    for code, _quality in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        if code == "*":
            break
        if is_language_code(code):
            wanted.append(code)
    for code in (*wanted, settings.LANGUAGE_CODE):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    default: str = settings.LANGUAGE_CODE
    return default
