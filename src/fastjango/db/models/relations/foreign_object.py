"""``ForeignObject``: a relation over one or more columns; the base of ``ForeignKey``."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, overload

from fastjango.conf import SettingsReference
from fastjango.core import checks, exceptions
from fastjango.db.models.fields.composite import CompositePrimaryKey
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.db.models.query_utils import PathInfo
from fastjango.db.models.relations.forward import ForwardManyToOneDescriptor
from fastjango.db.models.relations.pending import RECURSIVE_RELATIONSHIP_CONSTANT
from fastjango.db.models.relations.related_field import RelatedField
from fastjango.db.models.relations.reverse import ForeignObjectRel, warn_of_columns
from fastjango.db.models.relations.reverse_accessors import ReverseManyToOneDescriptor
from fastjango.utils.functional import cached_property

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastjango.core.checks import CheckMessage
    from fastjango.db.models.fields.attribute import ForeignKeyDeferredAttribute


class ForeignObject(RelatedField[ST, GT]):
    """A relation whose columns are other fields of the model (``from_fields``)."""

    many_to_many = False
    many_to_one = True
    one_to_many = False
    one_to_one = False

    requires_unique_target = True
    related_accessor_class: Any = ReverseManyToOneDescriptor
    forward_related_accessor_class: Any = ForwardManyToOneDescriptor
    rel_class: Any = ForeignObjectRel

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> ForeignKeyDeferredAttribute[GT]: ...
        @overload
        def __get__(self, instance: object, owner: Any = None) -> GT: ...
        def __get__(self, instance: Any, owner: Any = None) -> Any: ...

    def __init__(
        self,
        to: Any,
        on_delete: Any,
        from_fields: Any,
        to_fields: Any,
        rel: Any = None,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        parent_link: bool = False,
        swappable: bool = True,
        **kwargs: Any,
    ) -> None:
        if rel is None:
            rel = self.rel_class(
                self,
                to,
                related_name=related_name,
                related_query_name=related_query_name,
                limit_choices_to=limit_choices_to,
                parent_link=parent_link,
                on_delete=on_delete,
            )
        super().__init__(
            rel=rel,
            related_name=related_name,
            related_query_name=related_query_name,
            limit_choices_to=limit_choices_to,
            **kwargs,
        )
        self.from_fields = from_fields
        self.to_fields = to_fields
        self.swappable = swappable

    def __copy__(self) -> Any:
        twin = super().__copy__()
        # These belong to the model that the copy will be bound to.
        for name in (
            "path_infos",
            "reverse_path_infos",
            "related_fields",
            "reverse_related_fields",
            "local_related_fields",
            "foreign_related_fields",
            "cached_col",
        ):
            twin.__dict__.pop(name, None)
        return twin

    # -- checks ------------------------------------------------------------------------

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field and of the fields it points at."""
        return [
            *super().check(**kwargs),
            *self._check_to_fields_exist(),
            *self._check_to_fields_composite_pk(),
            *self._check_unique_target(),
            *self._check_conflict_with_managers(),
        ]

    def _check_to_fields_exist(self) -> list[CheckMessage]:
        # A missing model has been reported already.
        if isinstance(self.remote_field.model, str):
            return []
        target = self.remote_field.model._meta
        found: list[CheckMessage] = []
        for name in self.to_fields:
            if not name:
                continue
            try:
                target.get_field(name)
            except exceptions.FieldDoesNotExist:
                message = f"The to_field '{name}' doesn't exist on the related model '{target.label}'."
                found.append(checks.Error(message, obj=self, id="fields.E312"))
        return found

    def _check_to_fields_composite_pk(self) -> list[CheckMessage]:
        if isinstance(self.remote_field.model, str):
            return []
        target = self.remote_field.model._meta
        found: list[CheckMessage] = []
        for name in self.to_fields:
            try:
                field = target.pk if name is None else target.get_field(name)
            except exceptions.FieldDoesNotExist:
                continue
            if isinstance(field, CompositePrimaryKey):
                message = f"Field defines a relation involving model {target.object_name!r} which has a CompositePrimaryKey and such relations are not supported."
                found.append(checks.Error(message, obj=self, id="fields.E347"))
        return found

    def _check_unique_target(self) -> list[CheckMessage]:
        if isinstance(self.remote_field.model, str) or not self.requires_unique_target:
            return []
        try:
            targets: Any = self.foreign_related_fields
        except exceptions.FieldDoesNotExist:
            return []
        if not targets:
            return []
        opts = self.remote_field.model._meta
        unique_sets: set[frozenset[str]] = {
            frozenset([field.name]) for field in opts.local_fields if getattr(field, "unique", False)
        }
        unique_sets.update(frozenset(names) for names in opts.unique_together)
        unique_sets.update(frozenset(each.fields) for each in opts.total_unique_constraints)
        if isinstance(opts.pk, CompositePrimaryKey):
            unique_sets.add(frozenset(field.name for field in opts.pk_fields))
        wanted = {field.name for field in targets}
        if any(names <= wanted for names in unique_sets) or any(field.unique for field in targets):
            return []
        model_name = self.remote_field.model.__name__
        if len(targets) > 1:
            listed = ", ".join(f"'{field.name}'" for field in targets)
            return [
                checks.Error(
                    f"No subset of the fields {listed} on model '{model_name}' is unique.",
                    hint=(
                        "Mark a single field as unique=True or add a set of fields to a unique constraint (via unique_together or a UniqueConstraint (without condition) in the model Meta.constraints)."
                    ),
                    obj=self,
                    id="fields.E310",
                )
            ]
        return [
            checks.Error(
                f"'{model_name}.{targets[0].name}' must be unique because it is referenced by a foreign key.",
                hint=(
                    "Add unique=True to this field or add a UniqueConstraint (without condition) in the model Meta.constraints."
                ),
                obj=self,
                id="fields.E311",
            )
        ]

    def _check_conflict_with_managers(self) -> list[CheckMessage]:
        if self.remote_field.hidden or isinstance(self.remote_field.model, str):
            return []
        opts = self.remote_field.model._meta
        accessor = self.remote_field.get_accessor_name()
        return [
            checks.Error(
                f"Related name '{accessor}' for '{self.model._meta.label}.{self.name}' clashes with the name of a model manager.",
                hint=(
                    f"Rename the model manager or change the related_name argument in the definition for field '{self.model._meta.label}.{self.name}'."
                ),
                obj=self,
                id="fields.E348",
            )
            for manager in opts.managers
            if manager.name == accessor
        ]

    # -- columns -----------------------------------------------------------------------

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        keywords["on_delete"] = self.remote_field.on_delete
        keywords["from_fields"] = self.from_fields
        keywords["to_fields"] = self.to_fields
        if self.remote_field.parent_link:
            keywords["parent_link"] = self.remote_field.parent_link
        target = self.remote_field.model
        if isinstance(target, str):
            if "." in target:
                app_label, model_name = target.split(".")
                keywords["to"] = f"{app_label}.{model_name.lower()}"
            else:
                keywords["to"] = target.lower()
        else:
            keywords["to"] = target._meta.label_lower
        setting = self.swappable_setting
        if setting is not None:
            if getattr(keywords["to"], "setting_name", setting) != setting:
                raise ValueError(
                    "Cannot deconstruct a ForeignKey pointing to a model that is swapped in place of more than one model ({} and {})".format(
                        getattr(keywords["to"], "setting_name", None), setting
                    )
                )
            keywords["to"] = SettingsReference(keywords["to"], setting)
        return name, path, args, keywords

    def resolve_related_fields(self) -> list[tuple[Any, Any]]:
        """
        Return the pairs of local and foreign fields.

        Raises:
            ValueError: the related model is not loaded, or the counts differ.
        """
        if not self.from_fields or len(self.from_fields) != len(self.to_fields):
            raise ValueError("Foreign Object from and to fields must be the same non-zero length")
        if isinstance(self.remote_field.model, str):
            raise ValueError(f"Related model {self.remote_field.model!r} cannot be resolved")
        pairs = []
        for ours, theirs in zip(self.from_fields, self.to_fields, strict=True):
            local = self if ours == RECURSIVE_RELATIONSHIP_CONSTANT else self.opts.get_field(ours)
            target = self.remote_field.model._meta
            foreign = target.pk if theirs is None else target.get_field(theirs)
            pairs.append((local, foreign))
        return pairs

    @cached_property
    def related_fields(self) -> list[tuple[Any, Any]]:
        """The pairs of local and foreign fields."""
        return self.resolve_related_fields()

    @cached_property
    def reverse_related_fields(self) -> list[tuple[Any, Any]]:
        """The pairs of foreign and local fields."""
        return [(foreign, local) for local, foreign in self.related_fields]

    @cached_property
    def local_related_fields(self) -> tuple[Any, ...]:
        """The fields of this model that hold the key."""
        return tuple(local for local, _foreign in self.related_fields)

    @cached_property
    def foreign_related_fields(self) -> tuple[Any, ...]:
        """The fields of the related model that the key points at."""
        return tuple(foreign for _local, foreign in self.related_fields if foreign)

    def get_local_related_value(self, instance: Any) -> tuple[Any, ...]:
        """Return the key as *instance* holds it."""
        return self.get_instance_value_for_fields(instance, self.local_related_fields)

    def get_foreign_related_value(self, instance: Any) -> tuple[Any, ...]:
        """Return the key of a related object."""
        return self.get_instance_value_for_fields(instance, self.foreign_related_fields)

    @staticmethod
    def get_instance_value_for_fields(instance: Any, fields: Any) -> tuple[Any, ...]:
        """Return the values of *fields* on *instance*."""
        values = []
        opts = instance._meta
        for field in fields:
            # A child's key is its link to the parent: it may be known before the parent's is.
            if field.primary_key:
                link = opts.get_ancestor_link(field.model)
                if not link or link.primary_key or getattr(field, "parent_link", False):
                    values.append(instance.pk)
                    continue
            values.append(getattr(instance, field.attname))
        return tuple(values)

    def get_attname_column(self) -> tuple[Any, Any]:
        """Return the attribute; there is no column of its own."""
        attname, _column = super().get_attname_column()
        return attname, None

    # -- joins -------------------------------------------------------------------------

    def get_joining_fields(self, reverse_join: bool = False) -> tuple[tuple[Any, Any], ...]:
        """Return the pairs of fields that a join compares."""
        return tuple(self.reverse_related_fields if reverse_join else self.related_fields)

    def get_reverse_joining_fields(self) -> tuple[tuple[Any, Any], ...]:
        """Return the pairs of fields that a join from the other side compares."""
        return self.get_joining_fields(reverse_join=True)

    def get_joining_columns(self, reverse_join: bool = False) -> tuple[tuple[str, str], ...]:
        """Return the pairs of columns that a join compares; the older method."""
        warn_of_columns("ForeignObject.get_joining_columns()", "get_joining_fields()")
        return tuple((lhs.column, rhs.column) for lhs, rhs in self.get_joining_fields(reverse_join))

    def get_reverse_joining_columns(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of columns of a join from the other side; the older method."""
        warn_of_columns("ForeignObject.get_reverse_joining_columns()", "get_reverse_joining_fields()")
        return tuple((lhs.column, rhs.column) for lhs, rhs in self.get_reverse_joining_fields())

    def get_extra_descriptor_filter(self, instance: Any) -> Any:
        """Return a further condition for fetching the related object: a dict or a Q."""
        return {}

    def get_extra_restriction(self, alias: Any, related_alias: Any) -> Any:
        """Return a further condition of the join, or None."""
        return None

    def get_path_info(self, filtered_relation: Any = None) -> list[Any]:
        """Return the joins from this model to the related one."""
        opts = self.remote_field.model._meta
        return [
            PathInfo(
                from_opts=self.model._meta,
                to_opts=opts,
                target_fields=self.foreign_related_fields,
                join_field=self,
                m2m=False,
                direct=True,
                filtered_relation=filtered_relation,
            )
        ]

    @cached_property
    def path_infos(self) -> list[Any]:
        """The joins from this model to the related one."""
        return self.get_path_info()

    def get_reverse_path_info(self, filtered_relation: Any = None) -> list[Any]:
        """Return the joins from the related model to this one."""
        opts = self.model._meta
        return [
            PathInfo(
                from_opts=self.remote_field.model._meta,
                to_opts=opts,
                target_fields=(opts.pk,),
                join_field=self.remote_field,
                m2m=not self.unique,
                direct=False,
                filtered_relation=filtered_relation,
            )
        ]

    @cached_property
    def reverse_path_infos(self) -> list[Any]:
        """The joins from the related model to this one."""
        return self.get_reverse_path_info()

    @classmethod
    @functools.cache  # one entry per field class; registering a lookup clears it
    def get_class_lookups(cls) -> dict[str, Any]:
        """Return the lookups of relations; those of plain columns do not fit."""
        bases = cls.__mro__[: cls.__mro__.index(ForeignObject) + 1]
        return cls.merge_dicts([base.__dict__.get("class_lookups", {}) for base in bases])

    # -- binding -----------------------------------------------------------------------

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False, **kwargs: Any) -> None:
        """Bind the field and put its accessor on the model."""
        super().contribute_to_class(cls, name, private_only=private_only, **kwargs)
        setattr(cls, self.name, self.forward_related_accessor_class(self))

    def contribute_to_related_class(self, cls: Any, related: Any) -> None:
        """Put the reverse accessor on the related model."""
        # Hidden relations and swapped models show nothing.
        if not self.remote_field.hidden and not related.related_model._meta.swapped:
            setattr(
                cls._meta.concrete_model,
                related.get_accessor_name(),
                self.related_accessor_class(related),
            )
            # Functions are called when a form is made.
            if self.remote_field.limit_choices_to:
                cls._meta.related_fkey_lookups.append(self.remote_field.limit_choices_to)
