"""
The widgets of file uploads: ``FileInput`` and ``ClearableFileInput``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastjango.forms.widgets.inputs import CheckboxInput, Input
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["FILE_INPUT_CONTRADICTION", "ClearableFileInput", "FileInput"]

FILE_INPUT_CONTRADICTION = object()


class FileInput(Input):
    """``<input type="file">``; several files need ``allow_multiple_selected = True`` in a subclass."""

    allow_multiple_selected = False
    input_type = "file"
    needs_multipart_form = True
    template_name = "django/forms/widgets/file.html"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        own = dict(attrs) if attrs is not None else {}
        if self.allow_multiple_selected:
            own.setdefault("multiple", True)
        elif own.get("multiple", False):
            raise ValueError(f"{type(self).__qualname__} doesn't support uploading multiple files.")
        super().__init__(own)

    def format_value(self, value: Any) -> Any:
        """Return nothing: no page can fill in a file input."""
        return None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the uploaded file, a list where several are allowed; ``None`` when there is none."""
        read = getattr(files, "getlist", files.get) if self.allow_multiple_selected else files.get
        return read(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Tell whether no file came under *name*."""
        return name not in files

    def use_required_attribute(self, initial: Any) -> bool:
        """Say no when there is a file already: leaving the input empty keeps it."""
        return super().use_required_attribute(initial) and not initial


class ClearableFileInput(FileInput):
    """A file input that links to the present file and offers a box to remove it."""

    clear_checkbox_label: Any = _("Clear")
    initial_text: Any = _("Currently")
    input_text: Any = _("Change")
    template_name = "django/forms/widgets/clearable_file_input.html"
    checked = False

    def clear_checkbox_name(self, name: str) -> str:
        """Return the name of the box that removes the file."""
        return name + "-clear"

    def clear_checkbox_id(self, name: str) -> str:
        """Return the id of the box with that name."""
        return name + "_id"

    def is_initial(self, value: Any) -> bool:
        """Tell whether *value* is a stored file, to be linked to."""
        return bool(value and getattr(value, "url", False))

    def format_value(self, value: Any) -> Any:
        """Return the stored file, to be linked to; ``None`` for others."""
        return value if self.is_initial(value) else None

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the template's variables, those of the box among them."""
        context = super().get_context(name, value, attrs)
        box = self.clear_checkbox_name(name)
        shown = context["widget"]
        shown["checkbox_name"] = box
        shown["checkbox_id"] = self.clear_checkbox_id(box)
        shown["is_initial"] = self.is_initial(value)
        shown["input_text"] = self.input_text
        shown["initial_text"] = self.initial_text
        shown["clear_checkbox_label"] = self.clear_checkbox_label
        shown["attrs"].setdefault("disabled", False)
        shown["attrs"]["checked"] = self.checked
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the file, ``False`` for "remove it", or a mark when both were asked for."""
        upload = super().value_from_datadict(data, files, name)
        self.checked = self.clear_checkbox_name(name) in data
        if self.is_required:
            return upload
        if CheckboxInput().value_from_datadict(data, files, self.clear_checkbox_name(name)):
            return FILE_INPUT_CONTRADICTION if upload else False
        return upload

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Tell whether neither a file nor the box came."""
        no_file = super().value_omitted_from_data(data, files, name)
        return no_file and self.clear_checkbox_name(name) not in data
