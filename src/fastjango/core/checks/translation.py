"""Settings about languages."""

from __future__ import annotations

import re
from typing import Any

from fastjango.conf import settings
from fastjango.core.checks.messages import CheckMessage, Error
from fastjango.core.checks.registry import Tags, register
from fastjango.utils.regex_helper import _lazy_re_compile
from fastjango.utils.translation import get_supported_language_variant

# A language tag, loosely: RFC 5646 with an optional variant behind an at sign.
language_code_re = _lazy_re_compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8})*(?:@[a-z0-9]{1,20})?", re.IGNORECASE)

E001 = Error("You have provided an invalid value for the LANGUAGE_CODE setting: {!r}.", id="translation.E001")
E002 = Error("You have provided an invalid language code in the LANGUAGES setting: {!r}.", id="translation.E002")
E003 = Error("You have provided an invalid language code in the LANGUAGES_BIDI setting: {!r}.", id="translation.E003")
E004 = Error(
    "You have provided a value for the LANGUAGE_CODE setting that is not in the LANGUAGES setting.",
    id="translation.E004",
)


def _is_code(tag: Any) -> bool:
    return isinstance(tag, str) and bool(language_code_re.fullmatch(tag))


def _refused(error: Error, tags: Any) -> list[CheckMessage]:
    return [Error(error.msg.format(tag), id=error.id) for tag in tags if not _is_code(tag)]


@register(Tags.translation)
def check_setting_language_code(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check the form of ``LANGUAGE_CODE``."""
    return _refused(E001, [settings.LANGUAGE_CODE])


@register(Tags.translation)
def check_setting_languages(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check the form of the codes in ``LANGUAGES``."""
    return _refused(E002, [tag for tag, _ in settings.LANGUAGES])


@register(Tags.translation)
def check_setting_languages_bidi(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check the form of the codes in ``LANGUAGES_BIDI``."""
    return _refused(E003, settings.LANGUAGES_BIDI)


@register(Tags.translation)
def check_language_settings_consistent(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that ``LANGUAGE_CODE`` is one of ``LANGUAGES``."""
    try:
        get_supported_language_variant(settings.LANGUAGE_CODE)
    except LookupError:
        return [E004]
    return []
