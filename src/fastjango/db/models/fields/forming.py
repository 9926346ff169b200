"""How a field shows itself in forms: its choices and its form field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.db.models.fields.form_slot import form_class as named_form_class
from fastjango.db.models.fields.sentinels import BLANK_CHOICE_DASH
from fastjango.utils.choices import BlankChoiceIterator
from fastjango.utils.text import capfirst

_CHOICE_FORM_OPTIONS = frozenset(
    {
        "coerce",
        "empty_value",
        "choices",
        "required",
        "widget",
        "label",
        "initial",
        "help_text",
        "error_messages",
        "show_hidden_initial",
        "disabled",
    }
)


class FieldForms:
    """The form half of ``Field``."""

    if TYPE_CHECKING:
        remote_field: Any
        verbose_name: Any
        help_text: Any
        default: Any
        blank: bool
        null: bool

        @property
        def choices(self) -> Any: ...
        def has_default(self) -> bool: ...
        def get_default(self) -> Any: ...
        def to_python(self, value: Any) -> Any: ...

    def get_choices(
        self,
        include_blank: bool = True,
        blank_choice: Any = BLANK_CHOICE_DASH,
        limit_choices_to: Any = None,
        ordering: Any = (),
    ) -> Any:
        """Return the pairs for a select widget, of the field or of the related objects."""
        if self.choices is not None:
            if include_blank:
                return BlankChoiceIterator(self.choices, blank_choice)
            return self.choices
        related = self.remote_field.model
        limits = limit_choices_to or self.get_limit_choices_to()
        target = (
            self.remote_field.get_related_field().attname if hasattr(self.remote_field, "get_related_field") else "pk"
        )
        rows = related._default_manager.complex_filter(limits)
        if ordering:
            rows = rows.order_by(*ordering)
        return (list(blank_choice) if include_blank else []) + [(getattr(row, target), str(row)) for row in rows]

    def get_limit_choices_to(self) -> Any:
        """Return the limit on related objects; plain fields have none."""
        return {}

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return the form field that edits this field."""
        defaults: dict[str, Any] = {
            "required": not self.blank,
            "label": capfirst(self.verbose_name),
            "help_text": self.help_text,
        }
        if self.has_default():
            if callable(self.default):
                defaults["initial"] = self.default
                defaults["show_hidden_initial"] = True
            else:
                defaults["initial"] = self.get_default()
        if self.choices is not None:
            include_blank = self.blank or not (self.has_default() or "initial" in kwargs)
            defaults["choices"] = self.get_choices(include_blank=include_blank)
            defaults["coerce"] = self.to_python
            if self.null:
                defaults["empty_value"] = None
            form_class = choices_form_class or "TypedChoiceField"
            # Only what a choice field understands.
            kwargs = {key: value for key, value in kwargs.items() if key in _CHOICE_FORM_OPTIONS}
        defaults.update(kwargs)
        return named_form_class(form_class or "CharField")(**defaults)
