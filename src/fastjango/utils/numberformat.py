"""Numbers as text: decimal separator, fixed decimals, grouped thousands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import repeat
from typing import Any

from fastjango.conf import settings
from fastjango.utils.safestring import mark_safe

__all__ = ["format"]

# A decimal that would take more characters than this is written with an exponent.
MAX_PLAIN_DIGITS = 200


def format(  # noqa: A001 - Django's name
    number: Any,
    decimal_sep: str,
    decimal_pos: int | None = None,
    grouping: int | Sequence[int] = 0,
    thousand_sep: str = "",
    force_grouping: bool = False,
    use_l10n: bool | None = None,
) -> str:
    """
    Return *number* (int, float, Decimal or text of a number) as text.

    Args:
        decimal_pos: Digits behind the separator; cut off, never rounded. ``None`` keeps all.
        grouping: Digits per group, or a sequence of group sizes from the right; ``0`` at its
            end repeats the size before it.
        force_grouping: Group even if the setting ``USE_THOUSAND_SEPARATOR`` is off.
    """
    if number is None or number == "":
        return _safe(number)
    localized = True if use_l10n is None else use_l10n
    grouped = (force_grouping or (localized and settings.USE_THOUSAND_SEPARATOR)) and grouping != 0
    if isinstance(number, int) and not grouped and not decimal_pos:
        return _safe(number)
    if isinstance(number, float) and "e" in str(number).lower():
        number = Decimal(str(number))
    if isinstance(number, Decimal):
        if decimal_pos is not None and number.is_finite() and abs(number) < Decimal(1).scaleb(-(decimal_pos or 1)):
            number = Decimal(0)
        if _needs_exponent(number):
            coefficient, exponent = f"{number:e}".split("e")
            shown = format(coefficient, decimal_sep, decimal_pos, grouping, thousand_sep, force_grouping, use_l10n)
            return f"{shown}e{exponent}"
        text = f"{number:f}"
    else:
        text = str(number)
    return _assemble(text, decimal_sep, decimal_pos, grouping if grouped else 0, thousand_sep)


def _safe(value: Any) -> str:
    marked: str = mark_safe(value)
    return marked


def _needs_exponent(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and abs(exponent) + len(number.as_tuple().digits) > MAX_PLAIN_DIGITS


def _assemble(
    text: str, decimal_sep: str, decimal_pos: int | None, grouping: int | Sequence[int], thousand_sep: str
) -> str:
    sign = ""
    if text[0] == "-":
        sign, text = "-", text[1:]
    whole, _, fraction = text.partition(".")
    if decimal_pos is not None:
        fraction = fraction[:decimal_pos].ljust(decimal_pos, "0")
    if fraction:
        fraction = decimal_sep + fraction
    if grouping:
        whole = thousand_sep.join(_groups(whole, grouping))
    return sign + whole + fraction


def _groups(digits: str, grouping: int | Sequence[int]) -> list[str]:
    groups: list[str] = []
    end = len(digits)
    for size in _group_sizes(grouping):
        if end <= 0:
            break
        if size <= 0:
            groups.append(digits[:end])
            break
        groups.append(digits[max(end - size, 0) : end])
        end -= size
    return groups[::-1]


def _group_sizes(grouping: int | Sequence[int]) -> Iterator[int]:
    if isinstance(grouping, int):
        yield from repeat(grouping)
        return
    last = 0
    for size in grouping:
        if size == 0:
            break
        if size < 0:  # no further grouping
            yield 0
            return
        last = size
        yield size
    yield from repeat(last)
