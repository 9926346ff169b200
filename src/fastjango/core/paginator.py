"""
Long lists in pages: ``Paginator`` and ``Page``, and their async counterparts.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from math import ceil
from typing import Any

from fastjango.utils.functional import cached_property
from fastjango.utils.inspect import method_has_no_args
from fastjango.utils.translation import gettext_lazy as _
from fastjango.utils.worlds import run_sync


class UnorderedObjectListWarning(RuntimeWarning):
    """A list without an order may give an object on two pages, or on none."""


class InvalidPage(Exception):
    """There is no such page."""


class PageNotAnInteger(InvalidPage):
    """The page's number is no whole number."""


class EmptyPage(InvalidPage):
    """The page would have nothing on it."""


class BasePaginator:
    """
    What both paginators share.

    Args:
        object_list: Anything with a length and slices.
        per_page: Objects on a page.
        orphans: A last page with this many objects or fewer is joined to the one before.
        allow_empty_first_page: Whether an empty list has a first page.
        error_messages: Texts in place of ``default_error_messages``.
    """

    # Translators: shown in place of the numbers of pages that are left out.
    ELLIPSIS: Any = _("…")
    default_error_messages: dict[str, Any] = {  # noqa: RUF012 - Django's name
        "invalid_page": _("That page number is not an integer"),
        "min_page": _("That page number is less than 1"),
        "no_results": _("That page contains no results"),
    }

    def __init__(
        self,
        object_list: Any,
        per_page: Any,
        orphans: Any = 0,
        allow_empty_first_page: bool = True,
        error_messages: dict[str, Any] | None = None,
    ) -> None:
        self.object_list: Any = object_list
        self._check_object_list_is_ordered()
        self.per_page = int(per_page)
        self.orphans = int(orphans)
        self.allow_empty_first_page = allow_empty_first_page
        self.error_messages = {**self.default_error_messages, **(error_messages or {})}

    def _check_object_list_is_ordered(self) -> None:
        """Warn about a queryset that has no order."""
        if getattr(self.object_list, "ordered", None) not in (None, True):
            model = getattr(self.object_list, "model", None)
            name = f"{model} {type(self.object_list).__name__}" if model else repr(self.object_list)
            warnings.warn(
                f"Pagination may yield inconsistent results with an unordered object_list: {name}.",
                UnorderedObjectListWarning,
                stacklevel=3,
            )

    def _whole_number(self, number: Any) -> int:
        """Return *number* as a page number of at least one."""
        try:
            if isinstance(number, float) and not number.is_integer():
                raise ValueError
            number = int(number)
        except (TypeError, ValueError):
            raise PageNotAnInteger(self.error_messages["invalid_page"]) from None
        if number < 1:
            raise EmptyPage(self.error_messages["min_page"])
        return int(number)

    def _in_range(self, number: Any, num_pages: int) -> int:
        """Return *number* as the number of one of *num_pages* pages."""
        number = self._whole_number(number)
        if number > num_pages:
            raise EmptyPage(self.error_messages["no_results"])
        return int(number)

    def _pages_of(self, count: int) -> int:
        """Return how many pages *count* objects take."""
        if count == 0 and not self.allow_empty_first_page:
            return 0
        return ceil(max(1, count - self.orphans) / self.per_page)

    def _bounds(self, number: int, count: int) -> tuple[int, int]:
        """Return the slice that a page is."""
        bottom = (number - 1) * self.per_page
        top = bottom + self.per_page
        return bottom, count if top + self.orphans >= count else top

    def _shown_numbers(self, number: int, num_pages: int, on_each_side: int, on_ends: int) -> Iterator[Any]:
        """Yield the page numbers around *number* and at both ends, with an ellipsis for each gap."""
        if num_pages <= (on_each_side + on_ends) * 2:
            yield from range(1, num_pages + 1)
            return
        if number > (1 + on_each_side + on_ends) + 1:
            yield from range(1, on_ends + 1)
            yield self.ELLIPSIS
            yield from range(number - on_each_side, number + 1)
        else:
            yield from range(1, number + 1)
        if number < (num_pages - on_each_side - on_ends) - 1:
            yield from range(number + 1, number + on_each_side + 1)
            yield self.ELLIPSIS
            yield from range(num_pages - on_ends + 1, num_pages + 1)
        else:
            yield from range(number + 1, num_pages + 1)


class Paginator(BasePaginator):
    """A list in pages; see ``BasePaginator`` for the arguments."""

    def __iter__(self) -> Iterator[Page]:
        for page_number in self.page_range:
            yield self.page(page_number)

    def validate_number(self, number: Any) -> int:
        """Return *number* as a page number; ``PageNotAnInteger`` or ``EmptyPage`` when it is none."""
        return self._in_range(number, self.num_pages)

    def get_page(self, number: Any) -> Page:
        """Return a page whatever *number* is: the first for nonsense, the last for one beyond the end."""
        try:
            number = self.validate_number(number)
        except PageNotAnInteger:
            number = 1
        except EmptyPage:
            number = self.num_pages
        return self.page(number)

    def page(self, number: Any) -> Page:
        """Return the page of that number."""
        number = self.validate_number(number)
        bottom, top = self._bounds(number, self.count)
        return self._get_page(self.object_list[bottom:top], number, self)

    def _get_page(self, *args: Any, **kwargs: Any) -> Page:
        """Return a page object; override it for a page class of your own."""
        return Page(*args, **kwargs)

    @cached_property
    def count(self) -> int:
        """How many objects there are on all pages."""
        counter = getattr(self.object_list, "count", None)
        if callable(counter) and not inspect.isbuiltin(counter) and method_has_no_args(counter):
            total: Any = self.object_list.count()
            return int(total)
        return len(self.object_list)

    @cached_property
    def num_pages(self) -> int:
        """How many pages there are."""
        return self._pages_of(self.count)

    @property
    def page_range(self) -> range:
        """The numbers of the pages, from one."""
        return range(1, self.num_pages + 1)

    def get_elided_page_range(self, number: Any = 1, *, on_each_side: int = 3, on_ends: int = 2) -> Iterator[Any]:
        """
        Yield page numbers with gaps: ``1 2 … 9 10 11 12 13 … 49 50``.

        Args:
            on_each_side: How many on both sides of *number*.
            on_ends: How many at both ends.
        """
        number = self.validate_number(number)
        yield from self._shown_numbers(number, self.num_pages, on_each_side, on_ends)


class AsyncPaginator(BasePaginator):
    """A list in pages, for async code; the count of a queryset is awaited."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cache_acount: int | None = None
        self._cache_anum_pages: int | None = None

    async def __aiter__(self) -> AsyncIterator[AsyncPage]:
        for page_number in await self.apage_range():
            yield await self.apage(page_number)

    async def avalidate_number(self, number: Any) -> int:
        """Return *number* as a page number; ``PageNotAnInteger`` or ``EmptyPage`` when it is none."""
        return self._in_range(number, await self.anum_pages())

    async def aget_page(self, number: Any) -> AsyncPage:
        """Return a page whatever *number* is: the first for nonsense, the last for one beyond the end."""
        try:
            number = await self.avalidate_number(number)
        except PageNotAnInteger:
            number = 1
        except EmptyPage:
            number = await self.anum_pages()
        return await self.apage(number)

    async def apage(self, number: Any) -> AsyncPage:
        """Return the page of that number."""
        number = await self.avalidate_number(number)
        bottom, top = self._bounds(number, await self.acount())
        return self._get_page(self.object_list[bottom:top], number, self)

    def _get_page(self, *args: Any, **kwargs: Any) -> AsyncPage:
        """Return a page object; override it for a page class of your own."""
        return AsyncPage(*args, **kwargs)

    async def acount(self) -> int:
        """Return how many objects there are on all pages."""
        if self._cache_acount is None:
            counter = getattr(self.object_list, "acount", None)
            if inspect.iscoroutinefunction(counter) and not inspect.isbuiltin(counter) and method_has_no_args(counter):
                self._cache_acount = int(await counter())
            else:
                self._cache_acount = int(await run_sync(len, self.object_list))
        return self._cache_acount

    async def anum_pages(self) -> int:
        """Return how many pages there are."""
        if self._cache_anum_pages is None:
            self._cache_anum_pages = self._pages_of(await self.acount())
        return self._cache_anum_pages

    async def apage_range(self) -> range:
        """Return the numbers of the pages, from one."""
        return range(1, await self.anum_pages() + 1)

    async def aget_elided_page_range(
        self, number: Any = 1, *, on_each_side: int = 3, on_ends: int = 2
    ) -> AsyncIterator[Any]:
        """Yield page numbers with gaps; see ``Paginator.get_elided_page_range``."""
        number = await self.avalidate_number(number)
        for shown in self._shown_numbers(number, await self.anum_pages(), on_each_side, on_ends):
            yield shown


class Page(Sequence[Any]):
    """One page of a ``Paginator``: a sequence of its objects."""

    def __init__(self, object_list: Any, number: int, paginator: Paginator) -> None:
        self.object_list = object_list
        self.number = number
        self.paginator = paginator

    def __repr__(self) -> str:
        return f"<Page {self.number} of {self.paginator.num_pages}>"

    def __len__(self) -> int:
        return len(self.object_list)

    def __getitem__(self, index: Any) -> Any:
        if not isinstance(index, int | slice):
            raise TypeError(f"Page indices must be integers or slices, not {type(index).__name__}.")
        # One query for the page, not one per object.
        if not isinstance(self.object_list, list):
            self.object_list = list(self.object_list)
        return self.object_list[index]

    def has_next(self) -> bool:
        """Return whether a page follows."""
        return self.number < self.paginator.num_pages

    def has_previous(self) -> bool:
        """Return whether a page comes before."""
        return self.number > 1

    def has_other_pages(self) -> bool:
        """Return whether this is not the only page."""
        return self.has_previous() or self.has_next()

    def next_page_number(self) -> int:
        """Return the number of the page that follows."""
        return self.paginator.validate_number(self.number + 1)

    def previous_page_number(self) -> int:
        """Return the number of the page before."""
        return self.paginator.validate_number(self.number - 1)

    def start_index(self) -> int:
        """Return the place of the first object among all, from one; zero for an empty list."""
        if self.paginator.count == 0:
            return 0
        return self.paginator.per_page * (self.number - 1) + 1

    def end_index(self) -> int:
        """Return the place of the last object among all, from one."""
        if self.number == self.paginator.num_pages:
            return self.paginator.count
        return self.number * self.paginator.per_page


class AsyncPage:
    """One page of an ``AsyncPaginator``; ``async for`` gives its objects."""

    def __init__(self, object_list: Any, number: int, paginator: AsyncPaginator) -> None:
        self.object_list: Any = object_list
        self.number = number
        self.paginator = paginator

    def __repr__(self) -> str:
        return f"<Async Page {self.number}>"

    async def __aiter__(self) -> AsyncIterator[Any]:
        if not isinstance(self.object_list, list) and hasattr(self.object_list, "__aiter__"):
            source: Any = self.object_list
            async for obj in source:
                yield obj
        else:
            for obj in await self.aget_object_list():
                yield obj

    def __len__(self) -> int:
        if not isinstance(self.object_list, list):
            raise TypeError("AsyncPage.aget_object_list() must be awaited before calling len().")
        return len(self.object_list)

    def __reversed__(self) -> Iterator[Any]:
        if not isinstance(self.object_list, list):
            raise TypeError("AsyncPage.aget_object_list() must be awaited before calling reversed().")
        return reversed(self.object_list)

    def __getitem__(self, index: Any) -> Any:
        if not isinstance(index, int | slice):
            raise TypeError(f"AsyncPage indices must be integers or slices, not {type(index).__name__}.")
        if not isinstance(self.object_list, list):
            raise TypeError("AsyncPage.aget_object_list() must be awaited before using indexing.")
        return self.object_list[index]

    async def aget_object_list(self) -> Iterable[Any]:
        """Return the objects of the page as a list."""
        if not isinstance(self.object_list, list):
            if hasattr(self.object_list, "__aiter__"):
                self.object_list = [obj async for obj in self.object_list]
            else:
                self.object_list = await run_sync(list, self.object_list)
        return self.object_list  # type: ignore[no-any-return]

    async def ahas_next(self) -> bool:
        """Return whether a page follows."""
        return self.number < await self.paginator.anum_pages()

    async def ahas_previous(self) -> bool:
        """Return whether a page comes before."""
        return self.number > 1

    async def ahas_other_pages(self) -> bool:
        """Return whether this is not the only page."""
        return await self.ahas_previous() or await self.ahas_next()

    async def anext_page_number(self) -> int:
        """Return the number of the page that follows."""
        return await self.paginator.avalidate_number(self.number + 1)

    async def aprevious_page_number(self) -> int:
        """Return the number of the page before."""
        return await self.paginator.avalidate_number(self.number - 1)

    async def astart_index(self) -> int:
        """Return the place of the first object among all, from one; zero for an empty list."""
        if await self.paginator.acount() == 0:
            return 0
        return self.paginator.per_page * (self.number - 1) + 1

    async def aend_index(self) -> int:
        """Return the place of the last object among all, from one."""
        if self.number == await self.paginator.anum_pages():
            return await self.paginator.acount()
        return self.number * self.paginator.per_page
