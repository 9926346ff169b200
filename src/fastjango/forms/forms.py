"""
``Form``: fields in order, submitted data checked against them, errors, and markup.

``DeclarativeFieldsMetaclass`` collects the fields of the class statement into ``base_fields``; every form
object gets a copy of them in ``fields``, which it may alter.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastjango.core.exceptions import NON_FIELD_ERRORS, ValidationError
from fastjango.forms.boundfield import BoundField
from fastjango.forms.errors import ErrorDict, ErrorList
from fastjango.forms.fields import Field
from fastjango.forms.renderers import get_default_renderer
from fastjango.forms.rendering import RenderableFormMixin, RendererTemplate
from fastjango.forms.widgets import Media, MediaDefiningClass
from fastjango.utils.datastructures import MultiValueDict
from fastjango.utils.functional import cached_property
from fastjango.utils.translation import gettext as _

__all__ = ["BaseForm", "DeclarativeFieldsMetaclass", "Form"]


class DeclarativeFieldsMetaclass(MediaDefiningClass):
    """Collects the fields of a class and its bases; ``name = None`` takes an inherited one away."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any) -> Any:
        own = {key: value for key, value in attrs.items() if isinstance(value, Field)}
        rest = {key: value for key, value in attrs.items() if key not in own}
        rest["declared_fields"] = own
        new_class = super().__new__(mcs, name, bases, rest, **kwargs)
        collected: dict[str, Field] = {}
        for base in reversed(new_class.__mro__):
            collected.update(getattr(base, "declared_fields", {}))
            for hidden in [key for key, value in vars(base).items() if value is None]:
                collected.pop(hidden, None)
        new_class.base_fields = new_class.declared_fields = collected
        return new_class


class BaseForm(RenderableFormMixin):
    """
    All that a form does, without the class statement's fields; ``Form`` adds those.

    Args:
        data, files: What was submitted; a form with neither is unbound.
        auto_id: The pattern of the widgets' ids, ``False`` for none.
        prefix: Put before every name, for several forms in one page.
        initial: ``{field: value}`` to show first.
        empty_permitted: A form that was left as it is counts as valid.
        field_order: Names in the order to show; others follow.
    """

    base_fields: dict[str, Field]
    declared_fields: dict[str, Field]
    cleaned_data: dict[str, Any]

    default_renderer: Any = None
    field_order: Iterable[str] | None = None
    prefix: str | None = None
    use_required_attribute: bool = True
    bound_field_class: Any = None

    template_name: Any = RendererTemplate("form_template_name")
    template_name_div = "django/forms/div.html"
    template_name_p = "django/forms/p.html"
    template_name_table = "django/forms/table.html"
    template_name_ul = "django/forms/ul.html"
    template_name_label = "django/forms/label.html"

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        auto_id: Any = "id_%s",
        prefix: str | None = None,
        initial: Mapping[str, Any] | None = None,
        error_class: type[ErrorList] = ErrorList,
        label_suffix: Any = None,
        empty_permitted: bool = False,
        field_order: Iterable[str] | None = None,
        use_required_attribute: bool | None = None,
        renderer: Any = None,
        bound_field_class: Any = None,
    ) -> None:
        self.is_bound = not (data is None and files is None)
        self.data: Any = MultiValueDict() if data is None else data
        self.files: Any = MultiValueDict() if files is None else files
        self.auto_id = auto_id
        if prefix is not None:
            self.prefix = prefix
        self.initial: Any = initial or {}
        self.error_class = error_class
        self.label_suffix = _(":") if label_suffix is None else label_suffix
        self.empty_permitted = empty_permitted
        self._errors: Any = None
        self.fields: dict[str, Any] = copy.deepcopy(self.base_fields)
        self._bound_fields_cache: dict[str, BoundField] = {}
        self.order_fields(self.field_order if field_order is None else field_order)
        if use_required_attribute is not None:
            self.use_required_attribute = use_required_attribute
        if self.empty_permitted and self.use_required_attribute:
            raise ValueError("The empty_permitted and use_required_attribute arguments may not both be True.")
        self.renderer = self._choose_renderer() if renderer is None else renderer
        self.bound_field_class = (
            bound_field_class
            or self.bound_field_class
            or getattr(self.renderer, "bound_field_class", None)
            or BoundField
        )

    def _choose_renderer(self) -> Any:
        own = self.default_renderer
        if own is None:
            return get_default_renderer()
        return own() if isinstance(own, type) else own

    def order_fields(self, field_order: Iterable[str] | None) -> None:
        """Put the named fields in front, in that order; unknown names are passed over."""
        if field_order is None:
            return
        first = {name: self.fields[name] for name in field_order if name in self.fields}
        self.fields = {**first, **{name: field for name, field in self.fields.items() if name not in first}}

    def __repr__(self) -> str:
        valid = "Unknown" if self._errors is None else self.is_bound and not self._errors
        return f"<{type(self).__name__} bound={self.is_bound}, valid={valid}, fields=({';'.join(self.fields)})>"

    def _bound_items(self) -> Iterator[tuple[str, BoundField]]:
        for name in self.fields:
            yield name, self[name]

    def __iter__(self) -> Iterator[BoundField]:
        for name in self.fields:
            yield self[name]

    def __getitem__(self, name: str) -> BoundField:
        field = self.fields.get(name)
        if field is None:
            choices = ", ".join(sorted(self.fields))
            raise KeyError(f"Key '{name}' not found in '{type(self).__name__}'. Choices are: {choices}.")
        if name not in self._bound_fields_cache:
            self._bound_fields_cache[name] = field.get_bound_field(self, name)
        return self._bound_fields_cache[name]

    @property
    def errors(self) -> ErrorDict:
        """The errors by field; the form is checked when they are first asked for."""
        if self._errors is None:
            self.full_clean()
        return self._errors  # type: ignore[no-any-return]

    def is_valid(self) -> bool:
        """Tell whether something was submitted and all of it is right."""
        return self.is_bound and not self.errors

    def add_prefix(self, field_name: str) -> str:
        """Return the field's name in the page."""
        return f"{self.prefix}-{field_name}" if self.prefix else field_name

    def add_initial_prefix(self, field_name: str) -> str:
        """Return the name of the hidden input with the field's initial value."""
        return f"initial-{self.add_prefix(field_name)}"

    def _widget_data_value(self, widget: Any, html_name: str) -> Any:
        return widget.value_from_datadict(self.data, self.files, html_name)

    def get_context(self) -> dict[str, Any]:
        """Return the template's variables: form, fields with their errors, hidden fields, errors of the whole."""
        top_errors = self.non_field_errors().copy()
        hidden, visible = [], []
        for name, bound in self._bound_items():
            if not bound.is_hidden:
                visible.append((bound, str(bound.errors)))
                continue
            hidden.append(bound)
            top_errors += [
                _("(Hidden field %(name)s) %(error)s") % {"name": name, "error": str(error)}
                for error in bound.errors or ()
            ]
        return {"form": self, "fields": visible, "hidden_fields": hidden, "errors": top_errors}

    def non_field_errors(self) -> ErrorList:
        """Return the errors that belong to no single field."""
        none = self.error_class(error_class="nonfield", renderer=self.renderer)
        found: ErrorList = self.errors.get(NON_FIELD_ERRORS, none)
        return found

    def add_error(self, field: str | None, error: Any) -> None:
        """
        Add an error to *field*, or to the whole form for ``None``; the field leaves ``cleaned_data``.

        Raises:
            ValueError: The form has no such field.
            TypeError: *error* names its fields itself, so *field* must be ``None``.
        """
        if not isinstance(error, ValidationError):
            error = ValidationError(error)
        if not hasattr(error, "error_dict"):
            by_field = {field or NON_FIELD_ERRORS: error.error_list}
        elif field is None:
            by_field = error.error_dict
        else:
            raise TypeError(
                "The argument `field` must be `None` when the `error` argument contains errors for multiple fields."
            )
        for name, problems in by_field.items():
            if name not in self.errors:
                self._errors[name] = self._new_error_list(name)
            self._errors[name].extend(problems)
            if name in self.cleaned_data:
                del self.cleaned_data[name]

    def _new_error_list(self, name: str) -> ErrorList:
        if name == NON_FIELD_ERRORS:
            return self.error_class(error_class="nonfield", renderer=self.renderer)
        if name not in self.fields:
            raise ValueError(f"'{type(self).__name__}' has no field named '{name}'.")
        return self.error_class(renderer=self.renderer, field_id=self[name].auto_id)

    def has_error(self, field: str | None, code: str | None = None) -> bool:
        """Tell whether *field* has an error, or one with that code."""
        found = self.errors.get(NON_FIELD_ERRORS if field is None else field)
        if found is None:
            return False
        return code is None or any(error.code == code for error in found.as_data())

    def full_clean(self) -> None:
        """Check everything anew: fills ``errors`` and ``cleaned_data``."""
        self._errors = ErrorDict(renderer=self.renderer)
        if not self.is_bound:
            return
        self.cleaned_data = {}
        if self.empty_permitted and not self.has_changed():
            return
        self._clean_fields()
        self._clean_form()
        self._post_clean()

    def _clean_fields(self) -> None:
        for name, bound in self._bound_items():
            try:
                self.cleaned_data[name] = bound.field._clean_bound_field(bound)
                if own_clean := getattr(self, f"clean_{name}", None):
                    self.cleaned_data[name] = own_clean()
            except ValidationError as problem:
                self.add_error(name, problem)

    def _clean_form(self) -> None:
        try:
            cleaned = self.clean()
        except ValidationError as problem:
            self.add_error(None, problem)
        else:
            if cleaned is not None:
                self.cleaned_data = cleaned

    def _post_clean(self) -> None:
        """Hook behind all cleaning, for the model form."""

    def clean(self) -> dict[str, Any] | None:
        """Hook for rules about several fields; may return other clean data or raise ``ValidationError``."""
        return self.cleaned_data

    def has_changed(self) -> bool:
        """Tell whether what was submitted differs from the initial values."""
        return bool(self.changed_data)

    @cached_property
    def changed_data(self) -> list[str]:
        """The names of the fields that differ from their initial values."""
        return [name for name, bound in self._bound_items() if bound._has_changed()]

    @property
    def media(self) -> Media:
        """The files that the form's widgets need."""
        total = Media()
        for field in self.fields.values():
            total += field.widget.media
        return total

    def is_multipart(self) -> bool:
        """Tell whether the page must send the form as ``multipart/form-data``."""
        return any(field.widget.needs_multipart_form for field in self.fields.values())

    def hidden_fields(self) -> list[BoundField]:
        """Return the fields whose widgets are hidden."""
        return [bound for bound in self if bound.is_hidden]

    def visible_fields(self) -> list[BoundField]:
        """Return the other fields."""
        return [bound for bound in self if not bound.is_hidden]

    def get_initial_for_field(self, field: Any, field_name: str) -> Any:
        """Return the initial value: the form's, else the field's; callables are called."""
        value = self.initial.get(field_name, field.initial)
        if callable(value):
            value = value()
        if isinstance(value, (dt.datetime, dt.time)) and not field.widget.supports_microseconds:
            # The widget cannot show them, so the form would always look changed.
            value = value.replace(microsecond=0)
        return value


class Form(BaseForm, metaclass=DeclarativeFieldsMetaclass):
    """A form: declare fields in the class body, pass submitted data, ask ``is_valid()``."""
