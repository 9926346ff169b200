"""``ForeignKey``: many of this model point at one object of another."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from fastjango.core import checks, exceptions
from fastjango.db import router
from fastjango.db.models.fields.attribute import ForeignKeyDeferredAttribute
from fastjango.db.models.fields.sentinels import NOT_PROVIDED
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.db.models.relations.foreign_object import ForeignObject
from fastjango.db.models.relations.pending import RECURSIVE_RELATIONSHIP_CONSTANT
from fastjango.db.models.relations.reverse import ManyToOneRel
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastjango.core.checks import CheckMessage
    from fastjango.db.models.expressions.combinable import Combinable

R = TypeVar("R")


class ForeignKey(ForeignObject[ST, GT]):
    """A column with another row's key; the attribute without ``_id`` is the object."""

    descriptor_class = ForeignKeyDeferredAttribute
    many_to_many = False
    many_to_one = True
    one_to_many = False
    one_to_one = False

    rel_class: Any = ManyToOneRel

    empty_strings_allowed = False
    default_error_messages = {"invalid": _("%(model)s instance with %(field)s %(value)r is not a valid choice.")}
    description = _("Foreign Key (type determined by related field)")

    @overload
    def __init__(
        self: ForeignKey[R | Combinable, R], to: type[R], on_delete: Any, *, null: Literal[False] = ..., **kwargs: Any
    ) -> None: ...
    @overload
    def __init__(
        self: ForeignKey[R | Combinable | None, R | None],
        to: type[R],
        on_delete: Any,
        *,
        null: Literal[True],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(self, to: Any, on_delete: Any, *args: Any, **kwargs: Any) -> None: ...
    def __init__(
        self,
        to: Any,
        on_delete: Any,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        parent_link: bool = False,
        to_field: str | None = None,
        db_constraint: bool = True,
        **kwargs: Any,
    ) -> None:
        try:
            to._meta.model_name  # noqa: B018 - is it a model?
        except AttributeError:
            if not isinstance(to, str):
                raise TypeError(
                    "%s(%r) is invalid. First parameter to ForeignKey must be either a model, a model name, or the string %r"
                    % (type(self).__name__, to, RECURSIVE_RELATIONSHIP_CONSTANT)
                ) from None
        else:
            # The model may still be without a key; then it is found later.
            to_field = to_field or (to._meta.pk and to._meta.pk.name)
        if not callable(on_delete):
            raise TypeError("on_delete must be callable.")
        kwargs["rel"] = self.rel_class(
            self,
            to,
            to_field,
            related_name=related_name,
            related_query_name=related_query_name,
            limit_choices_to=limit_choices_to,
            parent_link=parent_link,
            on_delete=on_delete,
        )
        kwargs.setdefault("db_index", True)
        super().__init__(
            to,
            on_delete,
            related_name=related_name,
            related_query_name=related_query_name,
            limit_choices_to=limit_choices_to,
            from_fields=[RECURSIVE_RELATIONSHIP_CONSTANT],
            to_fields=[to_field],
            **kwargs,
        )
        self.db_constraint = db_constraint

    # -- checks ------------------------------------------------------------------------

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field, of ``on_delete`` and of uniqueness."""
        return [*super().check(**kwargs), *self._check_on_delete(), *self._check_unique()]

    def _check_on_delete(self) -> list[CheckMessage]:
        action = getattr(self.remote_field.on_delete, "__name__", "")
        if action == "SET_NULL" and not self.null:
            return [
                checks.Error(
                    "Field specifies on_delete=SET_NULL, but cannot be null.",
                    hint="Set null=True argument on the field, or change the on_delete rule.",
                    obj=self,
                    id="fields.E320",
                )
            ]
        if action == "SET_DEFAULT" and not self.has_default():
            return [
                checks.Error(
                    "Field specifies on_delete=SET_DEFAULT, but has no default value.",
                    hint="Set a default value, or change the on_delete rule.",
                    obj=self,
                    id="fields.E321",
                )
            ]
        return []

    def _check_unique(self, **kwargs: Any) -> list[CheckMessage]:
        if not self.unique:
            return []
        return [
            checks.Warning(
                "Setting unique=True on a ForeignKey has the same effect as using a OneToOneField.",
                hint="ForeignKey(unique=True) is usually better served by a OneToOneField.",
                obj=self,
                id="fields.W342",
            )
        ]

    # -- rebuilding --------------------------------------------------------------------

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        del keywords["to_fields"]
        del keywords["from_fields"]
        # An index is the default here.
        if self.db_index:
            del keywords["db_index"]
        else:
            keywords["db_index"] = False
        if self.db_constraint is not True:
            keywords["db_constraint"] = self.db_constraint
        # to_field only where it is not the related key.
        target = getattr(self.remote_field.model, "_meta", None)
        to_field = self.remote_field.field_name
        if to_field and (not target or (target.pk and to_field != target.pk.name)):
            keywords["to_field"] = to_field
        return name, path, args, keywords

    # -- relation ----------------------------------------------------------------------

    @property
    def target_field(self) -> Any:
        """The field that the key points at."""
        return self.foreign_related_fields[0]

    def resolve_related_fields(self) -> list[tuple[Any, Any]]:
        """Return the one pair; the related field must live in the related model's own table."""
        pairs = super().resolve_related_fields()
        for _local, foreign in pairs:
            if foreign and foreign.model != self.remote_field.model._meta.concrete_model:
                raise exceptions.FieldError(
                    f"'{self.model._meta.label}.{self.name}' refers to field '{foreign.name}' which is not local to model '{self.remote_field.model._meta.concrete_model._meta.label}'."
                )
        return pairs

    def contribute_to_related_class(self, cls: Any, related: Any) -> None:
        """Put the reverse accessor on the related model; point at its key by default."""
        super().contribute_to_related_class(cls, related)
        if self.remote_field.field_name is None:
            self.remote_field.field_name = cls._meta.pk.name

    def get_attname(self) -> str:
        """Return ``<name>_id``."""
        return f"{self.name}_id"

    def get_attname_column(self) -> tuple[Any, Any]:
        """Return the names of the attribute and of the column."""
        attname = self.get_attname()
        return attname, self.db_column or attname

    # -- cached object -----------------------------------------------------------------
    # Keys are plain attributes. The cache remembers for which key its object was stored, and
    # gives nothing when the key has changed since.

    def _is_stale(self, instance: Any) -> bool:
        state = instance._state
        if self.name not in state.fields_cache:
            return False
        now = instance.__dict__.get(self.attname, NOT_PROVIDED)
        if now is NOT_PROVIDED:
            return False
        stored = state.cached_for
        if stored is not None and self.name in stored:
            return bool(stored[self.name] != now)
        related = state.fields_cache[self.name]
        if related is None:
            return now is not None
        theirs = getattr(related, "__dict__", {}).get(self.target_field.attname, NOT_PROVIDED)
        # Without a record (a joined row), a deleted or unloaded related key says nothing.
        return theirs is not NOT_PROVIDED and theirs is not None and bool(theirs != now)

    def is_cached(self, instance: Any) -> bool:
        """Tell whether the object of the present key is cached."""
        if self.name not in instance._state.fields_cache:
            return False
        if self._is_stale(instance):
            self.delete_cached_value(instance)
            return False
        return True

    @cached_property
    def _joined_key(self) -> str | None:
        """
        The related primary key's name, None when the key is another field.

        Both sides of a joined row have it loaded, so that it can be read as an attribute: touching ``__dict__`` would make
        Python build a dictionary for each instance.
        """
        target = self.foreign_related_fields[0]
        return target.attname if target.primary_key else None

    def get_cached_value(self, instance: Any, default: Any = NOT_PROVIDED) -> Any:
        """Return the cached object of the present key."""
        state = instance._state
        try:
            found = state.fields_cache[self.name]
        except KeyError:
            if default is NOT_PROVIDED:
                raise
            return default
        stored = state.cached_for
        if stored is not None and self.name in stored:
            if stored[self.name] == instance.__dict__.get(self.attname, NOT_PROVIDED):
                return found
        elif found is not None:
            # A joined row: it belongs to the key as long as both say the same.
            target = self._joined_key
            if target is None:
                target = self.foreign_related_fields[0].attname
                if found.__dict__.get(target) == instance.__dict__.get(self.attname):
                    return found
            elif getattr(found, target) == getattr(instance, self.attname):
                return found
        if self._is_stale(instance):
            self.delete_cached_value(instance)
            return super().get_cached_value(instance, default)
        return found

    def set_cached_value(self, instance: Any, value: Any) -> None:
        """Remember *value* as the object of the present key."""
        state = instance._state
        state.fields_cache[self.name] = value
        if state.cached_for is None:
            state.cached_for = {}
        # A deferred key is NOT_PROVIDED: the object stays until the key is read and says otherwise.
        state.cached_for[self.name] = instance.__dict__.get(self.attname, NOT_PROVIDED)

    def delete_cached_value(self, instance: Any) -> None:
        """Forget the cached object."""
        state = instance._state
        del state.fields_cache[self.name]
        if state.cached_for is not None:
            state.cached_for.pop(self.name, None)

    # -- values ------------------------------------------------------------------------

    def to_python(self, value: Any) -> Any:
        """Return *value* as the related key's type."""
        return self.target_field.to_python(value)

    def get_default(self) -> Any:
        """Return the default; an object stands for its key."""
        default = super().get_default()
        if isinstance(default, self.remote_field.model):
            return getattr(default, self.target_field.attname)
        return default

    def validate(self, value: Any, model_instance: Any) -> None:
        """Check that the object exists and is within ``limit_choices_to``. Queries: 1."""
        if self.remote_field.parent_link:
            return
        super().validate(value, model_instance)
        if value is None:
            return
        using = router.db_for_read(self.remote_field.model, instance=model_instance)
        rows = self.remote_field.model._base_manager.using(using).filter(**{self.remote_field.field_name: value})
        rows = rows.complex_filter(self.get_limit_choices_to())
        if not rows.exists():
            raise exceptions.ValidationError(
                self.error_messages["invalid"],
                code="invalid",
                params={
                    "model": self.remote_field.model._meta.verbose_name,
                    "pk": value,
                    "field": self.remote_field.field_name,
                    "value": value,
                },
            )

    def get_prep_value(self, value: Any) -> Any:
        """Return the key, prepared by the related field."""
        return self.target_field.get_prep_value(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Return the key for the driver; an empty text means no object."""
        if value is None or (
            value == ""
            and self.target_field.empty_strings_allowed
            and connection.features.interprets_empty_strings_as_nulls
        ):
            return None
        return self.target_field.get_db_prep_save(value, connection=connection)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return the key for the driver, made by the related field."""
        return self.target_field.get_db_prep_value(value, connection, prepared)

    def bind_converter(self, connection: Any) -> Any:
        """Return the related field's converter."""
        return self.target_field.bind_converter(connection)

    def result_converter(self, connection: Any) -> Any:
        """Return the related field's converter."""
        return self.target_field.result_converter(connection)

    def column_type(self) -> Any:
        """Return the related field's type."""
        return self.target_field.column_type()

    # -- column ------------------------------------------------------------------------

    def db_check(self, connection: Any) -> None:
        """Return None: the key's range is the related column's concern."""
        return None

    def db_type(self, connection: Any) -> str | None:
        """Return the type that a column pointing at the related key has."""
        return self.target_field.rel_db_type(connection=connection)  # type: ignore[no-any-return]

    def rel_db_type(self, connection: Any) -> str | None:
        """Return the type of a column that points at this key."""
        return self.db_type(connection)

    def cast_db_type(self, connection: Any) -> str | None:
        """Return the related key's type for CAST."""
        return self.target_field.cast_db_type(connection=connection)  # type: ignore[no-any-return]

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Return type, check and the related column's collation."""
        target = self.target_field.db_parameters(connection)
        return {
            "type": self.db_type(connection),
            "check": None,
            "collation": target.get("collation"),
        }

    def get_col(self, alias: Any, output_field: Any = None) -> Any:
        """Return the column, typed by the field at the end of the chain of keys."""
        if output_field is None:
            output_field = self.target_field
            while isinstance(output_field, ForeignKey):
                output_field = output_field.target_field
                if output_field is self:
                    raise ValueError("Cannot resolve output_field.")
        return super().get_col(alias, output_field)

    # -- forms -------------------------------------------------------------------------

    def formfield(self, *, using: str | None = None, **kwargs: Any) -> Any:  # type: ignore[override]
        """Return a select of the related objects."""
        if isinstance(self.remote_field.model, str):
            raise ValueError(
                f"Cannot create form field for {self.name!r} yet, because its related model {self.remote_field.model!r} has not been loaded yet"
            )
        return super().formfield(
            **{
                "form_class": "ModelChoiceField",
                "queryset": self.remote_field.model._default_manager.using(using),
                "to_field_name": self.remote_field.field_name,
                **kwargs,
                "blank": self.blank,
            }
        )

    def value_from_object(self, obj: Any) -> Any:
        """Return the key."""
        return getattr(obj, self.attname)
