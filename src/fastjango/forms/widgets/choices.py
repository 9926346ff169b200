"""
The widgets that offer choices: select boxes, radio buttons, lists of check boxes.

A choice is a ``(value, label)`` pair or a ``(group name, [pairs])``; every kind of ``choices`` argument is
brought to that form by ``utils.choices.normalize_choices``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from fastjango.forms.attributes import without_surrogates
from fastjango.forms.copying import copy_choices, shallow_copy
from fastjango.forms.widgets.inputs import CheckboxInput
from fastjango.forms.widgets.widget import Widget
from fastjango.utils.choices import normalize_choices
from fastjango.utils.translation import gettext_lazy as _

__all__ = [
    "CheckboxSelectMultiple",
    "ChoiceWidget",
    "NullBooleanSelect",
    "RadioSelect",
    "Select",
    "SelectMultiple",
]

Group = tuple[Any, list[dict[str, Any]], int]


class ChoiceWidget(Widget):
    """The base of the widgets with choices."""

    allow_multiple_selected = False
    input_type: str | None = None
    template_name: Any = None
    option_template_name: Any = None
    add_id_index = True
    checked_attribute: ClassVar[Mapping[str, Any]] = {"checked": True}
    option_inherits_attrs = True
    _choices: Any

    def __init__(self, attrs: Mapping[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__(attrs)
        self.choices = choices

    @property
    def choices(self) -> Any:
        """What is offered; every form that ``choices`` may have elsewhere can be assigned."""
        return self._choices

    @choices.setter
    def choices(self, value: Any) -> None:
        self._choices = normalize_choices(value)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = shallow_copy(self)
        twin.attrs = self.attrs.copy()
        if type(self).choices is ChoiceWidget.choices:
            # What is copied is in its normal form already.
            twin._choices = copy_choices(self._choices)
        else:
            twin.choices = copy_choices(self.choices)
        memo[id(self)] = twin
        return twin

    def subwidgets(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """Give the variables of each option."""
        yield from self.options(name, self.format_value(value), attrs)

    def options(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Give the options without their groups."""
        for _group, options, _index in self.optgroups(name, value, attrs):
            yield from options

    def optgroups(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None) -> list[Group]:
        """Return ``(group name or None, options, index)`` for each group or lone option."""
        groups: list[Group] = []
        chosen_already = False
        for index, (first, second) in enumerate(self.choices):
            in_group = isinstance(second, (list, tuple))
            members = second if in_group else [("" if first is None else first, second)]
            options = []
            for subindex, (option_value, option_label) in enumerate(members):
                selected = str(option_value) in value and (self.allow_multiple_selected or not chosen_already)
                chosen_already |= selected
                options.append(
                    self.create_option(
                        name,
                        option_value,
                        option_label,
                        selected,
                        index,
                        subindex=subindex if in_group else None,
                        attrs=attrs,
                    )
                )
            group_name = ("" if first is None else first) if in_group else None
            groups.append((group_name, options, index))
        return groups

    def create_option(
        self,
        name: str,
        value: Any,
        label: Any,
        selected: bool,
        index: int,
        subindex: int | None = None,
        attrs: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the variables of one option."""
        number = str(index) if subindex is None else f"{index}_{subindex}"
        own = self.build_attrs(self.attrs, attrs) if self.option_inherits_attrs else {}
        if selected:
            own.update(self.checked_attribute)
        if "id" in own:
            own["id"] = self.id_for_label(own["id"], number)
        return {
            "name": name,
            "value": value,
            "label": label,
            "selected": selected,
            "index": number,
            "attrs": own,
            "type": self.input_type,
            "template_name": self.option_template_name,
            "wrap_label": True,
        }

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the template's variables; ``widget.optgroups`` holds the options."""
        context = super().get_context(name, value, attrs)
        outer = context["widget"]
        outer["optgroups"] = self.optgroups(name, outer["value"], attrs)
        return context

    def id_for_label(self, id_: str, index: Any = "0") -> str:
        """Return the id of the option with that index where options have ids of their own."""
        return f"{id_}_{index}" if id_ and self.add_id_index else id_

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return what was chosen: a list where several can be."""
        read = getattr(data, "getlist", data.get) if self.allow_multiple_selected else data.get
        return read(name)

    def format_value(self, value: Any) -> Any:
        """Return the chosen values as a list of texts."""
        if value is None and self.allow_multiple_selected:
            return []
        values = value if isinstance(value, (list, tuple)) else [value]
        return ["" if item is None else without_surrogates(str(item)) for item in values]


class Select(ChoiceWidget):
    """``<select>``."""

    input_type = "select"
    template_name = "django/forms/widgets/select.html"
    option_template_name = "django/forms/widgets/select_option.html"
    add_id_index = False
    checked_attribute: ClassVar[Mapping[str, Any]] = {"selected": True}
    option_inherits_attrs = False

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the template's variables, ``multiple`` among the attributes where it applies."""
        context = super().get_context(name, value, attrs)
        if self.allow_multiple_selected:
            context["widget"]["attrs"]["multiple"] = True
        return context

    @staticmethod
    def _choice_has_empty_value(choice: Any) -> bool:
        return choice[0] is None or choice[0] == ""

    def use_required_attribute(self, initial: Any) -> bool:
        """Say yes only where HTML allows it: several choices, or an empty one in front."""
        if not super().use_required_attribute(initial):
            return False
        if self.allow_multiple_selected:
            return True
        return any(self._choice_has_empty_value(first) for first in _first_of(self.choices))


def _first_of(choices: Any) -> list[Any]:
    """Return the first choice in a list, or an empty list."""
    for choice in choices:
        return [choice]
    return []


class NullBooleanSelect(Select):
    """A select box of unknown, yes and no."""

    _read: ClassVar[Mapping[Any, bool]] = {
        True: True,
        "True": True,
        "true": True,
        "2": True,
        False: False,
        "False": False,
        "false": False,
        "3": False,
    }
    _shown: ClassVar[Mapping[Any, str]] = {
        True: "true",
        "true": "true",
        "2": "true",
        False: "false",
        "false": "false",
        "3": "false",
    }

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs, (("unknown", _("Unknown")), ("true", _("Yes")), ("false", _("No"))))

    def format_value(self, value: Any) -> Any:
        """Return the choice that stands for *value*."""
        try:
            return self._shown.get(value, "unknown")
        except TypeError:
            return "unknown"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return ``True``, ``False``, or ``None`` for unknown."""
        value = data.get(name)
        return self._read.get(value) if isinstance(value, (str, bool)) else None


class SelectMultiple(Select):
    """``<select multiple>``."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the list of chosen values."""
        read = getattr(data, "getlist", data.get)
        return read(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Say no: an absent multiple select has nothing chosen."""
        return False


class RadioSelect(ChoiceWidget):
    """Radio buttons, one per choice."""

    input_type = "radio"
    template_name = "django/forms/widgets/radio.html"
    option_template_name = "django/forms/widgets/radio_option.html"
    use_fieldset = True

    def id_for_label(self, id_: str, index: Any = None) -> str:
        """Return no id for the whole: a label for the group would tick the first option."""
        return "" if index is None else super().id_for_label(id_, index)


class CheckboxSelectMultiple(RadioSelect):
    """Check boxes, one per choice."""

    allow_multiple_selected = True
    input_type = "checkbox"
    template_name = "django/forms/widgets/checkbox_select.html"
    option_template_name = "django/forms/widgets/checkbox_option.html"

    def use_required_attribute(self, initial: Any) -> bool:
        """Say no: ``required`` would ask for every box."""
        return False

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Say no: boxes that are not ticked are not sent."""
        return CheckboxInput().value_omitted_from_data(data, files, name)
