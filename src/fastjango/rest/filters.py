"""Filter backends: search and ordering by query parameters."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import cache, reduce
from typing import Any

from fastjango.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from fastjango.core.exceptions import ValidationError as DjangoValidationError
from fastjango.db import models
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.forms import CharField
from fastjango.rest.fields import ValidationError, get_error_detail
from fastjango.rest.settings import FromSettings
from fastjango.template import loader
from fastjango.utils.encoding import force_str
from fastjango.utils.text import smart_split, unescape_string_literal
from fastjango.utils.translation import gettext_lazy as _

_LOOKUP_PREFIXES = {"^": "istartswith", "=": "iexact", "@": "search", "$": "iregex"}


def search_smart_split(search_terms: str) -> list[str]:
    """Return the terms of a search: split at spaces and commas, quoted ones whole."""
    found: list[str] = []
    for term in smart_split(search_terms):
        term = term.strip(",")
        if term.startswith(('"', "'")) and term[0] == term[-1] and len(term) > 1:
            found.append(unescape_string_literal(term))
        else:
            found += [part.strip() for part in term.split(",") if part]
    return found


@cache
def _term_field() -> CharField:
    return CharField(required=False, strip=False)


class BaseFilterBackend:
    """Base of filter backends."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        """Return the filtered query set."""
        raise NotImplementedError(".filter_queryset() must be overridden.")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the OpenAPI parameters."""
        return []


class SearchFilter(BaseFilterBackend):
    """
    ``?search=``: every term must be in one of the view's ``search_fields``.

    A field may begin with ``^`` (starts with), ``=`` (equal), ``$`` (regular expression) or ``@`` (full text).
    """

    search_param: Any = FromSettings("SEARCH_PARAM")
    template = "rest_framework/filters/search.html"
    lookup_prefixes = _LOOKUP_PREFIXES
    search_title: Any = _("Search")
    #: Where the name of a field says none.
    default_lookup = "icontains"
    search_description: Any = _("A search term.")

    def get_search_fields(self, view: Any, request: Any) -> Any:
        """Return the names of the fields."""
        return getattr(view, "search_fields", None)

    def get_search_query_params(self, request: Any) -> str:
        """Return what is searched for."""
        value = request.query_params.get(self.search_param, "")
        if value == "":
            return ""
        try:
            cleaned: str = _term_field().clean(value)
        except DjangoValidationError as exc:
            raise ValidationError(get_error_detail(exc)) from exc
        return cleaned

    def get_search_terms(self, request: Any) -> list[str]:
        """Return the terms."""
        return search_smart_split(self.get_search_query_params(request))

    def construct_search(self, field_name: str, queryset: Any) -> str:
        """Return the lookup for a field: the one it names, or ``default_lookup``."""
        lookup = self.lookup_prefixes.get(field_name[:1])
        if lookup:
            return LOOKUP_SEP.join([field_name[1:], lookup])
        opts: Any = queryset.model._meta
        field: Any = None
        for part in field_name.split(LOOKUP_SEP):
            if part == "pk":
                part = opts.pk.name
            try:
                field = opts.get_field(part)
            except FieldDoesNotExist:
                # The rest is a lookup, or a key inside JSON.
                if field and field.get_lookup(part):
                    return field_name
            else:
                if hasattr(field, "path_infos"):
                    opts = field.path_infos[-1].to_opts
        return LOOKUP_SEP.join([field_name, self.default_lookup])

    def must_call_distinct(self, queryset: Any, search_fields: Iterable[str]) -> bool:
        """Return whether a row could be found more than once, through a to-many relation."""
        query = getattr(getattr(queryset, "shape", queryset), "query", None)
        annotations = getattr(query, "annotations", ())
        for search_field in search_fields:
            opts = queryset.model._meta
            if search_field[0] in self.lookup_prefixes:
                search_field = search_field[1:]
            if search_field in annotations:
                continue
            for part in search_field.split(LOOKUP_SEP):
                if part == "pk":
                    continue
                try:
                    field = opts.get_field(part)
                except FieldDoesNotExist:
                    break
                if hasattr(field, "path_infos"):
                    opts = field.path_infos[-1].to_opts
                    if any(info.m2m for info in field.path_infos):
                        return True
        return False

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        """Return the rows that have all terms."""
        search_fields = self.get_search_fields(view, request)
        terms = self.get_search_terms(request)
        if not search_fields or not terms:
            return queryset
        lookups = [self.construct_search(str(field), queryset) for field in search_fields]
        conditions = [reduce(operator.or_, (models.Q((lookup, term)) for lookup in lookups)) for term in terms]
        found = queryset.filter(reduce(operator.and_, conditions))
        if self.must_call_distinct(queryset, search_fields):
            # DISTINCT itself does not go with every ordering, type and database.
            inner = found.filter(pk=models.OuterRef("pk"))
            found = queryset.filter(models.Exists(inner.order_by()))
        return found

    def to_html(self, request: Any, queryset: Any, view: Any) -> str:
        """Return the search box of the browsable page."""
        if not getattr(view, "search_fields", None):
            return ""
        context = {"param": self.search_param, "term": self.get_search_query_params(request)}
        template = loader.get_template(self.template)
        html: str = template.render(context, getattr(request, "_request", request))
        return html

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the OpenAPI parameter."""
        return [
            {
                "name": self.search_param,
                "required": False,
                "in": "query",
                "description": force_str(self.search_description),
                "schema": {"type": "string"},
            }
        ]


class UnaccentedSearchFilter(SearchFilter):
    """
    ``?search=cafe`` also finds "café".

    Needs PostgreSQL with the extension ``unaccent`` and ``fastjango.contrib.postgres`` in ``INSTALLED_APPS``.
    """

    lookup_prefixes = {
        "^": "unaccent__istartswith",
        "=": "unaccent__iexact",
        # Full-text search has dictionaries of its own.
        "@": "search",
        "$": "unaccent__iregex",
    }
    default_lookup = "unaccent__icontains"


class OrderingFilter(BaseFilterBackend):
    """
    ``?ordering=name,-created``: by the view's ``ordering_fields``, or by the readable fields of its serializer.

    Without the parameter the view's ``ordering`` counts.
    """

    ordering_param: Any = FromSettings("ORDERING_PARAM")
    ordering_fields: Any = None
    ordering_title: Any = _("Ordering")
    ordering_description: Any = _("Which field to use when ordering the results.")
    template = "rest_framework/filters/ordering.html"

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> Any:
        """Return the ordering asked for, without names that are not allowed, or the default one."""
        params = request.query_params.get(self.ordering_param)
        if params:
            fields = [param.strip() for param in params.split(",")]
            ordering = self.remove_invalid_fields(queryset, fields, view, request)
            if ordering:
                return ordering
        return self.get_default_ordering(view)

    def get_default_ordering(self, view: Any) -> Any:
        """Return the view's ordering."""
        ordering = getattr(view, "ordering", None)
        return (ordering,) if isinstance(ordering, str) else ordering

    def get_default_valid_fields(self, queryset: Any, view: Any, context: Any = None) -> list[tuple[str, Any]]:
        """Return the sources of the serializer's readable fields, with their labels."""
        context = context or {}
        if hasattr(view, "get_serializer_class"):
            try:
                serializer_class = view.get_serializer_class()
            except AssertionError:
                # The view has none.
                serializer_class = None
        else:
            serializer_class = getattr(view, "serializer_class", None)
        if serializer_class is None:
            raise ImproperlyConfigured(
                f"Cannot use {type(self).__name__} on a view which does not have either a 'serializer_class', an "
                "overriding 'get_serializer_class' or 'ordering_fields' attribute."
            )
        properties = {name for name, value in vars(queryset.model).items() if isinstance(value, property)}
        return [
            (field.source.replace(".", "__") or name, field.label)
            for name, field in serializer_class(context=context).fields.items()
            if not getattr(field, "write_only", False) and field.source != "*" and field.source not in properties
        ]

    def get_valid_fields(self, queryset: Any, view: Any, context: Any = None) -> list[tuple[str, Any]]:
        """Return the names that may be ordered by, with their labels."""
        context = context or {}
        fields = getattr(view, "ordering_fields", self.ordering_fields)
        if fields is None:
            return self.get_default_valid_fields(queryset, view, context)
        if fields == "__all__":
            columns = [(field.name, field.verbose_name) for field in queryset.model._meta.fields]
            return columns + [
                (key, key.title().split("__")) for key in getattr(queryset, "shape", queryset).query.annotations
            ]
        return [(item, item) if isinstance(item, str) else item for item in fields]

    def remove_invalid_fields(self, queryset: Any, fields: Iterable[str], view: Any, request: Any) -> list[str]:
        """Return the names that are allowed."""
        allowed = {item[0] for item in self.get_valid_fields(queryset, view, {"request": request})}
        return [term for term in fields if term.removeprefix("-") in allowed]

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        """Return the ordered rows."""
        ordering = self.get_ordering(request, queryset, view)
        return queryset.order_by(*ordering) if ordering else queryset

    def get_template_context(self, request: Any, queryset: Any, view: Any) -> dict[str, Any]:
        """Return what the template of the links gets."""
        current = self.get_ordering(request, queryset, view)
        options: list[tuple[str, str]] = []
        for key, label in self.get_valid_fields(queryset, view, {"request": request}):
            options.append((key, f"{label} - {_('ascending')}"))
            options.append(("-" + key, f"{label} - {_('descending')}"))
        return {
            "request": request,
            "current": current[0] if current else None,
            "param": self.ordering_param,
            "options": options,
        }

    def to_html(self, request: Any, queryset: Any, view: Any) -> str:
        """Return the links of the browsable page."""
        template = loader.get_template(self.template)
        html: str = template.render(
            self.get_template_context(request, queryset, view), getattr(request, "_request", request)
        )
        return html

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the OpenAPI parameter."""
        return [
            {
                "name": self.ordering_param,
                "required": False,
                "in": "query",
                "description": force_str(self.ordering_description),
                "schema": {"type": "string"},
            }
        ]


__all__ = ["BaseFilterBackend", "OrderingFilter", "SearchFilter", "UnaccentedSearchFilter", "search_smart_split"]
