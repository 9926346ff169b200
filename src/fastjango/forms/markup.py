"""
The HTML of the built-in form templates, written by plain functions.

The renderer ``DjangoTemplates`` always finds this room's own templates first, so nobody can put others in their place
and it may write their HTML without the template engine, some ten times faster. The files in ``templates/`` are what
``TemplatesSetting`` and people's own templates use; a test holds both equal. Each function takes the template's
variables and the renderer, for parts with templates of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastjango.template.output import escape_text
from fastjango.template.output import show as show_in_context
from fastjango.utils.safestring import SafeData

__all__ = ["WRITERS"]

Variables = Mapping[str, Any]
# As in a template, what a widget's variables lack shows as nothing.
_NONE: Mapping[str, Any] = {}


class _Plain:
    """A context without switches, as a form template has."""

    use_tz = None
    use_l10n = None


def _show(value: Any) -> str:
    """Return what ``{{ value }}`` gives."""
    return show_in_context(value, _Plain, True)


def _verbatim(value: Any) -> str:
    """Return what ``{{ value|stringformat:'s' }}`` gives: not localized."""
    return str(value) if isinstance(value, SafeData) else escape_text(str(value))


def _attributes(attrs: Mapping[str, Any]) -> str:
    written = []
    for name, value in attrs.items():
        if value is True:
            written.append(f" {_show(name)}")
        elif value is not False:
            written.append(f' {_show(name)}="{_verbatim(value)}"')
    return "".join(written)


def _part(widget: Mapping[str, Any], renderer: Any) -> str:
    """Return the HTML of a part of a widget, by its own template."""
    html: str = renderer.render(widget["template_name"], {"widget": widget})
    return html


def _input(variables: Variables, renderer: Any) -> str:
    widget = variables["widget"]
    value = widget.get("value")
    shown = "" if value is None else f' value="{_verbatim(value)}"'
    return f'<input type="{_show(widget.get("type", ""))}" name="{_show(widget.get("name", ""))}"{shown}{_attributes(widget.get("attrs", _NONE))}>'


def _textarea(variables: Variables, renderer: Any) -> str:
    widget = variables["widget"]
    text = _show(widget.get("value")) if widget.get("value") else ""
    return (
        f'<textarea name="{_show(widget.get("name", ""))}"{_attributes(widget.get("attrs", _NONE))}>\n{text}</textarea>'
    )


def _select_option(variables: Variables, renderer: Any) -> str:
    option = variables["widget"]
    attrs = _attributes(option.get("attrs", _NONE))
    return f'<option value="{_verbatim(option.get("value", ""))}"{attrs}>{_show(option.get("label", ""))}</option>'


def _options(widget: Mapping[str, Any], renderer: Any, before: str, after: str, group: tuple[str, str]) -> str:
    written = []
    for title, options, _number in widget["optgroups"]:
        if title:
            written.append(group[0].format(_show(title)))
        written += [f"{before}{_part(option, renderer)}{after}" for option in options]
        if title:
            written.append(group[1])
    return "".join(written)


def _select(variables: Variables, renderer: Any) -> str:
    widget = variables["widget"]
    options = _options(widget, renderer, "\n  ", "", ('\n  <optgroup label="{}">', "\n  </optgroup>"))
    return (
        f'<select name="{_show(widget.get("name", ""))}"{_attributes(widget.get("attrs", _NONE))}>{options}\n</select>'
    )


def _multiple_input(variables: Variables, renderer: Any) -> str:
    widget = variables["widget"]
    own = "".join(
        f' {name}="{_show(widget.get("attrs", _NONE)[name])}"'
        for name in ("id", "class")
        if widget.get("attrs", _NONE).get(name)
    )
    options = _options(widget, renderer, "\n  <div>", "</div>", ("\n  <div><label>{}</label>", "\n  </div>"))
    return f"<div{own}>{options}\n</div>"


def _input_option(variables: Variables, renderer: Any) -> str:
    option = variables["widget"]
    element = _input(variables, renderer)
    if not option.get("wrap_label"):
        return element
    id_ = option.get("attrs", _NONE).get("id")
    target = f' for="{_show(id_)}"' if id_ else ""
    return f"<label{target}>{element} {_show(option.get('label', ''))}</label>"


def _multiwidget(variables: Variables, renderer: Any) -> str:
    return "".join(_part(part, renderer) for part in variables["widget"]["subwidgets"])


def _label(variables: Variables, renderer: Any) -> str:
    text = _show(variables["label"])
    if not variables["use_tag"]:
        return text
    tag = _show(variables["tag"])
    return f"<{tag}{_attributes(variables['attrs'])}>{text}</{tag}>"


def _error_list(variables: Variables, renderer: Any) -> str:
    errors = variables["errors"]
    if not errors:
        return ""
    field_id = getattr(errors, "field_id", None)
    id_ = f' id="{_show(field_id)}_error"' if field_id else ""
    items = "".join(f"<li>{_show(error)}</li>" for error in errors)
    return f'<ul class="{_show(variables["error_class"])}"{id_}>{items}</ul>'


def _error_dict(variables: Variables, renderer: Any) -> str:
    if not variables["errors"]:
        return ""
    items = "".join(f"<li>{_show(field)}{_show(problem)}</li>" for field, problem in variables["errors"])
    return f'<ul class="{_show(variables["error_class"])}">{items}</ul>'


def _help(field: Any, tag: str, before: str = "") -> str:
    if not field.help_text:
        return ""
    id_ = f' id="{_show(field.auto_id)}_helptext"' if field.auto_id else ""
    return f'{before}<{tag} class="helptext"{id_}>{field.help_text}</{tag}>'


def _field(variables: Variables, renderer: Any) -> str:
    field = variables["field"]
    fieldset = field.use_fieldset
    tag = ""
    if field.label:
        tag = _show(field.legend_tag() if fieldset else field.label_tag())
    inside = f"{tag}\n{_help(field, 'div')}\n{_show(field.errors)}\n{_show(field)}"
    if not fieldset:
        return inside
    described = field.aria_describedby
    aria = f' aria-describedby="{_show(described)}"' if described else ""
    return f"<fieldset{aria}>{inside}\n</fieldset>"


def _layout(
    row: Callable[[Any, Any, str], tuple[str, str]], alone: Callable[[str, str], str]
) -> Callable[[Variables, Any], str]:
    """
    Return the writer of a form's layout.

    Args:
        row: ``(bound field, its errors, class attribute)`` to the start and the end of its row.
        alone: ``(errors of the whole, hidden fields)`` to what stands in front; hidden fields are given
            when there is no row that could hold them.
    """

    def write(variables: Variables, renderer: Any) -> str:
        errors, fields = variables["errors"], variables["fields"]
        hidden = "".join(_show(field) for field in variables["hidden_fields"])
        shown_errors = _show(errors) if errors else ""
        if not fields:
            return alone(shown_errors, hidden) if errors else hidden
        rows = [alone(shown_errors, "")] if errors else []
        last = len(fields) - 1
        for number, (field, problems) in enumerate(fields):
            classes = field.css_classes()
            attribute = f' class="{_show(classes)}"' if classes else ""
            start, end = row(field, problems, attribute)
            rows.append(f"{start}{hidden if number == last else ''}{end}")
        return "\n".join(rows)

    return write


def _tag_of(field: Any) -> str:
    return _show(field.label_tag()) if field.label else ""


def _div_row(field: Any, problems: Any, attribute: str) -> tuple[str, str]:
    return f"<div{attribute}>\n{_show(field.as_field_group())}\n", "</div>"


def _p_row(field: Any, problems: Any, attribute: str) -> tuple[str, str]:
    return f"{problems}\n<p{attribute}>{_tag_of(field)} {_show(field)}{_help(field, 'span', chr(10))}", "</p>"


def _ul_row(field: Any, problems: Any, attribute: str) -> tuple[str, str]:
    return f"<li{attribute}>{problems}{_tag_of(field)} {_show(field)}{_help(field, 'span', chr(10))}", "</li>"


def _table_row(field: Any, problems: Any, attribute: str) -> tuple[str, str]:
    cell = f"{problems}{_show(field)}{_help(field, 'span', '<br>' + chr(10))}"
    return f"<tr{attribute}><th>{_tag_of(field)}</th><td>{cell}", "</td></tr>"


def _formset(layout: str) -> Callable[[Variables, Any], str]:
    def write(variables: Variables, renderer: Any) -> str:
        formset = variables["formset"]
        forms = "".join(f"\n{_show(getattr(form, layout)())}" for form in formset)
        return f"{_show(formset.management_form)}{forms}"

    return write


def _writers() -> dict[str, Callable[[Variables, Any], str]]:
    inputs = "input checkbox color date datetime email file hidden number password search tel text time url"
    widgets: dict[str, Callable[[Variables, Any], str]] = {
        **dict.fromkeys(inputs.split(), _input),
        **dict.fromkeys(("multiple_input", "radio", "checkbox_select"), _multiple_input),
        **dict.fromkeys(("input_option", "radio_option", "checkbox_option"), _input_option),
        **dict.fromkeys(
            ("multiwidget", "multiple_hidden", "select_date", "splitdatetime", "splithiddendatetime"), _multiwidget
        ),
        "textarea": _textarea,
        "select": _select,
        "select_option": _select_option,
    }
    named: dict[str, Callable[[Variables, Any], str]] = {
        "label": _label,
        "field": _field,
        "errors/list/default": _error_list,
        "errors/list/ul": _error_list,
        "errors/dict/default": _error_dict,
        "errors/dict/ul": _error_dict,
        "div": _layout(_div_row, lambda errors, hidden: errors + (f"\n<div>{hidden}</div>" if hidden else "")),
        "p": _layout(_p_row, lambda errors, hidden: errors + (f"\n<p>{hidden}</p>" if hidden else "")),
        "ul": _layout(_ul_row, lambda errors, hidden: f"<li>{errors}{hidden}</li>"),
        "table": _layout(_table_row, lambda errors, hidden: f'<tr><td colspan="2">{errors}{hidden}</td></tr>'),
        **{f"formsets/{layout}": _formset(f"as_{layout}") for layout in ("div", "p", "ul", "table")},
        **{f"widgets/{name}": writer for name, writer in widgets.items()},
    }
    return {f"django/forms/{name}.html": writer for name, writer in named.items()}


WRITERS = _writers()
