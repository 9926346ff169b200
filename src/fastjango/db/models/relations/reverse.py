"""The other side of a relation: what the related model knows of it.

A reverse relation behaves like a field in queries: it has a name, a path and lookups, all
taken from the forward field.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from fastjango.core import exceptions
from fastjango.db.models.fields import BLANK_CHOICE_DASH
from fastjango.db.models.fields.mixins import FieldCacheMixin
from fastjango.utils.deprecation import RemovedInDjango60Warning
from fastjango.utils.functional import cached_property
from fastjango.utils.hashable import make_hashable

if TYPE_CHECKING:
    from collections.abc import Sequence


def warn_of_columns(old: str, new: str) -> None:
    """Warn a caller of a method that gives columns."""
    warnings.warn(f"{old} is deprecated. Use {new} instead.", RemovedInDjango60Warning, stacklevel=3)


class ForeignObjectRel(FieldCacheMixin):
    """The reverse of a ``ForeignObject``."""

    auto_created = True
    concrete = False
    editable = False
    is_relation = True
    generated = False
    primary_key = False

    # Joins along the reverse may find nothing.
    null = True
    empty_strings_allowed = False

    def __init__(
        self,
        field: Any,
        to: Any,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        parent_link: bool = False,
        on_delete: Any = None,
    ) -> None:
        self.field = field
        self.model = to
        self.related_name = related_name
        self.related_query_name = related_query_name
        self.limit_choices_to = {} if limit_choices_to is None else limit_choices_to
        self.parent_link = parent_link
        self.on_delete = on_delete
        self.symmetrical = False
        self.multiple = True

    @cached_property
    def hidden(self) -> bool:
        """Whether the related model shows nothing of the relation."""
        return bool(self.related_name) and self.related_name[-1] == "+"  # type: ignore[index]

    @cached_property
    def name(self) -> str:
        """The name of the reverse relation in queries."""
        return self.field.related_query_name()  # type: ignore[no-any-return]

    @property
    def remote_field(self) -> Any:
        """The forward field."""
        return self.field

    @property
    def target_field(self) -> Any:
        """The field that joins along the reverse arrive at."""
        targets = self.path_infos[-1].target_fields
        if len(targets) > 1:
            raise exceptions.FieldError("Can't use target_field for multicolumn relations.")
        return targets[0]

    @cached_property
    def related_model(self) -> Any:
        """The model that declares the forward field."""
        if not self.field.model:
            raise AttributeError(
                "This property can't be accessed before self.field.contribute_to_class has been called."
            )
        return self.field.model

    @cached_property
    def many_to_many(self) -> bool:
        """Whether both sides are many."""
        return self.field.many_to_many  # type: ignore[no-any-return]

    @cached_property
    def many_to_one(self) -> bool:
        """Whether this side is the many of a one-to-many field."""
        return self.field.one_to_many  # type: ignore[no-any-return]

    @cached_property
    def one_to_many(self) -> bool:
        """Whether this side is the one of a foreign key."""
        return self.field.many_to_one  # type: ignore[no-any-return]

    @cached_property
    def one_to_one(self) -> bool:
        """Whether both sides are one."""
        return self.field.one_to_one  # type: ignore[no-any-return]

    def get_lookup(self, lookup_name: str) -> Any:
        """Return the forward field's lookup."""
        return self.field.get_lookup(lookup_name)

    def get_lookups(self) -> Any:
        """Return the forward field's lookups."""
        return self.field.get_lookups()

    def get_transform(self, name: str) -> Any:
        """Return the forward field's transform."""
        return self.field.get_transform(name)

    def get_internal_type(self) -> str:
        """Return the forward field's type name."""
        return self.field.get_internal_type()  # type: ignore[no-any-return]

    def get_prep_value(self, value: Any) -> Any:
        """Prepare a key of this side."""
        return self.target_field.get_prep_value(value)

    def column_type(self) -> Any:
        """Return the type of this side's key."""
        return self.target_field.column_type()

    def bind_converter(self, connection: Any) -> Any:
        """Return the converter of this side's key."""
        return self.target_field.bind_converter(connection)

    def result_converter(self, connection: Any) -> Any:
        """Return the converter of this side's key."""
        return self.target_field.result_converter(connection)

    @property
    def db_type(self) -> Any:
        """The forward field's ``db_type``."""
        return self.field.db_type

    def __repr__(self) -> str:
        opts = self.related_model._meta
        return f"<{type(self).__name__}: {opts.app_label}.{opts.model_name}>"

    @property
    def identity(self) -> tuple[Any, ...]:
        """What makes two reverse relations equal."""
        return (
            self.field,
            self.model,
            self.related_name,
            self.related_query_name,
            make_hashable(self.limit_choices_to),
            self.parent_link,
            self.on_delete,
            self.symmetrical,
            self.multiple,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, self.__class__):
            return NotImplemented
        return self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        # Found again through the field.
        for name in ("related_model", "path_infos"):
            state.pop(name, None)
        return state

    def get_choices(
        self,
        include_blank: bool = True,
        blank_choice: Any = BLANK_CHOICE_DASH,
        limit_choices_to: Any = None,
        ordering: Sequence[Any] = (),
    ) -> list[tuple[Any, str]]:
        """Return the pairs for a select of related objects; used by filters."""
        limits = limit_choices_to or self.limit_choices_to
        rows = self.related_model._default_manager.complex_filter(limits)
        if ordering:
            rows = rows.order_by(*ordering)
        return (list(blank_choice) if include_blank else []) + [(row.pk, str(row)) for row in rows]

    def get_joining_fields(self) -> Any:
        """Return the pairs of fields that a join along the reverse compares."""
        return self.field.get_reverse_joining_fields()

    def get_joining_columns(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of columns that a join compares; the older method."""
        warn_of_columns("ForeignObjectRel.get_joining_columns()", "get_joining_fields()")
        return tuple((lhs.column, rhs.column) for lhs, rhs in self.get_joining_fields())

    def get_extra_restriction(self, alias: Any, related_alias: Any) -> Any:
        """Return a further condition of the join."""
        return self.field.get_extra_restriction(related_alias, alias)

    def set_field_name(self) -> None:
        """Decide which field the relation points at; more than one column has no name."""
        self.field_name: str | None = None

    @cached_property
    def accessor_name(self) -> str | None:
        """The attribute on the related model."""
        return self.get_accessor_name()

    def get_accessor_name(self, model: Any = None) -> str | None:
        """Return the attribute on the related model; None where there is none."""
        # A foreign key to a parent link's model may be asked by its child.
        opts = model._meta if model else self.related_model._meta
        model = model or self.related_model
        if self.multiple and self.symmetrical and model == self.model:
            return None
        if self.related_name:
            return self.related_name
        return opts.model_name + ("_set" if self.multiple else "")  # type: ignore[no-any-return]

    def get_path_info(self, filtered_relation: Any = None) -> Any:
        """Return the joins of the reverse direction."""
        if filtered_relation:
            return self.field.get_reverse_path_info(filtered_relation)
        return self.field.reverse_path_infos

    @cached_property
    def path_infos(self) -> Any:
        """The joins of the reverse direction."""
        return self.get_path_info()

    @property
    def cache_name(self) -> str:
        """The key of cached objects."""
        return self.accessor_name  # type: ignore[return-value]


class ManyToOneRel(ForeignObjectRel):
    """The reverse of a ``ForeignKey``: one object, many that point at it."""

    def __init__(
        self,
        field: Any,
        to: Any,
        field_name: str | None,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        parent_link: bool = False,
        on_delete: Any = None,
    ) -> None:
        super().__init__(
            field,
            to,
            related_name=related_name,
            related_query_name=related_query_name,
            limit_choices_to=limit_choices_to,
            parent_link=parent_link,
            on_delete=on_delete,
        )
        self.field_name = field_name

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        state.pop("related_model", None)
        return state

    @property
    def identity(self) -> tuple[Any, ...]:
        """What makes two reverse relations equal."""
        return (*super().identity, self.field_name)

    def get_related_field(self) -> Any:
        """Return the field of the related model that the key points at."""
        field = self.model._meta.get_field(self.field_name)
        if not field.concrete:
            raise exceptions.FieldDoesNotExist(f"No related field named '{self.field_name}'")
        return field

    def set_field_name(self) -> None:
        """Point at the primary key unless told otherwise."""
        self.field_name = self.field_name or self.model._meta.pk.name


class OneToOneRel(ManyToOneRel):
    """The reverse of a ``OneToOneField``: at most one object."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.multiple = False


class ManyToManyRel(ForeignObjectRel):
    """The reverse of a ``ManyToManyField``."""

    def __init__(
        self,
        field: Any,
        to: Any,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        symmetrical: bool = True,
        through: Any = None,
        through_fields: Any = None,
        db_constraint: bool = True,
    ) -> None:
        super().__init__(
            field,
            to,
            related_name=related_name,
            related_query_name=related_query_name,
            limit_choices_to=limit_choices_to,
        )
        if through and not db_constraint:
            raise ValueError("Can't supply a through model and db_constraint=False")
        self.through = through
        if through_fields and not through:
            raise ValueError("Cannot specify through_fields without a through model")
        self.through_fields = through_fields
        self.symmetrical = symmetrical
        self.db_constraint = db_constraint

    @property
    def identity(self) -> tuple[Any, ...]:
        """What makes two reverse relations equal."""
        return (
            *super().identity,
            self.through,
            make_hashable(self.through_fields),
            self.db_constraint,
        )

    @property
    def has_plain_table(self) -> bool:
        """Whether the table between was made for the relation alone, so that forms and inputs may set it."""
        return bool(self.through._meta.auto_created or getattr(self.through, "is_between", False))

    def get_related_field(self) -> Any:
        """Return the field of the related model that the intermediate table points at."""
        opts = self.through._meta
        if self.through_fields:
            link = opts.get_field(self.through_fields[0])
        else:
            link = next(
                field
                for field in opts.fields
                if getattr(field, "remote_field", None) and field.remote_field.model == self.model
            )
        return link.foreign_related_fields[0]
