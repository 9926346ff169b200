"""``ChangeList``: from the parameters of the address to the rows of a page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from fastjango import forms
from fastjango.conf import settings
from fastjango.contrib import messages
from fastjango.contrib.admin.constants import IS_FACETS_VAR, IS_POPUP_VAR, TO_FIELD_VAR, ShowFacets
from fastjango.contrib.admin.exceptions import DisallowedModelAdminLookup, DisallowedModelAdminToField
from fastjango.contrib.admin.filters import FieldListFilter, IncorrectLookupParameters
from fastjango.contrib.admin.utils import (
    build_q_object_from_lookup_parameters,
    get_fields_from_path,
    lookup_spawns_duplicates,
    prepare_lookup_value,
    quote,
)
from fastjango.core.exceptions import FieldDoesNotExist, ImproperlyConfigured, SuspiciousOperation
from fastjango.core.paginator import InvalidPage
from fastjango.db.models import Exists, F, Field, ManyToOneRel, OrderBy, OuterRef
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import Combinable
from fastjango.urls import reverse
from fastjango.utils.http import urlencode
from fastjango.utils.timezone import make_aware
from fastjango.utils.translation import gettext

ALL_VAR = "all"
ORDER_VAR = "o"
PAGE_VAR = "p"
SEARCH_VAR = "q"
ERROR_FLAG = "e"
# Parameters that are no lookups.
IGNORED_PARAMS = (ALL_VAR, ORDER_VAR, SEARCH_VAR, IS_FACETS_VAR, IS_POPUP_VAR, TO_FIELD_VAR)


class ChangeListSearchForm(forms.Form):
    """The search box."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {SEARCH_VAR: forms.CharField(required=False, strip=False)}


class ChangeList:
    """What one request for a list shows."""

    search_form_class: Any = ChangeListSearchForm

    def __init__(
        self,
        request: Any,
        model: Any,
        list_display: Any,
        list_display_links: Any,
        list_filter: Any,
        date_hierarchy: Any,
        search_fields: Any,
        list_select_related: Any,
        list_per_page: int,
        list_max_show_all: int,
        list_editable: Any,
        model_admin: Any,
        sortable_by: Any,
        search_help_text: Any,
    ) -> None:
        self._request = request
        self.model = model
        self.opts = model._meta
        self.lookup_opts = self.opts
        self.root_queryset = model_admin.get_queryset(request)
        self.list_display = list_display
        self.list_display_links = list_display_links
        self.list_filter = list_filter
        self.has_filters: Any = None
        self.has_active_filters: Any = None
        self.clear_all_filters_qs: Any = None
        self.date_hierarchy = date_hierarchy
        self.search_fields = search_fields
        self.list_select_related = list_select_related
        self.list_per_page = list_per_page
        self.list_max_show_all = list_max_show_all
        self.model_admin = model_admin
        self.preserved_filters = model_admin.get_preserved_filters(request)
        self.sortable_by = sortable_by
        self.search_help_text = search_help_text
        self.formset: Any = None
        form = self.search_form_class(request.GET)
        if not form.is_valid():
            for error in form.errors.values():
                messages.error(request, ", ".join(error))
        self.query = form.cleaned_data.get(SEARCH_VAR) or ""
        try:
            self.page_num = int(request.GET.get(PAGE_VAR, 1))
        except ValueError:
            self.page_num = 1
        self.show_all = ALL_VAR in request.GET
        self.is_popup = IS_POPUP_VAR in request.GET
        self.add_facets = model_admin.show_facets is ShowFacets.ALWAYS or (
            model_admin.show_facets is ShowFacets.ALLOW and IS_FACETS_VAR in request.GET
        )
        self.is_facets_optional = model_admin.show_facets is ShowFacets.ALLOW
        to_field = request.GET.get(TO_FIELD_VAR)
        if to_field and not model_admin.to_field_allowed(request, to_field):
            raise DisallowedModelAdminToField(f"The field {to_field} cannot be referenced.")
        self.to_field = to_field
        self.params = dict(request.GET.items())
        self.filter_params = dict(request.GET.lists())
        for name in (PAGE_VAR, ERROR_FLAG):
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        self.remove_facet_link = self.get_query_string(remove=[IS_FACETS_VAR])
        self.add_facet_link = self.get_query_string({IS_FACETS_VAR: True})
        # A popup chooses: nothing is edited in it.
        self.list_editable = () if self.is_popup else list_editable
        self.queryset = self.get_queryset(request)
        self.get_results(request)
        self.title = self._title() % self.opts.verbose_name
        self.pk_attname = self.lookup_opts.pk.attname

    def _title(self) -> str:
        if self.is_popup:
            return gettext("Select %s")
        if self.model_admin.has_change_permission(self._request):
            return gettext("Select %s to change")
        return gettext("Select %s to view")

    def __repr__(self) -> str:
        return f"<{self.__class__.__qualname__}: model={self.model.__qualname__} model_admin={self.model_admin.__class__.__qualname__}>"

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """Return the parameters that are lookups."""
        lookup_params = (params or self.filter_params).copy()
        for ignored in IGNORED_PARAMS:
            lookup_params.pop(ignored, None)
        return dict(lookup_params)

    def get_filters(self, request: Any) -> tuple[list[Any], bool, dict[str, Any], bool, bool]:
        """Return filters, whether there are any, the other lookups, and whether rows may come twice, or are filtered."""
        lookup_params = self.get_filters_params()
        may_have_duplicates = False
        has_active_filters = False
        for key, value_list in lookup_params.items():
            for value in value_list:
                if not self.model_admin.lookup_allowed(key, value, request):
                    raise DisallowedModelAdminLookup(f"Filtering by {key} not allowed")
        filter_specs = []
        for list_filter in self.list_filter:
            lookup_params_count = len(lookup_params)
            spec, path = self._filter_spec(request, list_filter, lookup_params)
            if spec and spec.has_output():
                filter_specs.append(spec)
                if lookup_params_count > len(lookup_params):
                    has_active_filters = True
            if path is not None and lookup_params_count > len(lookup_params):
                may_have_duplicates |= lookup_spawns_duplicates(self.lookup_opts, path)
        if self.date_hierarchy:
            self._take_date_hierarchy(lookup_params)
        # What remains are lookups that no filter stands for.
        try:
            for key, value in lookup_params.items():
                lookup_params[key] = prepare_lookup_value(key, value)
                may_have_duplicates |= lookup_spawns_duplicates(self.lookup_opts, key)
            return filter_specs, bool(filter_specs), lookup_params, may_have_duplicates, has_active_filters
        except FieldDoesNotExist as exc:
            raise IncorrectLookupParameters(exc) from exc

    def _filter_spec(self, request: Any, list_filter: Any, lookup_params: dict[str, Any]) -> tuple[Any, Any]:
        if callable(list_filter):
            return list_filter(request, lookup_params, self.model, self.model_admin), None
        if isinstance(list_filter, (tuple, list)):
            field, field_list_filter_class = list_filter
        else:
            field, field_list_filter_class = list_filter, FieldListFilter.create
        field_path = ""
        if not isinstance(field, Field):
            field_path = field
            field = get_fields_from_path(self.model, field_path)[-1]
        spec = field_list_filter_class(
            field, request, lookup_params, self.model, self.model_admin, field_path=field_path
        )
        return spec, field_path

    def _take_date_hierarchy(self, lookup_params: dict[str, Any]) -> None:
        """Turn year, month and day into a range: databases use an index for that."""
        year = lookup_params.pop(f"{self.date_hierarchy}__year", [None])[-1]
        if year is None:
            return
        month = lookup_params.pop(f"{self.date_hierarchy}__month", [None])[-1]
        day = lookup_params.pop(f"{self.date_hierarchy}__day", [None])[-1]
        try:
            from_date = datetime(int(year), int(month or 1), int(day or 1))
            if day:
                to_date = from_date + timedelta(days=1)
            elif month:
                # The first of the next month.
                to_date = (from_date + timedelta(days=32)).replace(day=1)
            else:
                to_date = from_date.replace(year=from_date.year + 1)
            if settings.USE_TZ:
                from_date = make_aware(from_date)
                to_date = make_aware(to_date)
        except (ValueError, OverflowError) as exc:
            raise IncorrectLookupParameters(exc) from exc
        lookup_params.update({f"{self.date_hierarchy}__gte": [from_date], f"{self.date_hierarchy}__lt": [to_date]})

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Return the address's query with some parameters changed; ``None`` removes one, *remove* all that begin so."""
        params = self.filter_params.copy()
        for prefix in remove or ():
            for key in list(params):
                if key.startswith(prefix):
                    del params[key]
        for key, value in (new_params or {}).items():
            if value is None:
                params.pop(key, None)
            else:
                params[key] = value
        return f"?{urlencode(sorted(params.items()), doseq=True)}"

    def get_results(self, request: Any) -> None:
        """Load the page. Queries: 2 or 3."""
        paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        result_count = paginator.count
        full_result_count: int | None = None
        if self.model_admin.show_full_result_count:
            full_result_count = self.root_queryset.count() if self._is_narrowed() else result_count
        can_show_all = result_count <= self.list_max_show_all
        multi_page = result_count > self.list_per_page
        if (self.show_all and can_show_all) or not multi_page:
            result_list = self.queryset._clone()
        else:
            try:
                result_list = paginator.page(self.page_num).object_list
            except InvalidPage:
                raise IncorrectLookupParameters from None
        self.result_count = result_count
        self.show_full_result_count = self.model_admin.show_full_result_count
        self.show_admin_actions = not self.show_full_result_count or bool(full_result_count)
        self.full_result_count = full_result_count
        self.result_list = result_list
        self.can_show_all = can_show_all
        self.multi_page = multi_page
        self.paginator = paginator

    def _is_narrowed(self) -> bool:
        """Whether anything may leave out a row: filters of the address, a search, a filter class with a mind of its own."""
        if self.get_filters_params() or self.query:
            return True
        specs: list[Any] | None = getattr(self, "filter_specs", None)
        if specs is None:
            return True
        return any(spec.used_parameters or type(spec).queryset is not FieldListFilter.queryset for spec in specs)

    # ------------------------------------------------------------ order

    def _get_default_ordering(self) -> Any:
        if self.model_admin.ordering:
            return self.model_admin.ordering
        return self.lookup_opts.ordering or []

    def get_ordering_field(self, field_name: Any) -> Any:
        """Return what a column is ordered by, or None."""
        try:
            return self.lookup_opts.get_field(field_name).name
        except FieldDoesNotExist:
            if callable(field_name):
                attr = field_name
            elif hasattr(self.model_admin, field_name):
                attr = getattr(self.model_admin, field_name)
            else:
                try:
                    attr = getattr(self.model, field_name)
                except AttributeError:
                    if LOOKUP_SEP in field_name:
                        return field_name
                    raise
            if isinstance(attr, property) and hasattr(attr, "fget"):
                attr = attr.fget
            return getattr(attr, "admin_order_field", None)

    def get_ordering(self, request: Any, queryset: Any) -> list[Any]:
        """Return the order: the address's, else the admin's or the model's; always down to single rows."""
        ordering: list[Any] = list(self.model_admin.get_ordering(request) or self._get_default_ordering())
        if params_order := self.params.get(ORDER_VAR):
            ordering = []
            for part in params_order.split("."):
                try:
                    _none, prefix, index = part.rpartition("-")
                    order_field = self.get_ordering_field(self.list_display[int(index)])
                except (IndexError, ValueError):
                    continue
                if not order_field:
                    continue
                if isinstance(order_field, OrderBy):
                    if prefix == "-":
                        order_field = order_field.copy()
                        order_field.reverse_ordering()
                    ordering.append(order_field)
                elif hasattr(order_field, "resolve_expression"):
                    ordering.append(order_field.desc() if prefix == "-" else order_field.asc())
                elif order_field.startswith("-") and prefix == "-":
                    ordering.append(order_field.removeprefix(prefix))
                else:
                    ordering.append(prefix + order_field)
        ordering.extend(queryset.shape.query.order_by)
        return self._get_deterministic_ordering(ordering)

    def _get_deterministic_ordering(self, ordering: list[Any]) -> list[Any]:
        """Add the key, unless the order ends in something unique already: pages must not change between requests."""
        ordering = list(ordering)
        ordering_fields: set[Any] = set()
        total_ordering_fields = {"pk"} | {
            field.attname for field in self.lookup_opts.fields if field.unique and not field.null
        }
        for part in ordering:
            field_name = None
            if isinstance(part, str):
                field_name = part.lstrip("-")
            elif isinstance(part, F):
                field_name = part.name
            elif isinstance(part, OrderBy) and isinstance(part.expression, F):
                field_name = part.expression.name
            if not field_name:
                continue
            try:
                field = self.lookup_opts.get_field(field_name)
            except FieldDoesNotExist:
                if field_name == "pk":
                    break
                continue
            if field.remote_field and field_name == field.name:
                # Ordered by the other side's order, which need not be unique.
                continue
            if field.attname in total_ordering_fields:
                break
            ordering_fields.add(field.attname)
        else:
            constraint_field_names = (
                *self.lookup_opts.unique_together,
                *(constraint.fields for constraint in self.lookup_opts.total_unique_constraints),
            )
            for field_names in constraint_field_names:
                fields = [self.lookup_opts.get_field(field_name) for field_name in field_names]
                if any(field.null for field in fields):
                    continue
                if ordering_fields.issuperset(field.attname for field in fields):
                    break
            else:
                ordering.append("-pk")
        return ordering

    def get_ordering_field_columns(self) -> dict[int, str]:
        """Return ``{column: "asc" or "desc"}`` of the columns that the list is ordered by."""
        ordering = self._get_default_ordering()
        ordering_fields: dict[int, str] = {}
        if ORDER_VAR not in self.params:
            for field in ordering:
                if isinstance(field, (Combinable, OrderBy)):
                    if not isinstance(field, OrderBy):
                        field = cast(Any, field).asc()
                    if isinstance(field.expression, F):
                        order_type = "desc" if field.descending else "asc"
                        field = field.expression.name
                    else:
                        continue
                elif field.startswith("-"):
                    field = field.removeprefix("-")
                    order_type = "desc"
                else:
                    order_type = "asc"
                for index, attr in enumerate(self.list_display):
                    if self.get_ordering_field(attr) == field:
                        ordering_fields[index] = order_type
                        break
        else:
            for part in self.params[ORDER_VAR].split("."):
                _none, prefix, index_text = part.rpartition("-")
                try:
                    index = int(index_text)
                except ValueError:
                    continue
                ordering_fields[index] = "desc" if prefix == "-" else "asc"
        return ordering_fields

    # ------------------------------------------------------------ rows

    def get_queryset(self, request: Any, exclude_parameters: Any = None) -> Any:
        """Return the filtered, searched and ordered queryset."""
        (
            self.filter_specs,
            self.has_filters,
            remaining_lookup_params,
            filters_may_have_duplicates,
            self.has_active_filters,
        ) = self.get_filters(request)
        queryset = self.root_queryset
        for filter_spec in self.filter_specs:
            if exclude_parameters is None or filter_spec.expected_parameters() != exclude_parameters:
                new_queryset = filter_spec.queryset(request, queryset)
                if new_queryset is not None:
                    queryset = new_queryset
        try:
            queryset = queryset.filter(build_q_object_from_lookup_parameters(remaining_lookup_params))
        except (SuspiciousOperation, ImproperlyConfigured):
            # The project's mistakes and forged requests are told as what they are.
            raise
        except Exception as exc:
            # Anything else is a parameter that means nothing: the list is shown without it.
            raise IncorrectLookupParameters(exc) from exc
        if not queryset.shape.query.select_related:
            queryset = self.apply_select_related(queryset)
        ordering = self.get_ordering(request, queryset)
        queryset = queryset.order_by(*ordering)
        queryset, search_may_have_duplicates = self.model_admin.get_search_results(request, queryset, self.query)
        self.clear_all_filters_qs = self.get_query_string(
            new_params=remaining_lookup_params, remove=self.get_filters_params()
        )
        # A subquery in place of DISTINCT: that one may not be deleted from, nor be ordered by anything.
        if filters_may_have_duplicates | search_may_have_duplicates:
            queryset = queryset.filter(pk=OuterRef("pk"))
            queryset = self.root_queryset.filter(Exists(queryset)).order_by(*ordering)
            if not queryset.shape.query.select_related:
                queryset = self.apply_select_related(queryset)
        return queryset

    def apply_select_related(self, qs: Any) -> Any:
        """Load relations that the columns show with the rows."""
        if self.list_select_related is True:
            return qs.select_related()
        if self.list_select_related is False:
            # By name: without names the relations that may be empty would be left out.
            names = self._related_columns()
            return qs.select_related(*names) if names else qs
        if self.list_select_related:
            return qs.select_related(*self.list_select_related)
        return qs

    def has_related_field_in_list_display(self) -> bool:
        """Return whether a column shows a relation."""
        return bool(self._related_columns())

    def _related_columns(self) -> list[str]:
        """Return the names of the columns that show a relation."""
        names = []
        for field_name in self.list_display:
            try:
                field = self.lookup_opts.get_field(field_name)
            except FieldDoesNotExist:
                continue
            # The column of a foreign key needs no other row.
            if isinstance(field.remote_field, ManyToOneRel) and field_name != field.attname:
                names.append(field.name)
        return names

    def url_for_result(self, result: Any) -> str:
        """Return the address of a row's page."""
        pk = getattr(result, self.pk_attname)
        return reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_change",
            args=(quote(pk),),
            current_app=self.model_admin.admin_site.name,
        )
