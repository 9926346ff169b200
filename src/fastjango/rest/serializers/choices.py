"""Choices, one or several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, cast

from fastjango.rest.serializers.field import Field, empty
from fastjango.rest.utils import html
from fastjango.utils.choices import CallableChoiceIterator
from fastjango.utils.translation import gettext_lazy as _


def to_choices_dict(choices: Any) -> dict[Any, Any]:
    """Return choices in any spelling as a mapping from key to label, groups as mappings inside."""
    if isinstance(choices, type) and issubclass(choices, Enum):
        members = cast(Any, choices)
        choices = getattr(choices, "choices", None) or [(member.value, member.name) for member in members]
    if isinstance(choices, CallableChoiceIterator):
        choices = list(choices)
    if isinstance(choices, Mapping):
        choices = choices.items()
    found: dict[Any, Any] = {}
    for choice in cast(Any, choices):
        if not isinstance(choice, list | tuple):
            found[choice] = choice
            continue
        key, value = choice
        found[key] = to_choices_dict(value) if isinstance(value, list | tuple | dict) else value
    return found


def flatten_choices_dict(choices: dict[Any, Any]) -> dict[Any, Any]:
    """Return the mapping without its groups."""
    found: dict[Any, Any] = {}
    for key, value in choices.items():
        if isinstance(value, dict):
            found.update(value)
        else:
            found[key] = value
    return found


class _GroupStart:
    start_option_group = True
    end_option_group = False

    def __init__(self, label: Any) -> None:
        self.label = label


class _GroupEnd:
    start_option_group = False
    end_option_group = True


class _Option:
    start_option_group = False
    end_option_group = False

    def __init__(self, value: Any, display_text: Any, disabled: bool = False) -> None:
        self.value = value
        self.display_text = display_text
        self.disabled = disabled


def iter_options(
    grouped_choices: Mapping[Any, Any], cutoff: int | None = None, cutoff_text: str | None = None
) -> Iterator[Any]:
    """Yield options, and starts and ends of groups, for an HTML select; after *cutoff* options one that says so."""
    count = 0
    for key, value in grouped_choices.items():
        if cutoff and count >= cutoff:
            break
        if not isinstance(value, dict):
            yield _Option(key, value)
            count += 1
            continue
        yield _GroupStart(key)
        for inner_key, inner in value.items():
            if cutoff and count >= cutoff:
                break
            yield _Option(inner_key, inner)
            count += 1
        yield _GroupEnd()
    if cutoff and count >= cutoff and cutoff_text:
        yield _Option("n/a", cutoff_text.format(count=cutoff), disabled=True)


class ChoiceField(Field):
    """
    One of several values.

    Args:
        choices: Pairs, plain values, groups, a mapping or an enumeration.
        html_cutoff, html_cutoff_text: How many options a form shows, and what it says then.
        allow_blank: The empty text is a value.
    """

    default_error_messages = {"invalid_choice": _('"{input}" is not a valid choice.')}
    html_cutoff: int | None = None
    html_cutoff_text: Any = _("More than {count} items...")

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        self.choices = choices
        self.html_cutoff = kwargs.pop("html_cutoff", self.html_cutoff)
        self.html_cutoff_text = kwargs.pop("html_cutoff_text", self.html_cutoff_text)
        self.allow_blank = kwargs.pop("allow_blank", False)
        super().__init__(**kwargs)

    def _get_choices(self) -> dict[Any, Any]:
        return self._choices

    def _set_choices(self, choices: Any) -> None:
        self.grouped_choices = to_choices_dict(choices)
        self._choices = flatten_choices_dict(self.grouped_choices)
        # Clients send text, or the value of an enumeration's member.
        self.choice_strings_to_values = {
            str(key.value) if isinstance(key, Enum) and str(key) != str(key.value) else str(key): key
            for key in self.choices
        }

    #: Flat mapping from value to label.
    choices = property(_get_choices, _set_choices)

    def to_internal_value(self, data: Any) -> Any:
        """Return the choice's key."""
        if data == "" and self.allow_blank:
            return ""
        if isinstance(data, Enum) and str(data) != str(data.value):
            data = data.value
        try:
            return self.choice_strings_to_values[str(data)]
        except KeyError:
            self.fail("invalid_choice", input=data)

    def to_representation(self, value: Any) -> Any:
        """Return the choice's key, whatever type the value has."""
        if value in ("", None):
            return value
        if isinstance(value, Enum) and str(value) != str(value.value):
            value = value.value
        return self.choice_strings_to_values.get(str(value), value)

    def iter_options(self) -> Iterable[Any]:
        """Return the options of an HTML select."""
        return iter_options(self.grouped_choices, cutoff=self.html_cutoff, cutoff_text=self.html_cutoff_text)


class MultipleChoiceField(ChoiceField):
    """Any number of several values."""

    default_error_messages = {
        "invalid_choice": _('"{input}" is not a valid choice.'),
        "not_a_list": _('Expected a list of items but got type "{input_type}".'),
        "empty": _("This selection may not be empty."),
    }
    default_empty_html: Any = []

    def __init__(self, **kwargs: Any) -> None:
        self.allow_empty = kwargs.pop("allow_empty", True)
        super().__init__(**kwargs)

    def get_value(self, dictionary: Any) -> Any:
        """Return the list of a form's values, or what JSON has."""
        if self.field_name not in dictionary and getattr(self.root, "partial", False):
            return empty
        if html.is_html_input(dictionary):
            return dictionary.getlist(self.field_name)
        return dictionary.get(self.field_name, empty)

    def to_internal_value(self, data: Any) -> Any:
        """Return the keys, each once, in the order given."""
        if isinstance(data, str) or not hasattr(data, "__iter__"):
            self.fail("not_a_list", input_type=type(data).__name__)
        if not self.allow_empty and len(data) == 0:
            self.fail("empty")
        to_key = super().to_internal_value
        return list(dict.fromkeys([to_key(item) for item in data]))

    def to_representation(self, value: Any) -> Any:
        """Return the keys, each once, in the order given."""
        return list(dict.fromkeys(self.choice_strings_to_values.get(str(item), item) for item in value))


__all__ = [
    "ChoiceField",
    "MultipleChoiceField",
    "flatten_choices_dict",
    "iter_options",
    "to_choices_dict",
]
