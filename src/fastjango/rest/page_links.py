"""The numbers of pages that are shown, and the links to them."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

PageLink = namedtuple("PageLink", ["url", "number", "is_active", "is_break"])
PAGE_BREAK = PageLink(url=None, number=None, is_active=False, is_break=True)


def _positive_int(integer_string: Any, strict: bool = False, cutoff: int | None = None) -> int:
    """Return text as a number that is not negative; not zero when *strict*, at most *cutoff*."""
    found = int(integer_string)
    if found < 0 or (found == 0 and strict):
        raise ValueError
    return min(found, cutoff) if cutoff else found


def _divide_with_ceil(a: int, b: int) -> int:
    return -(-a // b)


def _get_displayed_page_numbers(current: int, final: int) -> list[int | None]:
    """Return first, last, and those around the current page; ``None`` where some are left out."""
    assert current >= 1
    assert final >= current
    if final <= 5:
        return list(range(1, final + 1))
    shown = {1, current - 1, current, current + 1, final}
    # A gap of one page is filled: a break would take the same room.
    if current <= 4:
        shown |= {2, 3}
    if current >= final - 3:
        shown |= {final - 1, final - 2}
    pages: list[int | None] = [page for page in sorted(shown) if 0 < page <= final]
    if current > 4:
        pages.insert(1, None)
    if current < final - 3:
        pages.insert(len(pages) - 1, None)
    return pages


def _get_page_links(page_numbers: list[int | None], current: int, url_func: Any) -> list[PageLink]:
    return [
        PAGE_BREAK
        if page is None
        else PageLink(url=url_func(page), number=page, is_active=(page == current), is_break=False)
        for page in page_numbers
    ]
