"""Small pieces at Django's path: rounding for plurals, trimmed block texts, templatize."""

from __future__ import annotations

import re
from decimal import ROUND_UP, Decimal
from typing import Any

from fastjango.utils.module_loading import import_string

__all__ = ["TranslatorCommentWarning", "round_away_from_one", "templatize", "trim_whitespace"]

_LINE_BREAK = re.compile(r"\n+")


class TranslatorCommentWarning(SyntaxWarning):
    """A comment for translators is not where it would be found."""


def round_away_from_one(value: Any) -> int:
    """Return *value* as an integer that takes the right plural: 0.5 is 0, 1.5 is 2."""
    return int(Decimal(value - 1).quantize(Decimal(0), rounding=ROUND_UP)) + 1


def trim_whitespace(text: str) -> str:
    """Return *text* on one line: lines stripped and joined by one space."""
    lines = (line.strip() for line in _LINE_BREAK.split(text.strip()))
    return " ".join(line for line in lines if line)


def templatize(src: str, **kwargs: Any) -> str:
    """Return the texts of the template *src* as source code that xgettext understands."""
    # The template language lies above this room.
    text: str = import_string("fastjango.template.templatize.templatize")(src, **kwargs)
    return text
