"""Tags of the list: table, pages, filters, search, dates, actions."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast

from fastjango import template
from fastjango.contrib.admin.icons import boolean_icon as _boolean_icon
from fastjango.contrib.admin.templatetags.admin_urls import add_preserved_filters
from fastjango.contrib.admin.templatetags.base import InclusionAdminNode
from fastjango.contrib.admin.utils import (
    display_for_field,
    display_for_value,
    get_fields_from_path,
    label_for_field,
    lookup_field,
)
from fastjango.core.exceptions import ObjectDoesNotExist
from fastjango.db import models
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.template.loader import get_template
from fastjango.urls import NoReverseMatch
from fastjango.utils import formats, timezone
from fastjango.utils.html import format_html
from fastjango.utils.safestring import SafeString, mark_safe
from fastjango.utils.text import capfirst
from fastjango.utils.translation import gettext as _

__all__ = [
    "DOT", "ResultList", "_boolean_icon", "admin_actions", "admin_list_filter", "change_list_object_tools_tag",
    "date_hierarchy", "items_for_result", "pagination", "paginator_number", "register", "result_headers",
    "result_hidden_fields", "result_list", "results", "search_form",
]  # fmt: skip

register = template.Library()

DOT = "."
# Parameters of the list's address; the same names stand in views/main.py, which is above this module.
ALL_VAR = "all"
ORDER_VAR = "o"
PAGE_VAR = "p"
SEARCH_VAR = "q"
IS_POPUP_VAR = "_popup"
IS_FACETS_VAR = "_facets"


@register.simple_tag
def paginator_number(cl: Any, i: Any) -> SafeString:
    """Return one number of the row of pages: a gap, this page, or a link."""
    if i == cl.paginator.ELLIPSIS:
        return format_html("{} ", cl.paginator.ELLIPSIS)
    if i == cl.page_num:
        return format_html('<a role="button" href="" aria-current="page">{}</a> ', i)
    return format_html(
        '<a role="button" href="{}"{}>{}</a> ',
        cl.get_query_string({PAGE_VAR: i}),
        mark_safe(' class="end"' if i == cl.paginator.num_pages else ""),
        i,
    )


def pagination(cl: Any) -> dict[str, Any]:
    """Return what the row of pages needs."""
    required = (not cl.show_all or not cl.can_show_all) and cl.multi_page
    pages = cl.paginator.get_elided_page_range(cl.page_num) if required else []
    can_show_all = cl.can_show_all and not cl.show_all and cl.multi_page
    return {
        "cl": cl,
        "pagination_required": required,
        "show_all_url": can_show_all and cl.get_query_string({ALL_VAR: ""}),
        "page_range": list(pages) if required else pages,
        "ALL_VAR": ALL_VAR,
        "1": 1,
    }


@register.tag(name="pagination")
def pagination_tag(parser: Any, token: Any) -> InclusionAdminNode:
    """Parse ``{% pagination cl %}``."""
    return InclusionAdminNode(parser, token, func=pagination, template_name="pagination.html", takes_context=False)


def _column_name(field_name: Any, index: int) -> str:
    """Return a column's name for its CSS class."""
    if not callable(field_name):
        return str(field_name)
    return f"lambda{index}" if field_name.__name__ == "<lambda>" else str(field_name.__name__)


def _flag(attribute: Any, name: str, default: Any = None) -> Any:
    """Return what ``@display`` left on a function, or on the function of a property."""
    if isinstance(attribute, property):
        attribute = attribute.fget
    return getattr(attribute, name, default)


def result_headers(cl: Any) -> Iterator[dict[str, Any]]:
    """Give the columns' headers, with the links that sort."""
    ordering = cl.get_ordering_field_columns()
    for index, field_name in enumerate(cl.list_display):
        text, attribute = label_for_field(field_name, cl.model, model_admin=cl.model_admin, return_attr=True)
        sortable = cl.sortable_by is None or field_name in cl.sortable_by
        name = field_name
        if attribute:
            name = _column_name(field_name, index)
            if name == "action_checkbox":
                toggle = format_html(
                    '<input type="checkbox" id="action-toggle" aria-label="{}">',
                    _("Select all objects on this page for an action"),
                )
                yield {
                    "text": toggle,
                    "class_attrib": mark_safe(' class="action-checkbox-column"'),
                    "sortable": False,
                    "sorted": False,
                }
                continue
            if not _flag(attribute, "admin_order_field") and LOOKUP_SEP not in name:
                sortable = False
        if not sortable:
            yield {
                "text": text,
                "class_attrib": format_html(' class="column-{}"', name),
                "sortable": False,
                "sorted": False,
            }
            continue
        yield _sortable_header(cl, index, name, text, ordering)


def _sortable_header(cl: Any, index: int, name: str, text: Any, ordering: dict[int, str]) -> dict[str, Any]:
    direction = ordering.get(index, "")
    is_sorted = index in ordering
    flipped = "desc" if is_sorted and direction == "asc" else "asc"

    def parameter(column: int, way: str) -> str:
        return f"-{column}" if way == "desc" else str(column)

    others = [parameter(column, way) for column, way in ordering.items() if column != index]
    toggled = [parameter(column, flipped if column == index else way) for column, way in ordering.items()]

    def link(columns: list[str]) -> str:
        return str(cl.get_query_string({ORDER_VAR: DOT.join(columns)}))

    classes = ["sortable", f"column-{name}"]
    if is_sorted:
        classes.append(f"sorted {direction}ending")
    return {
        "text": text,
        "sortable": True,
        "sorted": is_sorted,
        "ascending": direction == "asc",
        "sort_priority": list(ordering).index(index) + 1 if is_sorted else 0,
        "url_primary": link([parameter(index, flipped), *others]),
        "url_remove": link(others),
        "url_toggle": link(toggled),
        "class_attrib": format_html(' class="{}"', " ".join(classes)),
    }


def _cell(cl: Any, result: Any, field_name: Any, empty_value_display: Any) -> tuple[Any, Any, list[str]]:
    """Return a cell's field, its text and what its CSS class has beside the column's name."""
    try:
        field, attribute, value = lookup_field(field_name, result, cl.model_admin)
    except ObjectDoesNotExist:
        return None, empty_value_display, []
    if isinstance(field_name, str) and isinstance(getattr(cl.model, field_name, None), property):
        # The value of a property says nothing about how to show it.
        attribute = getattr(cl.model, field_name)
    empty_value_display = _flag(attribute, "empty_value_display", empty_value_display)
    if field is None or field.auto_created:
        text = display_for_value(value, empty_value_display, bool(_flag(attribute, "boolean", False)))
        return field, text, ["nowrap"] if isinstance(value, (datetime.date, datetime.time)) else []
    if isinstance(field.remote_field, models.ManyToOneRel):
        related = value if LOOKUP_SEP in str(field_name) else getattr(result, field.name)
        text = empty_value_display if related is None else related
    else:
        text = display_for_field(value, field, empty_value_display, avoid_link=True)
    return field, text, ["nowrap"] if isinstance(field, (models.DateField, models.TimeField, models.ForeignKey)) else []


def _link(cl: Any, result: Any, text: Any, first: bool) -> Any:
    """Return *text* as a link to the object, or as it is where there is no page."""
    try:
        url = cl.url_for_result(result)
    except NoReverseMatch:
        return text
    if cl.preserved_filters:
        url = add_preserved_filters({"preserved_filters": cl.preserved_filters, "opts": cl.opts}, url)
    opener: Any = ""
    if cl.is_popup:
        # The key for the window that asked.
        attr = str(cl.to_field) if cl.to_field else cl.pk_attname
        opener = format_html(' data-popup-opener="{}"', result.serializable_value(attr))
    return format_html('<a href="{}"{}>{}</a>', url, opener, text)


@lru_cache(maxsize=1024)
def _cell_class(*names: str) -> SafeString:
    return format_html(' class="{}"', " ".join(names))


def items_for_result(cl: Any, result: Any, form: Any) -> Iterator[SafeString]:
    """Give the cells of a row."""
    first = True
    empty_value_display = cl.model_admin.get_empty_value_display()
    for index, field_name in enumerate(cl.list_display):
        field, text, further = _cell(cl, result, field_name, empty_value_display)
        name = _column_name(field_name, index)
        row_class = _cell_class(
            "action-checkbox" if name == "action_checkbox" and field is None else f"field-{name}", *further
        )
        is_link = bool(cl.list_display_links) and field_name in cl.list_display_links
        if not str(text).strip():
            text = empty_value_display if is_link else mark_safe("&nbsp;")
        if is_link:
            tag = "th" if first else "td"
            cell = format_html("<{}{}>{}</{}>", tag, row_class, _link(cl, result, text, first), tag)
            first = False
            yield cell
            continue
        # The key of a row is a hidden field after the table, never an input in it.
        if (
            form
            and field_name in form.fields
            and not (field_name == cl.model._meta.pk.name and form[cl.model._meta.pk.name].is_hidden)
        ):
            bound = form[field_name]
            text = mark_safe(str(bound.errors) + str(bound))
        yield format_html("<td{}>{}</td>", row_class, text)
    if form and not form[cl.model._meta.pk.name].is_hidden:
        yield format_html("<td>{}</td>", form[cl.model._meta.pk.name])


class ResultList(list[Any]):
    """The cells of a row, with the row's form, whose errors stand above it."""

    def __init__(self, form: Any, *items: Any) -> None:
        self.form = form
        super().__init__(*items)


def results(cl: Any) -> Iterator[ResultList]:
    """Give the rows."""
    forms = cl.formset.forms if cl.formset else [None] * len(cl.result_list)
    for result, form in zip(cl.result_list, forms, strict=False):
        yield ResultList(form, items_for_result(cl, result, form))


def result_hidden_fields(cl: Any) -> Iterator[SafeString]:
    """Give the hidden keys of the rows that can be edited."""
    if cl.formset:
        for form in cl.formset.forms:
            if form[cl.model._meta.pk.name].is_hidden:
                yield mark_safe(str(form[cl.model._meta.pk.name]))


def _row_labels(cl: Any) -> Iterator[SafeString]:
    """Give a label for each control in the table; they stand outside of it, seen by screen readers only."""
    if cl.formset:
        for number, form in enumerate(cl.formset.forms, start=1):
            for bound in form.visible_fields():
                target = bound.id_for_label
                if target:
                    yield format_html('<label for="{}">{} {}</label>', target, capfirst(str(bound.label)), number)


def result_list(cl: Any) -> dict[str, Any]:
    """Return what the table needs."""
    headers = list(result_headers(cl))
    return {
        "cl": cl,
        "result_hidden_fields": list(result_hidden_fields(cl)),
        "result_headers": headers,
        "result_labels": list(_row_labels(cl)),
        "num_sorted_fields": sum(1 for header in headers if header["sortable"] and header["sorted"]),
        "results": list(results(cl)),
    }


@register.tag(name="result_list")
def result_list_tag(parser: Any, token: Any) -> InclusionAdminNode:
    """Parse ``{% result_list cl %}``."""
    return InclusionAdminNode(
        parser, token, func=result_list, template_name="change_list_results.html", takes_context=False
    )


def date_hierarchy(cl: Any) -> dict[str, Any] | None:
    """Return the links that narrow the list to a year, a month, a day. Queries: at most 2."""
    if not cl.date_hierarchy:
        return None
    return _Dates(cl).choices()


class _Dates:
    """The dates that a list holds, as links."""

    def __init__(self, cl: Any) -> None:
        self.cl = cl
        self.path = cl.date_hierarchy
        field = get_fields_from_path(cl.model, self.path)[-1]
        self.has_time = isinstance(field, models.DateTimeField)
        self.year, self.month, self.day = (cl.params.get(f"{self.path}__{part}") for part in ("year", "month", "day"))

    def link(self, **parts: Any) -> str:
        """Return the address of the list at that date."""
        chosen = {f"{self.path}__{part}": value for part, value in parts.items()}
        return str(self.cl.get_query_string(chosen, [f"{self.path}__"]))

    def start(self) -> None:
        """Skip the years, and the months, where there is one only."""
        found = self.cl.queryset.aggregate(first=models.Min(self.path), last=models.Max(self.path))
        first, last = found["first"], found["last"]
        if not first or not last:
            return
        if self.has_time:
            first, last = timezone.template_localtime(first), timezone.template_localtime(last)
        if first.year == last.year:
            self.year = first.year
            if first.month == last.month:
                self.month = first.month

    def existing(self, kind: str) -> Any:
        """Return the years, months or days that have rows."""
        method = self.cl.queryset.datetimes if self.has_time else self.cl.queryset.dates
        return method(self.path, kind)

    def choices(self) -> dict[str, Any]:
        """Return title and links for the level that the address is at."""
        if not (self.year or self.month or self.day):
            self.start()
        if self.year and self.month and self.day:
            day = datetime.date(int(self.year), int(self.month), int(self.day))
            return {
                "show": True,
                "back": {
                    "link": self.link(year=self.year, month=self.month),
                    "title": capfirst(formats.date_format(day, "YEAR_MONTH_FORMAT")),
                },
                "choices": [{"title": capfirst(formats.date_format(day, "MONTH_DAY_FORMAT"))}],
            }
        if self.year and self.month:
            return {
                "show": True,
                "back": {"link": self.link(year=self.year), "title": str(self.year)},
                "choices": [
                    {
                        "link": self.link(year=self.year, month=self.month, day=found.day),
                        "title": capfirst(formats.date_format(found, "MONTH_DAY_FORMAT")),
                    }
                    for found in self.existing("day")
                ],
            }
        if self.year:
            return {
                "show": True,
                "back": {"link": self.link(), "title": _("All dates")},
                "choices": [
                    {
                        "link": self.link(year=self.year, month=found.month),
                        "title": capfirst(formats.date_format(found, "YEAR_MONTH_FORMAT")),
                    }
                    for found in self.existing("month")
                ],
            }
        return {
            "show": True,
            "back": None,
            "choices": [
                {"link": self.link(year=str(found.year)), "title": str(found.year)} for found in self.existing("year")
            ],
        }


@register.tag(name="date_hierarchy")
def date_hierarchy_tag(parser: Any, token: Any) -> InclusionAdminNode:
    """Parse ``{% date_hierarchy cl %}``."""
    return InclusionAdminNode(
        parser, token, func=date_hierarchy, template_name="date_hierarchy.html", takes_context=False
    )


def search_form(cl: Any) -> dict[str, Any]:
    """Return what the search form needs."""
    return {
        "cl": cl,
        "show_result_count": cl.result_count != cl.full_result_count,
        "search_var": SEARCH_VAR,
        "is_popup_var": IS_POPUP_VAR,
        "is_facets_var": IS_FACETS_VAR,
    }


@register.tag(name="search_form")
def search_form_tag(parser: Any, token: Any) -> InclusionAdminNode:
    """Parse ``{% search_form cl %}``."""
    return InclusionAdminNode(parser, token, func=search_form, template_name="search_form.html", takes_context=False)


@register.simple_tag
def admin_list_filter(cl: Any, spec: Any) -> str:
    """Return a filter's HTML."""
    context = {"title": spec.title, "choices": list(spec.choices(cl)), "spec": spec}
    return cast(str, get_template(spec.template).render(context))


def admin_actions(context: Any) -> Any:
    """Return the context with the number of this row of actions: there may be one above and one below."""
    context["action_index"] = context.get("action_index", -1) + 1
    return context


@register.tag(name="admin_actions")
def admin_actions_tag(parser: Any, token: Any) -> InclusionAdminNode:
    """Parse ``{% admin_actions %}``."""
    return InclusionAdminNode(parser, token, func=admin_actions, template_name="actions.html")


@register.tag(name="change_list_object_tools")
def change_list_object_tools_tag(parser: Any, token: Any) -> InclusionAdminNode:
    """Parse ``{% change_list_object_tools %}``: the link to add an object."""
    return InclusionAdminNode(
        parser, token, func=lambda context: context, template_name="change_list_object_tools.html"
    )
