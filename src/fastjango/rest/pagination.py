"""Pagination: by page number, by limit and offset, by cursor."""

from __future__ import annotations

import contextlib
from base64 import b64decode, b64encode
from collections import namedtuple
from typing import Any
from urllib import parse

from fastjango.core.paginator import InvalidPage
from fastjango.core.paginator import Paginator as DjangoPaginator
from fastjango.rest.exceptions import NotFound
from fastjango.rest.page_data import plain
from fastjango.rest.page_links import (
    PAGE_BREAK,
    PageLink,
    _divide_with_ceil,
    _get_displayed_page_numbers,
    _get_page_links,
    _positive_int,
)
from fastjango.rest.response import Response
from fastjango.rest.settings import FromSettings
from fastjango.rest.utils.urls import remove_query_param, replace_query_param
from fastjango.template import loader
from fastjango.utils.encoding import force_str
from fastjango.utils.translation import gettext_lazy as _

Cursor = namedtuple("Cursor", ["offset", "reverse", "position"])


def _reverse_ordering(ordering_tuple: Any) -> tuple[Any, ...]:
    """Return the opposite ordering."""

    def invert(term: Any) -> Any:
        if hasattr(term, "resolve_expression"):
            return term.copy().reverse_ordering() if hasattr(term, "reverse_ordering") else term.desc()
        return term[1:] if term.startswith("-") else "-" + term

    return tuple(invert(term) for term in ordering_tuple)


def _page_schema(schema: dict[str, Any], example_next: str, example_previous: str, count: bool) -> dict[str, Any]:
    link = {"type": "string", "nullable": True, "format": "uri"}
    properties: dict[str, Any] = {"count": {"type": "integer", "example": 123}} if count else {}
    properties["next"] = {**link, "example": example_next}
    properties["previous"] = {**link, "example": example_previous}
    properties["results"] = schema
    required = ["count", "results"] if count else ["results"]
    return {"type": "object", "required": required, "properties": properties}


class BasePagination:
    """Base of paginators."""

    display_page_controls = False

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """Return the rows of one page; ``None`` when there are no pages."""
        raise NotImplementedError("paginate_queryset() must be implemented.")

    def get_paginated_response(self, data: Any) -> Response:
        """Return the response for one page."""
        raise NotImplementedError("get_paginated_response() must be implemented.")

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of one page, given that of its rows."""
        return schema

    def to_html(self) -> str:
        """Return the links of the browsable page."""
        raise NotImplementedError("to_html() must be implemented to display page controls.")

    def get_results(self, data: Any) -> Any:
        """Return the rows inside a response."""
        return data["results"]

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the OpenAPI parameters."""
        return []


def _parameter(name: str, description: Any, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "required": False,
        "in": "query",
        "description": force_str(description),
        "schema": {"type": kind},
    }


class _ClientsPageSize(BasePagination):
    """A page's size that the client may choose, where ``page_size_query_param`` says so."""

    page_size: Any
    page_size_query_param: Any
    max_page_size: Any

    def get_page_size(self, request: Any) -> Any:
        """Return the number of rows of a page."""
        if self.page_size_query_param:
            with contextlib.suppress(KeyError, ValueError):
                return _positive_int(
                    request.query_params[self.page_size_query_param], strict=True, cutoff=self.max_page_size
                )
        return self.page_size


class PageNumberPagination(_ClientsPageSize):
    """
    ``?page=2``.

    Attributes:
        page_size: Rows of a page; ``PAGE_SIZE``.
        page_size_query_param, max_page_size: Let clients choose it, up to a limit.
    """

    page_size: Any = FromSettings("PAGE_SIZE")
    django_paginator_class: Any = DjangoPaginator
    page_query_param = "page"
    page_query_description: Any = _("A page number within the paginated result set.")
    page_size_query_param: str | None = None
    page_size_query_description: Any = _("Number of results to return per page.")
    max_page_size: int | None = None
    last_page_strings = ("last",)
    template: Any = "rest_framework/pagination/numbers.html"
    invalid_page_message: Any = _("Invalid page.")
    page: Any
    request: Any

    @plain
    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """
        Return the rows of the page asked for.

        Raises:
            NotFound: There is no such page.
        """
        page = self._unread_page(queryset, request)
        return None if page is None else list(page)

    def _unread_page(self, queryset: Any, request: Any) -> Any:
        """Return the page asked for, its rows not read yet."""
        self.request = request
        page_size = self.get_page_size(request)
        if not page_size:
            return None
        paginator = self.django_paginator_class(queryset, page_size)
        page_number = self.get_page_number(request, paginator)
        try:
            self.page = paginator.page(page_number)
        except InvalidPage as exc:
            message = self.invalid_page_message.format(page_number=page_number, message=str(exc))
            raise NotFound(message) from exc
        if paginator.num_pages > 1 and self.template is not None:
            self.display_page_controls = True
        return self.page

    def get_page_number(self, request: Any, paginator: Any) -> Any:
        """Return the number asked for; the last one for ``last``."""
        number = request.query_params.get(self.page_query_param) or 1
        return paginator.num_pages if number in self.last_page_strings else number

    def get_paginated_response(self, data: Any) -> Response:
        """Return count, links and rows."""
        return Response(
            {
                "count": self.page.paginator.count,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of one page."""
        address = f"http://api.example.org/accounts/?{self.page_query_param}="
        return _page_schema(schema, address + "4", address + "2", count=True)

    def get_next_link(self) -> str | None:
        """Return the address of the next page."""
        if not self.page.has_next():
            return None
        url = self.request.build_absolute_uri()
        return replace_query_param(url, self.page_query_param, self.page.next_page_number())

    def get_previous_link(self) -> str | None:
        """Return the address of the previous page; the first one needs no number."""
        if not self.page.has_previous():
            return None
        url = self.request.build_absolute_uri()
        number = self.page.previous_page_number()
        if number == 1:
            return remove_query_param(url, self.page_query_param)
        return replace_query_param(url, self.page_query_param, number)

    def get_html_context(self) -> dict[str, Any]:
        """Return what the template of the links gets."""
        base_url = self.request.build_absolute_uri()

        def page_number_to_url(page_number: int) -> str:
            if page_number == 1:
                return remove_query_param(base_url, self.page_query_param)
            return replace_query_param(base_url, self.page_query_param, page_number)

        current, final = self.page.number, self.page.paginator.num_pages
        numbers = _get_displayed_page_numbers(current, final)
        return {
            "previous_url": self.get_previous_link(),
            "next_url": self.get_next_link(),
            "page_links": _get_page_links(numbers, current, page_number_to_url),
        }

    def to_html(self) -> str:
        """Return the links of the browsable page."""
        html: str = loader.get_template(self.template).render(self.get_html_context())
        return html

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the OpenAPI parameters."""
        found = [_parameter(self.page_query_param, self.page_query_description, "integer")]
        if self.page_size_query_param is not None:
            found.append(_parameter(self.page_size_query_param, self.page_size_query_description, "integer"))
        return found


class LimitOffsetPagination(BasePagination):
    """``?limit=100&offset=400``."""

    default_limit: Any = FromSettings("PAGE_SIZE")
    limit_query_param = "limit"
    limit_query_description: Any = _("Number of results to return per page.")
    offset_query_param = "offset"
    offset_query_description: Any = _("The initial index from which to return the results.")
    max_limit: int | None = None
    template: Any = "rest_framework/pagination/numbers.html"
    count: int
    limit: Any
    offset: int
    request: Any

    @plain
    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """Return the rows asked for."""
        page = self._unread_page(queryset, request)
        return None if page is None else list(page)

    def _unread_page(self, queryset: Any, request: Any) -> Any:
        """Return the page asked for, its rows not read yet."""
        self.request = request
        self.limit = self.get_limit(request)
        if self.limit is None:
            return None
        self.count = self.get_count(queryset)
        self.offset = self.get_offset(request)
        if self.count > self.limit and self.template is not None:
            self.display_page_controls = True
        if self.count == 0 or self.offset > self.count:
            return []
        return queryset[self.offset : self.offset + self.limit]

    def get_paginated_response(self, data: Any) -> Response:
        """Return count, links and rows."""
        return Response(
            {
                "count": self.count,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of one page."""
        address = f"http://api.example.org/accounts/?{self.offset_query_param}="
        suffix = f"&{self.limit_query_param}=100"
        return _page_schema(schema, f"{address}400{suffix}", f"{address}200{suffix}", count=True)

    def get_limit(self, request: Any) -> Any:
        """Return the number of rows asked for."""
        if self.limit_query_param:
            with contextlib.suppress(KeyError, ValueError):
                return _positive_int(request.query_params[self.limit_query_param], strict=True, cutoff=self.max_limit)
        return self.default_limit

    def get_offset(self, request: Any) -> int:
        """Return how many rows are left out."""
        try:
            return _positive_int(request.query_params[self.offset_query_param])
        except (KeyError, ValueError):
            return 0

    def get_next_link(self) -> str | None:
        """Return the address of the next rows."""
        if self.offset + self.limit >= self.count:
            return None
        url = replace_query_param(self.request.build_absolute_uri(), self.limit_query_param, self.limit)
        return replace_query_param(url, self.offset_query_param, self.offset + self.limit)

    def get_previous_link(self) -> str | None:
        """Return the address of the previous rows; the first ones need no offset."""
        if self.offset <= 0:
            return None
        url = replace_query_param(self.request.build_absolute_uri(), self.limit_query_param, self.limit)
        if self.offset - self.limit <= 0:
            return remove_query_param(url, self.offset_query_param)
        return replace_query_param(url, self.offset_query_param, self.offset - self.limit)

    def get_html_context(self) -> dict[str, Any]:
        """Return what the template of the links gets."""
        base_url = self.request.build_absolute_uri()
        if self.limit:
            current = _divide_with_ceil(self.offset, self.limit) + 1
            # An offset that is no multiple of the limit makes one page more.
            final = _divide_with_ceil(self.count - self.offset, self.limit) + _divide_with_ceil(self.offset, self.limit)
            final = max(final, 1)
        else:
            current = final = 1
        current = min(current, final)

        def page_number_to_url(page_number: int) -> str:
            if page_number == 1:
                return remove_query_param(base_url, self.offset_query_param)
            offset = self.offset + ((page_number - current) * self.limit)
            return replace_query_param(base_url, self.offset_query_param, offset)

        numbers = _get_displayed_page_numbers(current, final)
        return {
            "previous_url": self.get_previous_link(),
            "next_url": self.get_next_link(),
            "page_links": _get_page_links(numbers, current, page_number_to_url),
        }

    def to_html(self) -> str:
        """Return the links of the browsable page."""
        html: str = loader.get_template(self.template).render(self.get_html_context())
        return html

    def get_count(self, queryset: Any) -> int:
        """Return the number of all rows; lists have a length only."""
        try:
            count: int = queryset.count()
        except (AttributeError, TypeError):
            return len(queryset)
        return count

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the OpenAPI parameters."""
        found = [_parameter(self.limit_query_param, self.limit_query_description, "integer")]
        found.append(_parameter(self.offset_query_param, self.offset_query_description, "integer"))
        return found


class CursorPagination(_ClientsPageSize):
    """
    ``?cursor=...``: the place in a fixed ordering; rows that come and go do not shift the pages.

    Attributes:
        ordering: By which rows are ordered; the first field should rarely repeat.
        offset_cutoff: How far an offset inside equal values may go.
    """

    cursor_query_param = "cursor"
    cursor_query_description: Any = _("The pagination cursor value.")
    page_size: Any = FromSettings("PAGE_SIZE")
    invalid_cursor_message: Any = _("Invalid cursor")
    ordering: Any = "-created"
    template: Any = "rest_framework/pagination/previous_and_next.html"
    page_size_query_param: str | None = None
    page_size_query_description: Any = _("Number of results to return per page.")
    max_page_size: int | None = None
    offset_cutoff = 1000
    request: Any
    page: list[Any]
    cursor: Any
    has_next: bool
    has_previous: bool
    next_position: Any
    previous_position: Any

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """Return the rows behind, or before, the cursor."""
        self.request = request
        self.page_size = self.get_page_size(request)
        if not self.page_size:
            return None
        self.base_url = request.build_absolute_uri()
        self.ordering = self.get_ordering(request, queryset, view)
        self.cursor = self.decode_cursor(request)
        offset, reverse, position = (0, False, None) if self.cursor is None else self.cursor
        queryset = queryset.order_by(*(_reverse_ordering(self.ordering) if reverse else self.ordering))
        if position is not None:
            queryset = self._from_position(queryset, reverse, position)
        # One more, to know whether there is a next page.
        results = list(queryset[offset : offset + self.page_size + 1])
        self.page = list(results[: self.page_size])
        has_following = len(results) > len(self.page)
        following = self._get_position_from_instance(results[-1], self.ordering) if has_following else None
        if reverse:
            self.page = list(reversed(self.page))
            self.has_next, self.has_previous = position is not None or offset > 0, has_following
            self.next_position = position if self.has_next else None
            self.previous_position = following if self.has_previous else None
        else:
            self.has_next, self.has_previous = has_following, position is not None or offset > 0
            self.next_position = following if self.has_next else None
            self.previous_position = position if self.has_previous else None
        if (self.has_previous or self.has_next) and self.template is not None:
            self.display_page_controls = True
        return self.page

    def _from_position(self, queryset: Any, reverse: bool, position: Any) -> Any:
        order = self.ordering[0]
        is_reversed = order.startswith("-")
        order_attr = order.lstrip("-")
        # Nulls come last, and are not comparable.
        lookup = "lt" if reverse != is_reversed else "gt"
        return queryset.filter(**{f"{order_attr}__{lookup}": position})

    def get_next_link(self) -> str | None:
        """Return the address of the next page."""
        if not self.has_next:
            return None
        if self.page and self.cursor and self.cursor.reverse and self.cursor.offset != 0:
            # Coming from behind: the rows at the end of the page may have equal values.
            compare = self._get_position_from_instance(self.page[-1], self.ordering)
        else:
            compare = self.next_position
        offset, position = self._count_equal(reversed(self.page), compare)
        if not self.page:
            # The rows of the cursor are gone: the next page begins where this one should have ended.
            position = compare
        if position is _NONE:
            if not self.has_previous:
                offset, position = self.page_size, None
            elif self.cursor.reverse:
                offset, position = 0, self.previous_position
            else:
                offset, position = self.cursor.offset + self.page_size, self.previous_position
        return self.encode_cursor(Cursor(offset=offset, reverse=False, position=position))

    def get_previous_link(self) -> str | None:
        """Return the address of the previous page."""
        if not self.has_previous:
            return None
        if self.page and self.cursor and not self.cursor.reverse and self.cursor.offset != 0:
            compare = self._get_position_from_instance(self.page[0], self.ordering)
        else:
            compare = self.previous_position
        offset, position = self._count_equal(iter(self.page), compare)
        if not self.page:
            position = compare
        if position is _NONE:
            if not self.has_next:
                offset, position = self.page_size, None
            elif self.cursor.reverse:
                offset, position = self.cursor.offset + self.page_size, self.next_position
            else:
                offset, position = 0, self.next_position
        return self.encode_cursor(Cursor(offset=offset, reverse=True, position=position))

    def _count_equal(self, rows: Any, compare: Any) -> tuple[int, Any]:
        """Return how many rows have the value *compare*, and the first other value."""
        offset = 0
        for item in rows:
            position = self._get_position_from_instance(item, self.ordering)
            if position is not None and position != compare:
                return offset, position
            offset += 1
        return offset, _NONE

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        """Return the ordering, which an ordering filter of the view may have chosen."""
        ordering_filters = [one for one in getattr(view, "filter_backends", []) if hasattr(one, "get_ordering")]
        ordering = self.ordering
        if ordering_filters:
            chosen = ordering_filters[0]().get_ordering(request, queryset, view)
            if chosen:
                ordering = chosen
        if ordering is None:
            raise AssertionError(
                "Using cursor pagination, but no ordering attribute was declared on the pagination class."
            )
        if "__" in ordering:
            raise AssertionError(
                "Cursor pagination does not support double underscore lookups for orderings. Orderings should be an "
                'unchanging, unique or nearly-unique field name on the model, such as "-created" or "pk".'
            )
        if not isinstance(ordering, str | list | tuple):
            raise AssertionError(f"Invalid ordering. Expected string or tuple, but got {type(ordering).__name__}")
        return (ordering,) if isinstance(ordering, str) else tuple(ordering)

    def decode_cursor(self, request: Any) -> Cursor | None:
        """
        Return the cursor of the request.

        Raises:
            NotFound: It is not one of ours.
        """
        encoded = request.query_params.get(self.cursor_query_param)
        if encoded is None:
            return None
        try:
            tokens = parse.parse_qs(b64decode(encoded.encode("ascii")).decode("ascii"), keep_blank_values=True)
            offset = _positive_int(tokens.get("o", ["0"])[0], cutoff=self.offset_cutoff)
            reverse = bool(int(tokens.get("r", ["0"])[0]))
            position = tokens.get("p", [None])[0]
        except (TypeError, ValueError):
            raise NotFound(self.invalid_cursor_message) from None
        return Cursor(offset=offset, reverse=reverse, position=position)

    def encode_cursor(self, cursor: Cursor) -> str:
        """Return the address with the cursor."""
        tokens = {}
        if cursor.offset != 0:
            tokens["o"] = str(cursor.offset)
        if cursor.reverse:
            tokens["r"] = "1"
        if cursor.position is not None:
            tokens["p"] = cursor.position
        encoded = b64encode(parse.urlencode(tokens, doseq=True).encode("ascii")).decode("ascii")
        return replace_query_param(self.base_url, self.cursor_query_param, encoded)

    def _get_position_from_instance(self, instance: Any, ordering: Any) -> str | None:
        name = ordering[0].lstrip("-")
        value = instance[name] if isinstance(instance, dict) else getattr(instance, name)
        return None if value is None else str(value)

    def get_paginated_response(self, data: Any) -> Response:
        """Return links and rows."""
        return Response({"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of one page."""
        address = f"http://api.example.org/accounts/?{self.cursor_query_param}="
        return _page_schema(schema, address + 'cD00ODY%3D"', address + "cj0xJnA9NDg3", count=False)

    def get_html_context(self) -> dict[str, Any]:
        """Return what the template of the links gets."""
        return {"previous_url": self.get_previous_link(), "next_url": self.get_next_link()}

    def to_html(self) -> str:
        """Return the links of the browsable page."""
        html: str = loader.get_template(self.template).render(self.get_html_context())
        return html

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the OpenAPI parameters."""
        found = [_parameter(self.cursor_query_param, self.cursor_query_description, "string")]
        if self.page_size_query_param is not None:
            found.append(_parameter(self.page_size_query_param, self.page_size_query_description, "integer"))
        return found


_NONE: Any = object()

__all__ = [
    "PAGE_BREAK",
    "BasePagination",
    "Cursor",
    "CursorPagination",
    "LimitOffsetPagination",
    "PageLink",
    "PageNumberPagination",
]
