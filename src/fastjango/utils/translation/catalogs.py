"""Finding and merging catalogs: the framework's, those of the apps, those of ``LOCALE_PATHS``.

A folder ``locale/<locale name>/LC_MESSAGES`` may hold ``django.mo`` or, if it was never
compiled, ``django.po``. The apps' folders come through the slot ``app_locale_dirs``.
"""

from __future__ import annotations

import gettext as gettext_module
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any

from fastjango.conf import settings
from fastjango.utils.translation.cldr import babel_locale, cldr_translations
from fastjango.utils.translation.codes import to_language, to_locale

__all__ = ["DjangoTranslation", "TranslationCatalog", "all_locale_paths", "catalog_file", "locale_chain"]

FRAMEWORK_LOCALE_DIR = os.path.normpath(os.path.join(os.path.dirname(__file__), "..", "..", "conf", "locale"))


def _dirs_of_the_registry() -> list[str]:
    """Return the ``locale`` folders of the installed apps, last app first, once the registry is there."""
    registry: Any = getattr(sys.modules.get("fastjango.apps"), "apps", None)
    if registry is None or not registry.ready:
        return []
    return [os.path.join(config.path, "locale") for config in reversed(list(registry.get_app_configs()))]


# Slot: the room `apps` lies above this one; whoever knows better may put its own function here.
app_locale_dirs: Callable[[], list[str]] = _dirs_of_the_registry


def all_locale_paths() -> list[str]:
    """Return every folder that may hold catalogs, strongest first."""
    return [*map(str, settings.LOCALE_PATHS), *reversed(app_locale_dirs()), FRAMEWORK_LOCALE_DIR]


def locale_chain(locale_name: str) -> list[str]:
    """Return the locale and its stand-ins, most general first: ``pt_BR`` gives ``["pt", "pt_BR"]``."""
    general = locale_name.partition("@")[0].partition("_")[0]
    without_modifier = locale_name.partition("@")[0]
    return list(dict.fromkeys((general, without_modifier, locale_name)))


def catalog_file(folder: str, locale_name: str, domain: str) -> str | None:
    """Return the compiled catalog in *folder*, or the uncompiled one, or ``None``."""
    stem = os.path.join(folder, locale_name, "LC_MESSAGES", domain)
    return next((stem + ending for ending in (".mo", ".po") if os.path.isfile(stem + ending)), None)


def catalog_exists(locale_name: str) -> bool:
    """Tell whether any folder or CLDR knows *locale_name* or its language."""
    from fastjango.conf.locale import LANG_INFO

    chain = locale_chain(locale_name)
    if any("name" in LANG_INFO.get(to_language(name), {}) for name in chain):
        return True
    folders = all_locale_paths()
    return any(catalog_file(folder, name, "django") is not None for name in chain for folder in folders)


def read_catalog(path: str) -> gettext_module.GNUTranslations:
    """Return the translations of a ``.mo`` file, or of a ``.po`` file compiled in memory."""
    if path.endswith(".mo"):
        with open(path, "rb") as compiled:
            return gettext_module.GNUTranslations(compiled)
    from babel.messages.mofile import write_mo  # heavy: only for uncompiled catalogs
    from babel.messages.pofile import read_po

    with open(path, "rb") as source:
        catalog = read_po(source)
    buffer = BytesIO()
    write_mo(buffer, catalog)
    buffer.seek(0)
    return gettext_module.GNUTranslations(buffer)


class TranslationCatalog:
    """
    The messages of several catalogs, newest first.

    Catalogs with different plural rules stay apart, because the number of a plural form
    means something else in each.
    """

    def __init__(self, trans: Any = None) -> None:
        self._catalogs: list[dict[Any, str]] = [dict(trans._catalog)] if trans else [{}]
        self._plurals: list[Callable[[int], int]] = [trans.plural] if trans else [lambda n: int(n != 1)]

    def __getitem__(self, key: Any) -> str:
        for catalog in self._catalogs:
            if key in catalog:
                return catalog[key]
        raise KeyError(key)

    def __setitem__(self, key: Any, value: str) -> None:
        self._catalogs[0][key] = value

    def __contains__(self, key: object) -> bool:
        return any(key in catalog for catalog in self._catalogs)

    def items(self) -> Iterator[tuple[Any, str]]:
        """Give every ``(message id, translation)``."""
        for catalog in self._catalogs:
            yield from catalog.items()

    def keys(self) -> Iterator[Any]:
        """Give every message id."""
        for catalog in self._catalogs:
            yield from catalog.keys()

    def update(self, trans: Any) -> None:
        """Add the messages of *trans*; they win over those already here."""
        for catalog, plural in zip(self._catalogs, self._plurals, strict=True):
            if _same_plural(trans.plural, plural):
                catalog.update(trans._catalog)
                if catalog is not self._catalogs[0]:
                    # Messages of the newest catalog must not hide the ones just added.
                    for stronger in self._catalogs[: self._catalogs.index(catalog)]:
                        for key in trans._catalog:
                            stronger.pop(key, None)
                return
        self._catalogs.insert(0, dict(trans._catalog))
        self._plurals.insert(0, trans.plural)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the translation of *key*, or *default*."""
        for catalog in self._catalogs:
            found = catalog.get(key)
            if found is not None:
                return found
        return default

    def plural(self, msgid: str, num: int) -> str | None:
        """Return the form of *msgid* for *num* things, or ``None``."""
        for catalog, plural in zip(self._catalogs, self._plurals, strict=True):
            found = catalog.get((msgid, plural(num)))
            if found is not None:
                return found
        return None


def _same_plural(one: Any, other: Any) -> bool:
    """Tell whether two plural rules are one: the same function, or functions of the same code."""
    if one is other:
        return True
    codes = [getattr(function, "__code__", None) for function in (one, other)]
    return (
        codes[0] is not None
        and codes[1] is not None
        and codes[0].co_code == codes[1].co_code
        and codes[0].co_consts == codes[1].co_consts
        and not codes[0].co_freevars
        and not codes[1].co_freevars
    )


class DjangoTranslation(gettext_module.GNUTranslations):
    """
    All translations of one language, merged.

    From weak to strong: CLDR, the framework, the apps (first installed wins), ``LOCALE_PATHS``.
    What is missing is looked up in the language of ``LANGUAGE_CODE``.
    """

    domain = "django"
    _fallback: Any  # of the base class, which does not declare it

    def __init__(self, language: str, domain: str | None = None, localedirs: Sequence[str] | None = None) -> None:
        gettext_module.GNUTranslations.__init__(self)
        if domain is not None:
            self.domain = domain
        self.__language = language
        self.__to_language = to_language(language)
        self.__locale = to_locale(language)
        self._catalog: Any = TranslationCatalog()
        self.plural: Callable[[int], int] = lambda n: int(n != 1)
        if self.domain == "django":
            for name in locale_chain(self.__locale):
                if name == self.__locale or babel_locale(self.__locale) is None:
                    self.merge(cldr_translations(name))
            self._merge_folders([FRAMEWORK_LOCALE_DIR, *app_locale_dirs(), *map(str, reversed(settings.LOCALE_PATHS))])
        else:
            folders = list(localedirs) if localedirs else [FRAMEWORK_LOCALE_DIR, *app_locale_dirs()]
            self._merge_folders([*folders, *map(str, reversed(settings.LOCALE_PATHS))])
        self._add_default_language(localedirs)

    def __repr__(self) -> str:
        return f"<DjangoTranslation lang:{self.__language}>"

    def _merge_folders(self, folders: Iterable[str]) -> None:
        folders = list(folders)
        for name in locale_chain(self.__locale):
            for folder in folders:
                path = catalog_file(folder, name, self.domain)
                if path is not None:
                    self.merge(read_catalog(path))

    def _add_default_language(self, localedirs: Sequence[str] | None) -> None:
        # English is the language of the source: nothing is missing there.
        if self.__language == settings.LANGUAGE_CODE or self.__language.startswith("en"):
            return
        if self.domain == "django":
            from fastjango.utils.translation import trans_real  # the store of all languages, which holds this class

            self.add_fallback(trans_real.translation(settings.LANGUAGE_CODE))
        else:
            self.add_fallback(DjangoTranslation(settings.LANGUAGE_CODE, self.domain, localedirs))

    def merge(self, other: Any) -> None:
        """Add the translations of *other*; they win over those already here."""
        if other is None or not getattr(other, "_catalog", None):
            return
        if not any(self._catalog._catalogs):
            self.plural = other.plural
            self._info = dict(other._info)
            self._catalog = TranslationCatalog(other)
        else:
            self._catalog.update(other)
        if other._fallback:
            self.add_fallback(other._fallback)

    def language(self) -> str:
        """Return the language as it was asked for."""
        return self.__language

    def to_language(self) -> str:
        """Return the language code in lower case."""
        return self.__to_language

    def gettext(self, message: str) -> str:
        """Return the translation of *message*."""
        found: str | None = self._catalog.get(message)
        if found is None:
            found = self._catalog.plural(message, 1)
        if found is not None:
            return found
        text: str = self._fallback.gettext(message) if self._fallback else message
        return text

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the translation of *msgid1* in the form for *n* things."""
        found: str | None = self._catalog.plural(msgid1, n)
        if found is not None:
            return found
        if self._fallback:
            text: str = self._fallback.ngettext(msgid1, msgid2, n)
            return text
        return msgid1 if n == 1 else msgid2
