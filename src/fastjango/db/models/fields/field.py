"""``Field``: one attribute of a model and, usually, one column of its table.

A field is declared in a class body, bound to the model by ``contribute_to_class`` and from then
on asked by everybody: forms, migrations, queries, serializers. Column types and conversions are
in ``storage.py``, system checks in ``checking.py``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from functools import partialmethod, total_ordering
from typing import TYPE_CHECKING, Any, Generic, Self, overload

from fastjango.conf import settings
from fastjango.core import exceptions, validators
from fastjango.db import NotSupportedError, connection
from fastjango.db.models.expressions import Col, DatabaseDefault, Value
from fastjango.db.models.fields.attribute import DeferredAttribute
from fastjango.db.models.fields.checking import FieldChecks
from fastjango.db.models.fields.forming import FieldForms
from fastjango.db.models.fields.sentinels import (
    NOT_PROVIDED,
    Empty,
    _load_field,
    return_None,
)
from fastjango.db.models.fields.storage import FieldStorage
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.db.models.query_utils import RegisterLookupMixin
from fastjango.utils.choices import (
    CallableChoiceIterator,
    flatten_choices,
    normalize_choices,
)
from fastjango.utils.functional import Promise, cached_property
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["Field"]

_ROOMS = ("fastjango.db.models.fields", "fastjango.db.models.relations")


def public_path(cls: type) -> str:
    """Return the dotted path by which migrations import the field class *cls*."""
    module = cls.__module__
    for room in _ROOMS:
        if module == room or module.startswith(room + "."):
            module = "fastjango.db.models"
    return f"{module}.{cls.__qualname__}"


def django_path(cls: type) -> str:
    """Return where Django's layout has the field class *cls*; shown by ``repr``."""
    module = cls.__module__
    if module.startswith(_ROOMS[1]):
        module = f"{_ROOMS[0]}.related"
    elif module.startswith(_ROOMS[0]):
        room, _dot, last = module.rpartition(".")
        if last not in ("files", "json", "composite", "generated", "proxy"):
            module = room if room == _ROOMS[0] else module
    return f"{module}.{cls.__qualname__}"


@total_ordering
class Field(FieldChecks, FieldStorage, FieldForms, RegisterLookupMixin, Generic[ST, GT]):
    """Base class of every model field."""

    empty_strings_allowed = True
    empty_values: Any = list(validators.EMPTY_VALUES)

    # Counts the fields as they are made, which keeps them in the order of the class body. Fields
    # that FastJango adds by itself count downwards and come first.
    creation_counter = 0
    auto_creation_counter = -1
    default_validators: list[Callable[[Any], None]] = []
    default_error_messages: dict[str, Any] = {
        "invalid_choice": _("Value %(value)r is not a valid choice."),
        "null": _("This field cannot be null."),
        "blank": _("This field cannot be blank."),
        "unique": _("%(model_name)s with this %(field_label)s already exists."),
        "unique_for_date": _("%(field_label)s must be unique for %(date_field_label)s %(lookup_type)s."),
    }
    system_check_deprecated_details: dict[str, Any] | None = None
    system_check_removed_details: dict[str, Any] | None = None

    # Attributes that change no column; migrations compare without them.
    non_db_attrs: tuple[str, ...] = (
        "blank",
        "choices",
        "db_column",
        "editable",
        "error_messages",
        "help_text",
        "limit_choices_to",
        "on_delete",
        "related_name",
        "related_query_name",
        "validators",
        "verbose_name",
    )

    hidden = False
    generated = False
    many_to_many: bool | None = None
    many_to_one: bool | None = None
    one_to_many: bool | None = None
    one_to_one: bool | None = None
    related_model: Any = None
    concrete = True
    model: Any
    attname: Any = None
    descriptor_class: type = DeferredAttribute

    @property
    def description(self) -> Any:
        """What kind of field this is, in words."""
        return _("Field of type: %(field_type)s") % {"field_type": type(self).__name__}

    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        primary_key: bool = False,
        max_length: int | None = None,
        unique: bool = False,
        blank: bool = False,
        null: bool = False,
        db_index: bool = False,
        rel: Any = None,
        default: Any = NOT_PROVIDED,
        editable: bool = True,
        serialize: bool = True,
        unique_for_date: str | None = None,
        unique_for_month: str | None = None,
        unique_for_year: str | None = None,
        choices: Any = None,
        help_text: Any = "",
        db_column: str | None = None,
        db_tablespace: str | None = None,
        auto_created: bool = False,
        validators: Iterable[Any] = (),
        error_messages: Any = None,
        db_comment: str | None = None,
        db_default: Any = NOT_PROVIDED,
    ) -> None:
        self.name: Any = name
        self.verbose_name: Any = verbose_name
        self._verbose_name = verbose_name  # as given, for deconstruct()
        self.primary_key = primary_key
        self.max_length, self._unique = max_length, unique
        self.blank, self.null = blank, null
        self.remote_field: Any = rel
        self.is_relation = rel is not None
        self.default = default
        self.db_default: Any = db_default
        self.editable = editable
        self.serialize = serialize
        self.unique_for_date = unique_for_date
        self.unique_for_month = unique_for_month
        self.unique_for_year = unique_for_year
        self.choices = choices
        self.help_text = help_text
        self.db_index = db_index
        self.db_column = db_column
        self.db_comment = db_comment
        self._db_tablespace = db_tablespace
        self.auto_created = auto_created
        self._converters: dict[Any, Any] = {}

        if auto_created:
            self.creation_counter = Field.auto_creation_counter
            Field.auto_creation_counter -= 1
        else:
            self.creation_counter = Field.creation_counter
            Field.creation_counter += 1

        self._validators = list(validators)
        self._error_messages = error_messages  # as given, for deconstruct()

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> DeferredAttribute[GT]: ...
        @overload
        def __get__(self, instance: object, owner: Any = None) -> GT: ...
        def __get__(self, instance: Any, owner: Any = None) -> Any: ...

        def __set__(self, instance: Any, value: ST) -> None: ...

    if not TYPE_CHECKING:

        def __class_getitem__(cls, *args: Any, **kwargs: Any) -> Any:
            """Return the class itself: parameters are for type checkers only."""
            return cls

    # -- being a value -----------------------------------------------------------------

    def __str__(self) -> str:
        if not hasattr(self, "model"):
            return repr(self)
        return f"{self.model._meta.label}.{self.name}"

    def __repr__(self) -> str:
        path = django_path(type(self))
        return f"<{path}: {self.name}>" if self.name is not None else f"<{path}>"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Field):
            return self.creation_counter == other.creation_counter and getattr(self, "model", None) == getattr(
                other, "model", None
            )
        return NotImplemented

    def __lt__(self, other: Any) -> bool:
        # The same counter may appear on an abstract parent's copies: the model decides then.
        if not isinstance(other, Field):
            return NotImplemented
        if self.creation_counter != other.creation_counter or not (hasattr(self, "model") or hasattr(other, "model")):
            return self.creation_counter < other.creation_counter
        if hasattr(self, "model") != hasattr(other, "model"):
            return not hasattr(self, "model")
        mine, theirs = self.model._meta, other.model._meta
        return (mine.app_label, mine.model_name) < (theirs.app_label, theirs.model_name)

    def __hash__(self) -> int:
        return hash(self.creation_counter)

    def __deepcopy__(self, memodict: Any) -> Self:
        # Values of the field stay shared; only the relation is the copy's own.
        twin = copy.copy(self)
        if self.remote_field:
            twin.remote_field = copy.copy(self.remote_field)
            if self.remote_field.field is self:
                twin.remote_field.field = twin
        memodict[id(self)] = twin
        return twin

    def __copy__(self) -> Self:
        twin: Any = Empty()
        twin.__class__ = self.__class__
        twin.__dict__ = self.__dict__.copy()
        twin.__dict__["_converters"] = {}
        return twin  # type: ignore[no-any-return]

    def __reduce__(self) -> Any:
        if not hasattr(self, "model"):
            state = self.__dict__.copy()
            state.pop("_get_default", None)
            state["_converters"] = {}
            return (_empty_of, (self.__class__,), state)
        options = self.model._meta
        return _load_field, (options.app_label, options.object_name, self.name)

    # -- declaration and rebuilding ----------------------------------------------------

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """
        Return ``(name, path, args, kwargs)`` that build this field again.

        Options that have their default value are left out.
        """
        stored_as = {
            "unique": "_unique",
            "error_messages": "_error_messages",
            "validators": "_validators",
            "verbose_name": "_verbose_name",
            "db_tablespace": "_db_tablespace",
        }
        keywords: dict[str, Any] = {}
        for option, default in _OPTION_DEFAULTS:
            value = getattr(self, stored_as.get(option, option))
            if option == "choices" and isinstance(value, CallableChoiceIterator):
                value = value.func
            same = value == default if option in _COMPARED_BY_VALUE else value is default
            if not same:
                keywords[option] = value
        return self.name, public_path(type(self)), [], keywords

    def clone(self) -> Self:
        """Return an unbound field with the same options."""
        _name, _path, args, keywords = self.deconstruct()
        return self.__class__(*args, **keywords)

    def set_attributes_from_name(self, name: str) -> None:
        """Take *name* and derive attribute, column and label from it."""
        self.name = self.name or name
        self.attname, self.column = self.get_attname_column()
        self.concrete = self.column is not None
        if self.verbose_name is None and self.name:
            self.verbose_name = self.name.replace("_", " ")

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        """Bind the field to the model *cls* under *name*."""
        self.set_attributes_from_name(name)
        self.model = cls
        cls._meta.add_field(self, private=private_only)
        if self.column:
            setattr(cls, self.attname, self.descriptor_class(self))
        if self.choices is not None:
            display = f"get_{self.name}_display"
            # A method that the class or a parent defines itself wins.
            if display not in cls.__dict__:
                setattr(cls, display, partialmethod(cls._get_FIELD_display, field=self))

    def get_attname(self) -> Any:
        """Return the name of the attribute that holds the value."""
        return self.name

    def get_attname_column(self) -> tuple[Any, Any]:
        """Return the names of the attribute and of the column."""
        attname = self.get_attname()
        return attname, self.db_column or attname

    def get_internal_type(self) -> str:
        """Return the name of the field type by which backends know the column."""
        return self.__class__.__name__

    # -- facts -------------------------------------------------------------------------

    @property
    def choices(self) -> Any:
        """The choices, in the normal form of pairs and groups of pairs."""
        return self._choices

    @choices.setter
    def choices(self, value: Any) -> None:
        self._choices = normalize_choices(value)

    @property
    def flatchoices(self) -> list[tuple[Any, Any]]:
        """The choices without their groups."""
        if self.choices is None:
            return []
        return list(flatten_choices(self.choices))

    @property
    def unique(self) -> bool:
        """Whether two rows may not share a value."""
        return self._unique or self.primary_key

    @property
    def db_tablespace(self) -> Any:
        """The tablespace of the field's index."""
        return self._db_tablespace or settings.DEFAULT_INDEX_TABLESPACE

    @property
    def db_returning(self) -> bool:
        """Whether the database makes a value that INSERT should give back."""
        return self.db_default is not NOT_PROVIDED and connection.features.can_return_columns_from_insert

    @cached_property
    def error_messages(self) -> dict[str, Any]:
        """The messages of all base classes, overlaid with the field's own."""
        messages: dict[str, Any] = {}
        for cls in reversed(type(self).__mro__):
            messages.update(getattr(cls, "default_error_messages", {}))
        messages.update(self._error_messages or {})
        return messages

    @cached_property
    def validators(self) -> list[Any]:
        """The validators of the class, then those of the declaration."""
        return [*self.default_validators, *self._validators]

    def get_col(self, alias: Any, output_field: Any = None) -> Any:
        """Return the column of this field in the join called *alias*."""
        if alias == self.model._meta.db_table and (output_field is None or output_field == self):
            return self.cached_col
        return Col(alias, self, output_field)

    @property
    def choices_are_callable(self) -> bool:
        """Whether the choices are made by a function at each use."""
        return isinstance(self._choices, CallableChoiceIterator)

    @cached_property
    def cached_col(self) -> Any:
        """The field's column in its own table."""
        return Col(self.model._meta.db_table, self)

    def get_filter_kwargs_for_object(self, obj: Any) -> dict[str, Any]:
        """Return the lookup that finds rows with *obj*'s value of this field."""
        return {self.name: getattr(obj, self.attname)}

    def slice_expression(self, expression: Any, start: int, length: int | None) -> Any:
        """Return the expression of a slice; only text and arrays have one."""
        raise NotSupportedError("This field does not support slicing.")

    # -- values ------------------------------------------------------------------------

    def to_python(self, value: Any) -> Any:
        """
        Return *value* as the field's Python type.

        Raises:
            ValidationError: the value cannot be converted.
        """
        return value

    def get_prep_value(self, value: Any) -> Any:
        """Return *value* as queries use it, before any database is known."""
        if isinstance(value, Promise):
            value = value._cast()  # type: ignore[attr-defined]
        return value

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Return the value to save; fields may change the instance here."""
        value = getattr(model_instance, self.attname)
        if isinstance(value, DatabaseDefault):
            if not connection.features.supports_default_keyword_in_insert:
                return self._db_default_expression
        return value

    def get_pk_value_on_save(self, instance: Any) -> Any:
        """Return the default that a new row's missing key takes."""
        return self.get_default() if self.has_default() else None

    def value_from_object(self, obj: Any) -> Any:
        """Return the value of this field on *obj*."""
        return getattr(obj, self.attname)

    def value_to_string(self, obj: Any) -> str:
        """Return the value of this field on *obj* as text, for serializers."""
        return str(self.value_from_object(obj))

    def save_form_data(self, instance: Any, data: Any) -> None:
        """Store a form's cleaned value on *instance*."""
        setattr(instance, self.name, data)

    # -- defaults ----------------------------------------------------------------------

    def has_default(self) -> bool:
        """Tell whether a Python default was given."""
        return self.default is not NOT_PROVIDED

    def has_db_default(self) -> bool:
        """Tell whether a database default was given."""
        return self.db_default is not NOT_PROVIDED

    def get_default(self) -> Any:
        """Return the value that a new instance starts with."""
        return self._get_default()

    @cached_property
    def _get_default(self) -> Callable[[], Any]:
        if self.has_default():
            if callable(self.default):
                return self.default  # type: ignore[no-any-return]
            return lambda: self.default
        if self.has_db_default():
            return lambda: DatabaseDefault(self._db_default_expression, output_field=self)
        if not self.empty_strings_allowed or self.null:
            return return_None
        return str

    @cached_property
    def _db_default_expression(self) -> Any:
        default = self.db_default
        if default is not NOT_PROVIDED and not hasattr(default, "resolve_expression"):
            return Value(default, self)
        return default

    # -- validation --------------------------------------------------------------------

    def run_validators(self, value: Any) -> None:
        """
        Run every validator on a value that is not empty.

        Raises:
            ValidationError: with the errors of all validators.
        """
        if value in self.empty_values:
            return
        found: list[Any] = []
        for validator in self.validators:
            try:
                validator(value)
            except exceptions.ValidationError as exc:
                if hasattr(exc, "code") and exc.code in self.error_messages:
                    exc.message = self.error_messages[exc.code]
                found.extend(exc.error_list)
        if found:
            raise exceptions.ValidationError(found)

    def validate(self, value: Any, model_instance: Any) -> None:
        """
        Check choices, null and blank.

        Raises:
            ValidationError: the first of these that fails.
        """
        if not self.editable:
            return  # read-only data is nobody's input
        if self.choices is not None and value not in self.empty_values:
            if not any(value == known for known, _label in flatten_choices(self.choices)):
                raise exceptions.ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": value},
                )
            return
        if value is None and not self.null:
            raise exceptions.ValidationError(self.error_messages["null"], code="null")
        if not self.blank and value in self.empty_values:
            raise exceptions.ValidationError(self.error_messages["blank"], code="blank")

    def clean(self, value: Any, model_instance: Any) -> Any:
        """
        Return the converted value after all validation.

        Raises:
            ValidationError: the value is not acceptable.
        """
        value = self.to_python(value)
        self.validate(value, model_instance)
        self.run_validators(value)
        return value


def _empty_of(cls: type) -> Any:
    twin = Empty()
    twin.__class__ = cls
    return twin


_OPTION_DEFAULTS: list[tuple[str, Any]] = [
    ("verbose_name", None),
    ("primary_key", False),
    ("max_length", None),
    ("unique", False),
    ("blank", False),
    ("null", False),
    ("db_index", False),
    ("default", NOT_PROVIDED),
    ("db_default", NOT_PROVIDED),
    ("editable", True),
    ("serialize", True),
    ("unique_for_date", None),
    ("unique_for_month", None),
    ("unique_for_year", None),
    ("choices", None),
    ("help_text", ""),
    ("db_column", None),
    ("db_comment", None),
    ("db_tablespace", None),
    ("auto_created", False),
    ("validators", []),
    ("error_messages", None),
]
_COMPARED_BY_VALUE = frozenset({"choices", "validators"})
