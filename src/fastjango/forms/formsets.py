"""
Formsets: the same form several times in one page.

A hidden ``ManagementForm`` says how many there are; ``formset_factory`` makes the class.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from fastjango.core.exceptions import ValidationError
from fastjango.forms.errors import ErrorList
from fastjango.forms.fields import BooleanField, IntegerField
from fastjango.forms.forms import Form
from fastjango.forms.renderers import get_default_renderer
from fastjango.forms.rendering import RenderableFormMixin, RendererTemplate
from fastjango.forms.widgets import CheckboxInput, HiddenInput, Media, NumberInput
from fastjango.utils.functional import cached_property
from fastjango.utils.translation import gettext_lazy as _
from fastjango.utils.translation import ngettext_lazy

__all__ = ["BaseFormSet", "ManagementForm", "all_valid", "formset_factory"]

TOTAL_FORM_COUNT = "TOTAL_FORMS"
INITIAL_FORM_COUNT = "INITIAL_FORMS"
MIN_NUM_FORM_COUNT = "MIN_NUM_FORMS"
MAX_NUM_FORM_COUNT = "MAX_NUM_FORMS"
ORDERING_FIELD_NAME = "ORDER"
DELETION_FIELD_NAME = "DELETE"

DEFAULT_MIN_NUM = 0
DEFAULT_MAX_NUM = 1000


class ManagementForm(Form):
    """The hidden form that tells a formset how many forms the page had."""

    TOTAL_FORMS = IntegerField(widget=HiddenInput)
    INITIAL_FORMS = IntegerField(widget=HiddenInput)
    # These two are for scripts in the page; what comes back is not looked at.
    MIN_NUM_FORMS = IntegerField(required=False, widget=HiddenInput)
    MAX_NUM_FORMS = IntegerField(required=False, widget=HiddenInput)

    template_name = "django/forms/div.html"

    def clean(self) -> dict[str, Any] | None:
        """Return the counts, zero for those that did not come."""
        for name in (TOTAL_FORM_COUNT, INITIAL_FORM_COUNT):
            self.cleaned_data.setdefault(name, 0)
        return self.cleaned_data


class BaseFormSet(RenderableFormMixin):
    """
    A list of forms of one class; ``formset_factory`` fills in the class attributes.

    Args:
        initial: One dict per form to show first.
        form_kwargs: Arguments for every form.
        error_messages: ``{code: message}`` in place of the defaults.
    """

    form: Any
    extra: int
    can_order: bool
    can_delete: bool
    can_delete_extra: bool
    max_num: int
    min_num: int
    absolute_max: int
    validate_max: bool
    validate_min: bool
    renderer: Any = None

    deletion_widget: Any = CheckboxInput
    ordering_widget: Any = NumberInput
    default_error_messages: ClassVar[Mapping[str, Any]] = {
        "missing_management_form": _(
            "ManagementForm data is missing or has been tampered with. Missing fields: "
            "%(field_names)s. You may need to file a bug report if the issue persists."
        ),
        "too_many_forms": ngettext_lazy(
            "Please submit at most %(num)d form.", "Please submit at most %(num)d forms.", "num"
        ),
        "too_few_forms": ngettext_lazy(
            "Please submit at least %(num)d form.", "Please submit at least %(num)d forms.", "num"
        ),
    }

    template_name: Any = RendererTemplate("formset_template_name")
    template_name_div = "django/forms/formsets/div.html"
    template_name_p = "django/forms/formsets/p.html"
    template_name_table = "django/forms/formsets/table.html"
    template_name_ul = "django/forms/formsets/ul.html"

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        auto_id: Any = "id_%s",
        prefix: str | None = None,
        initial: Any = None,
        error_class: type[ErrorList] = ErrorList,
        form_kwargs: Mapping[str, Any] | None = None,
        error_messages: Mapping[str, Any] | None = None,
    ) -> None:
        self.is_bound = not (data is None and files is None)
        self.prefix = prefix or self.get_default_prefix()
        self.auto_id = auto_id
        self.data = data or {}
        self.files = files or {}
        self.initial = initial
        self.form_kwargs = form_kwargs or {}
        self.error_class = error_class
        self._errors: Any = None
        self._non_form_errors: Any = None
        # None lets each form choose its own.
        self.form_renderer = self.renderer
        self.renderer = self.renderer or get_default_renderer()
        self.error_messages: dict[str, Any] = {}
        for base in reversed(type(self).__mro__):
            self.error_messages.update(getattr(base, "default_error_messages", {}))
        self.error_messages.update(error_messages or {})

    def __iter__(self) -> Iterator[Any]:
        return iter(self.forms)

    def __getitem__(self, index: Any) -> Any:
        return self.forms[index]

    def __len__(self) -> int:
        return len(self.forms)

    def __bool__(self) -> bool:
        # The management form is always there.
        return True

    def __repr__(self) -> str:
        if self._errors is None:
            valid: Any = "Unknown"
        else:
            valid = self.is_bound and not self._non_form_errors and not any(self._errors)
        return f"<{type(self).__qualname__}: bound={self.is_bound} valid={valid} total_forms={self.total_form_count()}>"

    @cached_property
    def management_form(self) -> ManagementForm:
        """The hidden form with the counts."""
        shared = {"auto_id": self.auto_id, "prefix": self.prefix, "renderer": self.renderer}
        if self.is_bound:
            submitted = ManagementForm(self.data, self.files, **shared)
            submitted.full_clean()
            return submitted
        counts = {
            TOTAL_FORM_COUNT: self.total_form_count(),
            INITIAL_FORM_COUNT: self.initial_form_count(),
            MIN_NUM_FORM_COUNT: self.min_num,
            MAX_NUM_FORM_COUNT: self.max_num,
        }
        return ManagementForm(initial=counts, **shared)

    def total_form_count(self) -> int:
        """Return how many forms there are: never more than ``absolute_max``, whatever was submitted."""
        if self.is_bound:
            return int(min(self.management_form.cleaned_data[TOTAL_FORM_COUNT], self.absolute_max))
        present = self.initial_form_count()
        wanted = max(present, self.min_num) + self.extra
        if self.max_num < 0:
            return wanted
        # What is there is shown even beyond the limit.
        return max(present, min(wanted, self.max_num))

    def initial_form_count(self) -> int:
        """Return how many forms show something that is there already."""
        if self.is_bound:
            return int(self.management_form.cleaned_data[INITIAL_FORM_COUNT])
        return len(self.initial) if self.initial else 0

    @cached_property
    def forms(self) -> list[Any]:
        """The forms, made when first asked for."""
        return [self._construct_form(index, **self.get_form_kwargs(index)) for index in range(self.total_form_count())]

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Return further arguments for the form at *index*, ``None`` for the empty form."""
        return dict(self.form_kwargs)

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        arguments: dict[str, Any] = {
            "auto_id": self.auto_id,
            "prefix": self.add_prefix(i),
            "error_class": self.error_class,
            # A browser would insist on forms that are meant to stay empty.
            "use_required_attribute": False,
            "renderer": self.form_renderer,
        }
        if self.is_bound:
            arguments.update(data=self.data, files=self.files)
        if self.initial and "initial" not in kwargs and i < len(self.initial):
            arguments["initial"] = self.initial[i]
        if i >= self.initial_form_count() and i >= self.min_num:
            arguments["empty_permitted"] = True
        form = self.form(**{**arguments, **kwargs})
        self.add_fields(form, i)
        return form

    @property
    def initial_forms(self) -> list[Any]:
        """The forms of what is there already."""
        return self.forms[: self.initial_form_count()]

    @property
    def extra_forms(self) -> list[Any]:
        """The forms for something new."""
        return self.forms[self.initial_form_count() :]

    @property
    def empty_form(self) -> Any:
        """A form with ``__prefix__`` in place of its number, for scripts to copy."""
        form = self.form(
            **{
                **self.get_form_kwargs(None),
                "auto_id": self.auto_id,
                "prefix": self.add_prefix("__prefix__"),
                "empty_permitted": True,
                "use_required_attribute": False,
                "renderer": self.form_renderer,
            }
        )
        self.add_fields(form, None)
        return form

    def _missing_attribute(self, name: str) -> AttributeError:
        return AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    @property
    def cleaned_data(self) -> list[dict[str, Any]]:
        """The clean data of each form. Raises ``AttributeError`` while the formset is not valid."""
        if not self.is_valid():
            raise self._missing_attribute("cleaned_data")
        return [form.cleaned_data for form in self.forms]

    def _filled(self) -> list[tuple[int, Any]]:
        """Return the forms, with their numbers, without the extra ones that were left empty."""
        present = self.initial_form_count()
        return [(index, form) for index, form in enumerate(self.forms) if index < present or form.has_changed()]

    @property
    def deleted_forms(self) -> list[Any]:
        """The forms whose deletion box is ticked, none while the formset is not valid."""
        if not self.is_valid() or not self.can_delete:
            return []
        if not hasattr(self, "_deleted_form_indexes"):
            self._deleted_form_indexes = [index for index, form in self._filled() if self._should_delete_form(form)]
        return [self.forms[index] for index in self._deleted_form_indexes]

    @property
    def ordered_forms(self) -> list[Any]:
        """The forms in the order that was entered. Raises ``AttributeError`` without ``can_order`` or validity."""
        if not self.is_valid() or not self.can_order:
            raise self._missing_attribute("ordered_forms")
        if not hasattr(self, "_ordering"):
            found = [
                (index, form.cleaned_data[ORDERING_FIELD_NAME])
                for index, form in self._filled()
                if not (self.can_delete and self._should_delete_form(form))
            ]
            # Forms without a number go last, as they came.
            found.sort(key=lambda pair: (pair[1] is None, pair[1] or 0))
            self._ordering = found
        return [self.forms[index] for index, _order in self._ordering]

    @classmethod
    def get_default_prefix(cls) -> str:
        """Return the prefix of formsets that were given none."""
        return "form"

    @classmethod
    def get_deletion_widget(cls) -> Any:
        """Return the widget of the deletion box."""
        return cls.deletion_widget

    @classmethod
    def get_ordering_widget(cls) -> Any:
        """Return the widget of the order number."""
        return cls.ordering_widget

    def non_form_errors(self) -> ErrorList:
        """Return the errors that belong to no single form."""
        if self._non_form_errors is None:
            self.full_clean()
        return self._non_form_errors  # type: ignore[no-any-return]

    @property
    def errors(self) -> list[Any]:
        """The errors of each form that is not to be deleted."""
        if self._errors is None:
            self.full_clean()
        return self._errors  # type: ignore[no-any-return]

    def total_error_count(self) -> int:
        """Return the number of errors of all forms and of the whole."""
        return len(self.non_form_errors()) + sum(map(len, self.errors))

    def _should_delete_form(self, form: Any) -> bool:
        return bool(form.cleaned_data.get(DELETION_FIELD_NAME, False))

    def is_valid(self) -> bool:
        """Tell whether something was submitted and every form that stays is valid."""
        if not self.is_bound:
            return False
        # Cleaning first: it is what makes cleaned_data, and so tells what is to be deleted.
        _cleaned = self.errors
        verdicts = [form.is_valid() for form in self.forms if not (self.can_delete and self._should_delete_form(form))]
        return all(verdicts) and not self.non_form_errors()

    def full_clean(self) -> None:
        """Check every form and the whole anew."""
        self._errors = []
        self._non_form_errors = self._new_error_list([])
        if not self.is_bound:
            return
        counts = self.management_form
        if not counts.is_valid():
            names = ", ".join(counts.add_prefix(name) for name in counts.errors)
            message = self.error_messages["missing_management_form"]
            self._non_form_errors.append(
                ValidationError(message, params={"field_names": names}, code="missing_management_form")
            )
        present, left_empty = self.initial_form_count(), 0
        for index, form in enumerate(self.forms):
            if index >= present and not form.has_changed():
                left_empty += 1
            # Asked for before deletion: it is what fills cleaned_data.
            problems = form.errors
            if not (self.can_delete and self._should_delete_form(form)):
                self._errors.append(problems)
        try:
            self._check_number(left_empty)
            self.clean()
        except ValidationError as problem:
            self._non_form_errors = self._new_error_list(problem.error_list)

    def _new_error_list(self, problems: list[Any]) -> ErrorList:
        return self.error_class(problems, error_class="nonform", renderer=self.renderer)

    def _check_number(self, left_empty: int) -> None:
        submitted = self.management_form.cleaned_data[TOTAL_FORM_COUNT]
        if submitted > self.absolute_max or (
            self.validate_max and self.total_form_count() - len(self.deleted_forms) > self.max_num
        ):
            raise self._wrong_number("too_many_forms", self.max_num)
        if self.validate_min and self.total_form_count() - len(self.deleted_forms) - left_empty < self.min_num:
            raise self._wrong_number("too_few_forms", self.min_num)

    def _wrong_number(self, code: str, bound: int) -> ValidationError:
        return ValidationError(self.error_messages[code] % {"num": bound}, code=code)

    def clean(self) -> Any:
        """Hook for rules about several forms; raises ``ValidationError``."""

    def has_changed(self) -> bool:
        """Tell whether any form differs from its initial values."""
        return any(form.has_changed() for form in self)

    def add_fields(self, form: Any, index: int | None) -> None:
        """Hook that adds fields to a form: those for order and deletion."""
        is_present = index is not None and index < self.initial_form_count()
        if self.can_order:
            form.fields[ORDERING_FIELD_NAME] = IntegerField(
                label=_("Order"),
                initial=index + 1 if is_present and index is not None else None,
                required=False,
                widget=self.get_ordering_widget(),
            )
        if self.can_delete and (self.can_delete_extra or is_present):
            form.fields[DELETION_FIELD_NAME] = BooleanField(
                label=_("Delete"), required=False, widget=self.get_deletion_widget()
            )

    def add_prefix(self, index: Any) -> str:
        """Return the prefix of the form at *index*."""
        return f"{self.prefix}-{index}"

    def _any_form(self) -> Any:
        return self.forms[0] if self.forms else self.empty_form

    def is_multipart(self) -> bool:
        """Tell whether the page must send the forms as ``multipart/form-data``."""
        return bool(self._any_form().is_multipart())

    @property
    def media(self) -> Media:
        """The files that the forms' widgets need."""
        return self._any_form().media  # type: ignore[no-any-return]

    def get_context(self) -> dict[str, Any]:
        """Return the template's variables."""
        return {"formset": self}


def formset_factory(
    form: Any,
    formset: Any = BaseFormSet,
    extra: int = 1,
    can_order: bool = False,
    can_delete: bool = False,
    max_num: int | None = None,
    validate_max: bool = False,
    min_num: int | None = None,
    validate_min: bool = False,
    absolute_max: int | None = None,
    can_delete_extra: bool = True,
    renderer: Any = None,
) -> Any:
    """
    Return a formset class for *form*.

    Args:
        extra: Empty forms beside those with initial data.
        max_num, min_num: How many to show; enforced with ``validate_max`` and ``validate_min``.
        absolute_max: How many are read at most from a request; ``max_num + 1000`` by default.
    Raises:
        ValueError: ``absolute_max`` is less than ``max_num``.
    """
    lowest = DEFAULT_MIN_NUM if min_num is None else min_num
    highest = DEFAULT_MAX_NUM if max_num is None else max_num
    # Beyond this bound a request could use up the memory.
    ceiling = highest + DEFAULT_MAX_NUM if absolute_max is None else absolute_max
    if highest > ceiling:
        raise ValueError("'absolute_max' must be greater or equal to 'max_num'.")
    attributes = {
        "form": form,
        "extra": extra,
        "can_order": can_order,
        "can_delete": can_delete,
        "can_delete_extra": can_delete_extra,
        "min_num": lowest,
        "max_num": highest,
        "absolute_max": ceiling,
        "validate_min": validate_min,
        "validate_max": validate_max,
        "renderer": renderer,
    }
    ending = "Set" if form.__name__.endswith("Form") else "FormSet"
    return type(form.__name__ + ending, (formset,), attributes)


def all_valid(formsets: Iterable[Any]) -> bool:
    """Tell whether all formsets are valid; each is checked, so that each has its errors."""
    verdicts = [formset.is_valid() for formset in formsets]
    return all(verdicts)
