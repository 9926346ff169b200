"""Tags of the form's page: the row of buttons, the fields filled from others, the tools beside the title."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fastjango import template
from fastjango.contrib.admin.templatetags.base import InclusionAdminNode
from fastjango.template.context import Context

__all__ = [
    "cell_count", "change_form_object_tools", "change_form_object_tools_tag", "prepopulated_fields_js",
    "prepopulated_fields_js_tag", "register", "submit_row", "submit_row_tag",
]  # fmt: skip

register = template.Library()


def _prepopulated(context: Any) -> Iterator[dict[str, Any]]:
    if "adminform" in context:
        yield from context["adminform"].prepopulated_fields
    for formset in context.get("inline_admin_formsets") or ():
        for form in formset:
            if form.original is None:
                yield from form.prepopulated_fields


def prepopulated_fields_js(context: Any) -> Any:
    """Return the context with what the script needs to fill fields from others."""
    found = list(_prepopulated(context))
    described = [
        {
            "id": f"#{entry['field'].auto_id}",
            "name": entry["field"].name,
            "dependency_ids": [f"#{source.auto_id}" for source in entry["dependencies"]],
            "dependency_list": [source.name for source in entry["dependencies"]],
            "maxLength": entry["field"].field.max_length or 50,
            "allowUnicode": getattr(entry["field"].field, "allow_unicode", False),
        }
        for entry in found
    ]
    context.update({"prepopulated_fields": found, "prepopulated_fields_json": json.dumps(described)})
    return context


@register.tag(name="prepopulated_fields_js")
def prepopulated_fields_js_tag(parser: Any, token: Any) -> InclusionAdminNode:
    """Parse ``{% prepopulated_fields_js %}``."""
    return InclusionAdminNode(parser, token, func=prepopulated_fields_js, template_name="prepopulated_fields_js.html")


def submit_row(context: Any) -> Any:
    """Return the context with the buttons that may be shown."""
    add = context["add"]
    change = context["change"]
    is_popup = context["is_popup"]
    save_as = context["save_as"]
    formsets = context["inline_admin_formsets"]
    can_add = context["has_add_permission"]
    can_change = context["has_change_permission"]
    can_view = context["has_view_permission"]
    may_save_inlines = any(
        formset.has_add_permission or formset.has_change_permission or formset.has_delete_permission
        for formset in formsets
    )
    can_save = (can_change and change) or (can_add and add) or may_save_inlines
    can_save_and_add_another = can_add and not is_popup and (not save_as or add) and can_save
    can_save_and_continue = not is_popup and can_save and can_view and context.get("show_save_and_continue", True)
    row = Context(context)
    row.update(
        {
            "can_change": can_change,
            "show_delete_link": (
                not is_popup and context["has_delete_permission"] and change and context.get("show_delete", True)
            ),
            "show_save_as_new": not is_popup and can_change and can_add and change and save_as,
            "show_save_and_add_another": context.get("show_save_and_add_another", True) and can_save_and_add_another,
            "show_save_and_continue": can_save_and_continue,
            "show_save": context.get("show_save", True) and can_save,
            "show_close": not (context.get("show_save", True) and can_save),
        }
    )
    return row


@register.tag(name="submit_row")
def submit_row_tag(parser: Any, token: Any) -> InclusionAdminNode:
    """Parse ``{% submit_row %}``."""
    return InclusionAdminNode(parser, token, func=submit_row, template_name="submit_line.html")


def change_form_object_tools(context: Any) -> Any:
    """Return the context as it is."""
    return context


@register.tag(name="change_form_object_tools")
def change_form_object_tools_tag(parser: Any, token: Any) -> InclusionAdminNode:
    """Parse ``{% change_form_object_tools %}``: history, view on site."""
    return InclusionAdminNode(
        parser, token, func=change_form_object_tools, template_name="change_form_object_tools.html"
    )


@register.filter
def cell_count(inline_admin_form: Any) -> int:
    """Return how many cells a row of a tabular inline has."""
    # The cell that holds the hidden fields.
    count = 1
    for fieldset in inline_admin_form:
        for line in fieldset:
            count += sum(1 for field in line if field.is_readonly or not field.field.is_hidden)
    return count + 1 if inline_admin_form.formset.can_delete else count
