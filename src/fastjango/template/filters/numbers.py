"""Filters for numbers: decimals, digits, sizes, sums."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, getcontext
from typing import Any

from fastjango.template.filters.registry import register
from fastjango.utils import formats
from fastjango.utils.html import avoid_wrapping
from fastjango.utils.safestring import mark_safe
from fastjango.utils.translation import gettext, ngettext

__all__ = ["add", "divisibleby", "filesizeformat", "floatformat", "get_digit"]

# A number with more digits is shown as it came: writing it out would only cost memory.
MAX_DIGITS = 200
_UNITS = ((50, "%s PB"), (40, "%s TB"), (30, "%s GB"), (20, "%s MB"), (10, "%s KB"))


@register.filter(is_safe=True)
def floatformat(text: Any, arg: Any = -1) -> Any:
    """
    Round a number.

    The argument is the number of decimals; a negative one leaves zeros alone out ("34.0" gives "34").
    ``g`` behind it groups thousands, ``u`` ignores the language.
    """
    arg, grouped, localized = _float_options(arg)
    shown = str(text)
    number = _decimal(shown, text)
    if number is None:
        return ""
    try:
        places = int(arg)
    except ValueError:
        return shown
    _sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or len(digits) + abs(exponent) > MAX_DIGITS or abs(places) > MAX_DIGITS:
        return shown
    whole = int(number)
    if whole == number and places <= 0:
        return _number(str(whole), 0, localized, grouped)
    precision = max(getcontext().prec, abs(places) + len(digits) + abs(exponent) + 1)
    rounded = number.quantize(Decimal(1).scaleb(-abs(places)), ROUND_HALF_UP, Context(prec=precision))
    if not rounded:
        rounded = abs(rounded)  # no "-0"
    return _number(f"{rounded:f}", abs(places), localized, grouped)


def _float_options(arg: Any) -> tuple[Any, bool, bool]:
    """Return the argument of ``floatformat`` as decimals, whether to group, whether to localize."""
    if not isinstance(arg, str):
        return arg, False, True
    if arg[-2:] in ("gu", "ug"):
        return arg[:-2] or -1, True, False
    if arg[-1:] == "g":
        return arg[:-1] or -1, True, True
    if arg[-1:] == "u":
        return arg[:-1] or -1, False, False
    return arg, False, True


def _decimal(shown: str, value: Any) -> Decimal | None:
    try:
        return Decimal(shown)
    except InvalidOperation:
        pass
    try:
        return Decimal(str(float(value)))
    except (ValueError, InvalidOperation, TypeError):
        return None


def _number(text: str, places: int, localized: bool, grouped: bool) -> Any:
    return mark_safe(formats.number_format(text, places, use_l10n=localized, force_grouping=grouped))


@register.filter(is_safe=False)
def add(value: Any, arg: Any) -> Any:
    """Add, as numbers if they are such, else as they are."""
    try:
        return int(value) + int(arg)
    except (ValueError, TypeError):
        pass
    try:
        return value + arg
    except Exception:  # whatever cannot be added gives nothing
        return ""


@register.filter(is_safe=False)
def get_digit(value: Any, arg: Any) -> Any:
    """Return a digit, counted from the right, the last is 1; what is no number comes back as it is."""
    try:
        place = int(arg)
        number = int(value)
    except ValueError:
        return value
    if place < 1:
        return value
    try:
        return int(str(number)[-place])
    except IndexError:
        return 0


@register.filter(is_safe=False)
def divisibleby(value: Any, arg: Any) -> bool:
    """Tell whether a number can be divided without a rest."""
    return int(value) % int(arg) == 0


@register.filter(is_safe=True)
def filesizeformat(bytes_: Any) -> Any:
    """Show a number of bytes for people: ``13 KB``."""
    try:
        size = int(bytes_)
    except (TypeError, ValueError, UnicodeDecodeError):
        return avoid_wrapping(ngettext("%(size)d byte", "%(size)d bytes", 0) % {"size": 0})
    sign, size = ("-", -size) if size < 0 else ("", size)
    for power, text in _UNITS:
        if size >= 1 << power:
            shown = gettext(text) % formats.number_format(round(size / (1 << power), 1), 1)
            break
    else:
        shown = ngettext("%(size)d byte", "%(size)d bytes", size) % {"size": size}
    return avoid_wrapping(sign + shown)
