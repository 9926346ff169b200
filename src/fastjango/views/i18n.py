"""Choosing a language, and the translations and formats of the active one for JavaScript."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.http import HttpResponse, HttpResponseRedirect, JsonResponse
from fastjango.template import Context, Engine
from fastjango.urls import translate_url
from fastjango.utils.formats import get_format
from fastjango.utils.http import url_has_allowed_host_and_scheme
from fastjango.utils.translation import check_for_language, get_language
from fastjango.utils.translation.trans_real import DjangoTranslation
from fastjango.views.generic.base import View

LANGUAGE_QUERY_PARAMETER = "language"
SCRIPT = Path(__file__).parent / "templates" / "i18n_catalog.js"

FORMAT_NAMES = (
    "DATE_FORMAT",
    "DATETIME_FORMAT",
    "TIME_FORMAT",
    "YEAR_MONTH_FORMAT",
    "MONTH_DAY_FORMAT",
    "SHORT_DATE_FORMAT",
    "SHORT_DATETIME_FORMAT",
    "FIRST_DAY_OF_WEEK",
    "DECIMAL_SEPARATOR",
    "THOUSAND_SEPARATOR",
    "NUMBER_GROUPING",
    "DATE_INPUT_FORMATS",
    "TIME_INPUT_FORMATS",
    "DATETIME_INPUT_FORMATS",
)


def set_language(request: Any) -> HttpResponse:
    """
    Remember the language of a POST in a cookie, and go back to where the user was.

    The page to go to is ``next``, else the referring page; only pages of this host are gone to.
    """
    next_url = request.POST.get("next", request.GET.get("next"))
    if (next_url or request.accepts("text/html")) and not _is_safe(request, next_url):
        next_url = request.META.get("HTTP_REFERER")
        if not _is_safe(request, next_url):
            next_url = "/"
    response: HttpResponse = HttpResponseRedirect(next_url) if next_url else HttpResponse(status=204)
    if request.method != "POST":
        return response
    language = request.POST.get(LANGUAGE_QUERY_PARAMETER)
    if not language or not check_for_language(language):
        return response
    if next_url:
        translated = translate_url(next_url, language)
        if translated != next_url:
            response = HttpResponseRedirect(translated)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response


def _is_safe(request: Any, url: str | None) -> bool:
    return url_has_allowed_host_and_scheme(
        url=url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def get_formats() -> dict[str, Any]:
    """Return how the active language writes dates, times and numbers."""
    return {name: get_format(name) for name in FORMAT_NAMES}


class JavaScriptCatalog(View):
    """
    A script with the translations: ``gettext()`` and its kin, ``interpolate()``, ``get_format()``.

    Attributes:
        domain: Which catalogs: ``djangojs``.
        packages: Names of apps; all when not given.
    """

    domain = "djangojs"
    packages: Sequence[str] | None = None
    translation: Any

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer with the catalog of the active language."""
        packages = kwargs.get("packages", "")
        names = packages.split("+") if packages else self.packages
        paths = self.get_paths(names) if names else None
        language = get_language() or settings.LANGUAGE_CODE
        self.translation = DjangoTranslation(language, domain=kwargs.get("domain", self.domain), localedirs=paths)
        return self.render_to_response(self.get_context_data(**kwargs))

    def get_paths(self, packages: Sequence[str]) -> list[str]:
        """Return the folders of the apps' catalogs; ``ValueError`` names the packages that are no apps."""
        configs = {config.name: config for config in apps.get_app_configs()}
        unknown = [name for name in packages if name not in configs]
        if unknown:
            raise ValueError(f"Invalid package(s) provided to JavaScriptCatalog: {','.join(unknown)}")
        return [os.path.join(configs[name].path, "locale") for name in packages]

    @property
    def _num_plurals(self) -> int:
        match = re.search(r"nplurals=\s*(\d+)", self._plural_string or "")
        return int(match[1]) if match else 2

    @property
    def _plural_string(self) -> str | None:
        """The plural rule of the catalog's header."""
        header = self.translation._catalog.get("") or ""
        for line in header.split("\n"):
            if line.startswith("Plural-Forms:"):
                return str(line.split(":", 1)[1].strip())
        return None

    def get_plural(self) -> str | None:
        """Return the plural rule as an expression, which JavaScript understands as well."""
        for part in (self._plural_string or "").split(";"):
            name, _, value = part.strip().partition("=")
            if name == "plural":
                return value
        return None

    def get_catalog(self) -> dict[str, Any]:
        """Return the translations: a text, or a list of plural forms, for each message."""
        catalog: dict[str, Any] = {}
        plurals: dict[str, dict[int, str]] = {}
        seen = set()
        translation = self.translation
        while translation is not None:
            for key, value in translation._catalog.items():
                if key == "" or key in seen:
                    continue
                seen.add(key)
                if isinstance(key, str):
                    catalog[key] = value
                else:
                    message, number = key
                    plurals.setdefault(message, {})[number] = value
            translation = translation._fallback
        count = self._num_plurals
        for message, forms in plurals.items():
            catalog[message] = [forms.get(number, "") for number in range(count)]
        return catalog

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return catalog, formats and plural rule."""
        return {"catalog": self.get_catalog(), "formats": get_formats(), "plural": self.get_plural()}

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> HttpResponse:
        """Return the script."""
        with SCRIPT.open(encoding="utf-8") as file:
            template = Engine().from_string(file.read())
        context["catalog_str"] = _for_script(context["catalog"]) if context["catalog"] else None
        context["formats_str"] = _for_script(context["formats"])
        return HttpResponse(template.render(Context(context)), 'text/javascript; charset="utf-8"')


def _for_script(value: Any) -> str:
    """Return JSON that may also stand between script tags."""
    return json.dumps(value, sort_keys=True, indent=2).replace("<", "\\u003c").replace("\n", "\n  ")


class JSONCatalog(JavaScriptCatalog):
    """The same as JSON."""

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> HttpResponse:
        """Return catalog, formats and plural rule."""
        return JsonResponse(context)


__all__ = [
    "LANGUAGE_QUERY_PARAMETER",
    "JSONCatalog",
    "JavaScriptCatalog",
    "get_formats",
    "set_language",
]
