"""
``Widget``, the HTML side of a field: value to markup, submitted data back to a value.

``get_context()`` prepares the variables, a template under ``django/forms/widgets/`` writes the markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastjango.forms.attributes import without_surrogates
from fastjango.forms.copying import shallow_copy
from fastjango.forms.renderers import get_default_renderer
from fastjango.forms.widgets.media import Media, MediaDefiningClass
from fastjango.utils import formats
from fastjango.utils.safestring import SafeString

__all__ = ["Widget"]


class Widget(metaclass=MediaDefiningClass):
    """The base of all widgets; ``attrs`` are HTML attributes for its element."""

    template_name: str
    input_type: str | None
    media: Media
    needs_multipart_form = False
    is_localized = False
    is_required = False
    supports_microseconds = True
    use_fieldset = False

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        self.attrs: dict[str, Any] = dict(attrs) if attrs is not None else {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = shallow_copy(self)
        twin.attrs = self.attrs.copy()
        memo[id(self)] = twin
        return twin

    @property
    def is_hidden(self) -> bool:
        """Whether the widget is ``<input type="hidden">``."""
        return getattr(self, "input_type", None) == "hidden"

    def subwidgets(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """Give the variables of each part of the widget, for people who loop over a bound field."""
        yield self.get_context(name, value, attrs)["widget"]

    def format_value(self, value: Any) -> Any:
        """Return *value* as the text of the template; ``None`` for nothing."""
        if value is None or value == "":
            return None
        return without_surrogates(str(formats.localize_input(value) if self.is_localized else value))

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the template's variables: one, ``widget``."""
        return {
            "widget": {
                "name": name,
                "is_hidden": self.is_hidden,
                "required": self.is_required,
                "value": self.format_value(value),
                "attrs": self.build_attrs(self.attrs, attrs),
                "template_name": self.template_name,
            }
        }

    def render(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Return the widget's HTML."""
        return self._render(self.template_name, self.get_context(name, value, attrs), renderer)

    def _render(self, template_name: str, context: Mapping[str, Any], renderer: Any = None) -> SafeString:
        chosen = renderer if renderer is not None else get_default_renderer()
        return SafeString(chosen.render(template_name, context))

    def build_attrs(
        self, base_attrs: Mapping[str, Any], extra_attrs: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return both together, the extra ones stronger."""
        return {**base_attrs, **(extra_attrs or {})}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return what was submitted under *name*; ``None`` when nothing was."""
        return data.get(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Tell whether nothing at all was submitted under *name*."""
        return name not in data

    def id_for_label(self, id_: str) -> str:
        """Return the id that a ``<label for>`` points to, "" for none."""
        return id_

    def use_required_attribute(self, initial: Any) -> bool:
        """Tell whether the element may carry ``required``."""
        return not self.is_hidden
