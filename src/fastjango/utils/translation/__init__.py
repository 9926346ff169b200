"""
Texts in the reader's language.

now.py         gettext and friends, activate, override, language of a request
lazy_text.py   the lazy variants
trans_real.py / trans_null.py   with and without USE_I18N
catalogs.py    finding and merging .mo and .po files; cldr.py: months, days, units from CLDR
codes.py       language codes and Accept-Language
template.py    the texts of a template, as source that xgettext understands
reloader.py    the development server's part
"""

from fastjango.utils.translation.codes import to_language, to_locale
from fastjango.utils.translation.lazy_text import (
    gettext_lazy,
    lazy_number,
    ngettext_lazy,
    npgettext_lazy,
    pgettext_lazy,
)
from fastjango.utils.translation.now import (
    activate,
    check_for_language,
    deactivate,
    deactivate_all,
    get_language,
    get_language_bidi,
    get_language_from_path,
    get_language_from_request,
    get_language_info,
    get_supported_language_variant,
    gettext,
    gettext_noop,
    ngettext,
    npgettext,
    override,
    pgettext,
)
from fastjango.utils.translation.rounding import (
    TranslatorCommentWarning,
    round_away_from_one,
    templatize,
    trim_whitespace,
)

__all__ = [
    "TranslatorCommentWarning",
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
    "gettext_lazy",
    "gettext_noop",
    "lazy_number",
    "ngettext",
    "ngettext_lazy",
    "npgettext",
    "npgettext_lazy",
    "override",
    "pgettext",
    "pgettext_lazy",
    "round_away_from_one",
    "templatize",
    "to_language",
    "to_locale",
    "trim_whitespace",
]
