"""
The fields whose choices are the rows of a queryset, and the hidden field of an inline form's parent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from fastjango.core.exceptions import ValidationError
from fastjango.core.validators import ProhibitNullCharactersValidator
from fastjango.forms.fields import ChoiceField, Field
from fastjango.forms.widgets import HiddenInput, MultipleHiddenInput, RadioSelect, SelectMultiple
from fastjango.utils.choices import BaseChoiceIterator, normalize_choices
from fastjango.utils.translation import gettext_lazy as _

__all__ = [
    "InlineForeignKeyField",
    "ModelChoiceField",
    "ModelChoiceIterator",
    "ModelChoiceIteratorValue",
    "ModelMultipleChoiceField",
]


class InlineForeignKeyField(Field):
    """The hidden link of an inline form to its parent; only the parent's own key is valid."""

    widget: Any = HiddenInput
    default_error_messages: ClassVar[Mapping[str, Any]] = {
        "invalid_choice": _("The inline value did not match the parent instance.")
    }

    def __init__(
        self, parent_instance: Any, *args: Any, pk_field: bool = False, to_field: str | None = None, **kwargs: Any
    ) -> None:
        self.parent_instance = parent_instance
        self.pk_field = pk_field
        self.to_field = to_field
        if parent_instance is not None:
            kwargs["initial"] = self._parent_key()
        kwargs["required"] = False
        super().__init__(*args, **kwargs)

    def _parent_key(self) -> Any:
        return getattr(self.parent_instance, self.to_field) if self.to_field else self.parent_instance.pk

    def clean(self, value: Any) -> Any:
        """Return the parent object."""
        if value in self.empty_values:
            return None if self.pk_field else self.parent_instance
        if str(value) != str(self._parent_key()):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return self.parent_instance

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Say no: the parent is not the form's to change."""
        return False


class ModelChoiceIteratorValue:
    """The value of a choice, with the object it came from in ``instance``."""

    def __init__(self, value: Any, instance: Any) -> None:
        self.value = value
        self.instance = instance

    def __str__(self) -> str:
        return str(self.value)

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other: object) -> bool:
        return bool(self.value == (other.value if isinstance(other, ModelChoiceIteratorValue) else other))


class ModelChoiceIterator(BaseChoiceIterator):
    """The choices of a queryset; each iteration asks the database anew. Queries: 1."""

    def __init__(self, field: Any) -> None:
        self.field = field
        self.queryset = field.queryset

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        rows = self.queryset
        # Prefetching needs all rows at once; everything else can be streamed.
        for obj in rows if rows._prefetch_related_lookups else rows.iterator():
            yield self.choice(obj)

    def __len__(self) -> int:
        return int(self.queryset.count()) + (self.field.empty_label is not None)

    def __bool__(self) -> bool:
        return self.field.empty_label is not None or bool(self.queryset.exists())

    def choice(self, obj: Any) -> tuple[ModelChoiceIteratorValue, Any]:
        """Return the choice for one object."""
        return ModelChoiceIteratorValue(self.field.prepare_value(obj), obj), self.field.label_from_instance(obj)


class ModelChoiceField(ChoiceField):
    """
    One object of a queryset.

    Args:
        empty_label: What stands for "nothing chosen"; ``None`` for no such choice.
        to_field_name: The field whose value the page sends, the primary key by default.
        limit_choices_to: A ``Q``, a dict, or a callable that gives one.
        blank: Radio buttons offer an empty choice, too.
    """

    default_error_messages: ClassVar[Mapping[str, Any]] = {
        "invalid_choice": _("Select a valid choice. That choice is not one of the available choices.")
    }
    iterator: Any = ModelChoiceIterator
    _queryset: Any

    def __init__(
        self,
        queryset: Any,
        *,
        empty_label: Any = "---------",
        required: bool = True,
        widget: Any = None,
        label: Any = None,
        initial: Any = None,
        help_text: Any = "",
        to_field_name: str | None = None,
        limit_choices_to: Any = None,
        blank: bool = False,
        **kwargs: Any,
    ) -> None:
        # Not ChoiceField's own: the choices are the queryset's.
        Field.__init__(
            self, required=required, widget=widget, label=label, initial=initial, help_text=help_text, **kwargs
        )
        needs_choice = required and initial is not None
        if needs_choice or (isinstance(self.widget, RadioSelect) and not blank):
            empty_label = None
        self.empty_label = empty_label
        self.queryset = queryset
        self.limit_choices_to = limit_choices_to
        self.to_field_name = to_field_name

    def validate_no_null_characters(self, value: Any) -> None:
        """Raise ``ValidationError`` for a NUL in what was sent."""
        ProhibitNullCharactersValidator()(value)

    def get_limit_choices_to(self) -> Any:
        """Return ``limit_choices_to``, called when it is a callable."""
        return self.limit_choices_to() if callable(self.limit_choices_to) else self.limit_choices_to

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = Field.__deepcopy__(self, memo)
        if self.queryset is not None:
            # A new one, so that no form sees the rows that another has cached.
            twin.queryset = self.queryset.all()
        return twin

    @property
    def queryset(self) -> Any:
        """The objects that may be chosen."""
        return self._queryset

    @queryset.setter
    def queryset(self, value: Any) -> None:
        self._queryset = None if value is None else value.all()
        self.widget.choices = self.choices

    def label_from_instance(self, obj: Any) -> Any:
        """Return the text of an object's choice; override it to say something else."""
        return str(obj)

    @property
    def choices(self) -> Any:
        """The choices, read from the database at each iteration, unless others were assigned."""
        # Not the list of rows: a form may live long before it is shown.
        return self._choices if hasattr(self, "_choices") else self.iterator(self)

    @choices.setter
    def choices(self, value: Any) -> None:
        self._choices = normalize_choices(value)
        self.widget.choices = self._choices

    def prepare_value(self, value: Any) -> Any:
        """Return the key of an object."""
        if not hasattr(value, "_meta"):
            return super().prepare_value(value)
        return value.serializable_value(self.to_field_name) if self.to_field_name else value.pk

    def to_python(self, value: Any) -> Any:
        """Return the object; ``None`` for empty input. Queries: 1."""
        if value in self.empty_values:
            return None
        self.validate_no_null_characters(value)
        key = self.to_field_name or "pk"
        try:
            if isinstance(value, self.queryset.model):
                value = getattr(value, key)
            return self.queryset.get(**{key: value})
        except (ValueError, TypeError, OverflowError, self.queryset.model.DoesNotExist, ValidationError) as problem:
            raise self._not_offered(value) from problem

    def validate(self, value: Any) -> None:
        """Raise ``ValidationError`` when a required field is empty."""
        Field.validate(self, value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether another object was chosen."""
        if self.disabled:
            return False
        before = "" if initial is None else initial
        return str(self.prepare_value(before)) != str("" if data is None else data)


class ModelMultipleChoiceField(ModelChoiceField):
    """Several objects of a queryset; clean data is a queryset."""

    widget: Any = SelectMultiple
    hidden_widget: Any = MultipleHiddenInput
    default_error_messages: ClassVar[Mapping[str, Any]] = {
        "invalid_list": _("Enter a list of values."),
        "invalid_choice": _("Select a valid choice. %(value)s is not one of the available choices."),
        "invalid_pk_value": _("“%(pk)s” is not a valid value."),
    }

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        super().__init__(queryset, empty_label=None, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the objects as a list. Queries: 1 unless empty."""
        return list(self._check_values(value)) if value else []

    def clean(self, value: Any) -> Any:
        """Return the objects as a queryset. Queries: 1 unless empty."""
        keys = self.prepare_value(value)
        if not keys:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return self.queryset.none()
        if not isinstance(keys, (list, tuple)):
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list")
        chosen = self._check_values(keys)
        # Not Field.clean: there is nothing to convert, but validators may have been given.
        self.run_validators(keys)
        return chosen

    def _check_values(self, value: Any) -> Any:
        """Return the queryset of the objects with these keys; each must be there."""
        key = self.to_field_name or "pk"
        try:
            keys = frozenset(value)
        except TypeError as problem:
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list") from problem
        for pk in keys:
            self.validate_no_null_characters(pk)
            try:
                self.queryset.filter(**{key: pk})
            except (ValueError, TypeError) as problem:
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": pk}
                ) from problem
        chosen = self.queryset.filter(**{f"{key}__in": keys})
        found = {str(getattr(obj, key)) for obj in chosen}
        for pk in keys:
            if str(pk) not in found:
                raise self._not_offered(pk)
        return chosen

    def prepare_value(self, value: Any) -> Any:
        """Return the keys of several objects, or the key of one."""
        if hasattr(value, "__iter__") and not isinstance(value, str) and not hasattr(value, "_meta"):
            return [super(ModelMultipleChoiceField, self).prepare_value(item) for item in value]
        return super().prepare_value(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether other objects were chosen."""
        if self.disabled:
            return False
        before = [] if initial is None else initial
        after = [] if data is None else data
        if len(before) != len(after):
            return True
        return {str(key) for key in self.prepare_value(before)} != {str(key) for key in after}
