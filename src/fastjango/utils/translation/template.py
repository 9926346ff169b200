"""``templatize`` at Django's path."""

from fastjango.utils.translation.rounding import TranslatorCommentWarning, templatize

__all__ = ["TranslatorCommentWarning", "templatize"]
