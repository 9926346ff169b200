"""``GenericRelation``: the reverse of a generic foreign key, declared on the model it points at."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer

from fastjango.contrib.contenttypes.generic_foreign_key import GenericForeignKey
from fastjango.contrib.contenttypes.generic_managers import create_generic_related_manager
from fastjango.contrib.contenttypes.models import ContentType
from fastjango.core import checks
from fastjango.db import DEFAULT_DB_ALIAS, models
from fastjango.db.models import DO_NOTHING, ForeignObject, ForeignObjectRel
from fastjango.db.models.base import make_foreign_order_accessors
from fastjango.db.models.expressions import Expression
from fastjango.db.models.query_utils import PathInfo
from fastjango.db.models.relations import lazy_related_operation
from fastjango.db.models.relations.reverse_accessors import ReverseManyToOneDescriptor
from fastjango.db.models.sql.where import AND, WhereNode
from fastjango.utils.functional import cached_property


class ContentTypeKey(Expression):
    """The key of a relation's content type, looked up at each execution: plans outlive its row."""

    contains_column_references = False

    def __init__(self, relation: Any) -> None:
        super().__init__(output_field=models.IntegerField())
        self.relation = relation

    def build_clause(self, ctx: Any) -> Any:
        """Return the clause."""
        return ctx.bind(None, None, None, lambda _: self.relation.get_content_type().pk, Integer())

    def get_group_by_cols(self) -> list[Any]:
        """Return the columns that must be grouped."""
        return []


class GenericRel(ForeignObjectRel):
    """What the model with the generic foreign key knows of the relation."""

    def __init__(
        self,
        field: Any,
        to: Any,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
    ) -> None:
        super().__init__(
            field,
            to,
            # Without a name for queries there is no way back from there.
            related_name=related_query_name or "+",
            related_query_name=related_query_name,
            limit_choices_to=limit_choices_to,
            on_delete=DO_NOTHING,
        )


class GenericRelation(ForeignObject):  # type: ignore[type-arg,unused-ignore]
    """All objects whose generic foreign key points at an instance."""

    auto_created = False
    empty_strings_allowed = False
    many_to_many = False
    many_to_one = False
    one_to_many = True
    one_to_one = False
    rel_class = GenericRel
    mti_inherited = False

    def __init__(
        self,
        to: Any,
        object_id_field: str = "object_id",
        content_type_field: str = "content_type",
        for_concrete_model: bool = True,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        **kwargs: Any,
    ) -> None:
        kwargs["rel"] = self.rel_class(
            self, to, related_query_name=related_query_name, limit_choices_to=limit_choices_to
        )
        # The other table points here: nothing of this one may be null or edited through it.
        kwargs["null"] = True
        kwargs["blank"] = True
        kwargs["on_delete"] = models.CASCADE
        kwargs["editable"] = False
        kwargs["serialize"] = False
        super().__init__(to, from_fields=[object_id_field], to_fields=[], **kwargs)
        self.object_id_field_name = object_id_field
        self.content_type_field_name = content_type_field
        self.for_concrete_model = for_concrete_model

    # -- checks

    def check(self, **kwargs: Any) -> list[Any]:
        """Return the problems of the field; there must be a generic foreign key over there."""
        return [*super().check(**kwargs), *self._check_generic_foreign_key_existence()]

    def _is_matching_generic_foreign_key(self, field: Any) -> bool:
        return (
            isinstance(field, GenericForeignKey)
            and field.ct_field == self.content_type_field_name
            and field.fk_field == self.object_id_field_name
        )

    def _check_generic_foreign_key_existence(self) -> list[Any]:
        target = self.remote_field.model
        if not isinstance(target, type) or not hasattr(target, "_meta"):
            return []
        if any(self._is_matching_generic_foreign_key(field) for field in target._meta.private_fields):
            return []
        return [
            checks.Error(
                "The GenericRelation defines a relation with the model "
                f"'{target._meta.label}', but that model does not have a GenericForeignKey.",
                obj=self,
                id="contenttypes.E004",
            )
        ]

    # -- paths

    def resolve_related_fields(self) -> list[tuple[Any, Any]]:
        """Return the pair of the far table's key column and this model's key."""
        self.to_fields = [self.model._meta.pk.name]
        return [(self.remote_field.model._meta.get_field(self.object_id_field_name), self.model._meta.pk)]

    @cached_property
    def local_related_fields(self) -> tuple[Any, ...]:
        """The fields of the far table that hold the key."""
        return tuple(local for local, _ in self.related_fields)

    def get_local_related_value(self, instance: Any) -> tuple[Any, ...]:
        """Return the key of an instance of this model."""
        return self.get_instance_value_for_fields(instance, self.foreign_related_fields)

    def get_foreign_related_value(self, instance: Any) -> tuple[Any, ...]:
        """Return the key that a far object points at, in the type of this model's key."""
        values = self.get_instance_value_for_fields(instance, self.local_related_fields)
        return tuple(field.to_python(value) for field, value in zip(self.foreign_related_fields, values, strict=True))

    def _get_path_info_with_parent(self, filtered_relation: Any) -> list[Any]:
        """
        Return the path by way of the parent that the relation is declared on.

        The content type is that of the child; the key, that of the parent.
        """
        path: list[Any] = []
        opts = self.remote_field.model._meta.concrete_model._meta
        parent_opts = opts.get_field(self.object_id_field_name).model._meta
        target = parent_opts.pk
        path.append(
            PathInfo(
                from_opts=self.model._meta,
                to_opts=parent_opts,
                target_fields=(target,),
                join_field=self.remote_field,
                m2m=True,
                direct=False,
                filtered_relation=filtered_relation,
            )
        )
        parent_field_chain = []
        while parent_opts != opts:
            link = opts.get_ancestor_link(parent_opts.model)
            parent_field_chain.append(link)
            opts = link.remote_field.model._meta
        parent_field_chain.reverse()
        for link in parent_field_chain:
            path.extend(link.remote_field.path_infos)
        return path

    def get_path_info(self, filtered_relation: Any = None) -> list[Any]:
        """Return the joins from this model to the objects that point at it."""
        opts = self.remote_field.model._meta
        object_id_field = opts.get_field(self.object_id_field_name)
        if object_id_field.model != opts.model:
            return self._get_path_info_with_parent(filtered_relation)
        return [
            PathInfo(
                from_opts=self.model._meta,
                to_opts=opts,
                target_fields=(opts.pk,),
                join_field=self.remote_field,
                m2m=True,
                direct=False,
                filtered_relation=filtered_relation,
            )
        ]

    def get_reverse_path_info(self, filtered_relation: Any = None) -> list[Any]:
        """Return the join from there to this model."""
        opts = self.model._meta
        return [
            PathInfo(
                from_opts=self.remote_field.model._meta,
                to_opts=opts,
                target_fields=(opts.pk,),
                join_field=self,
                m2m=False,
                direct=False,
                filtered_relation=filtered_relation,
            )
        ]

    def value_to_string(self, obj: Any) -> str:
        """Return the keys of the objects, for serializers."""
        return str([instance.pk for instance in getattr(obj, self.name).all()])

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = True, **kwargs: Any) -> None:
        """Become a field of the model *cls*."""
        super().contribute_to_class(cls, name, private_only=True, **kwargs)
        self.model = cls
        if self.mti_inherited:
            # The parent's relation is the way back; a child's copy has none.
            self.remote_field.related_name = "+"
            self.remote_field.related_query_name = None
        # Children inherit the relation; each has its own content type.
        if not cls._meta.abstract:
            setattr(cls, self.name, ReverseGenericManyToOneDescriptor(self.remote_field))

            def make_generic_foreign_order_accessors(related_model: Any, model: Any) -> None:
                if self._is_matching_generic_foreign_key(model._meta.order_with_respect_to):
                    make_foreign_order_accessors(model, related_model)

            lazy_related_operation(make_generic_foreign_order_accessors, self.model, self.remote_field.model)

    def set_attributes_from_rel(self) -> None:
        """Do nothing: the other side has no name of its own."""

    def get_internal_type(self) -> str:
        """Return the name of the field type by which others know it."""
        return "ManyToManyField"

    def get_content_type(self) -> Any:
        """Return the content type of this model. Queries: 0 or 1."""
        return ContentType.objects.get_for_model(self.model, for_concrete_model=self.for_concrete_model)

    def get_extra_restriction(self, alias: Any, remote_alias: Any) -> Any:
        """Return the condition that the far row points at this model."""
        field = self.remote_field.model._meta.get_field(self.content_type_field_name)
        lookup = field.get_lookup("exact")(field.get_col(remote_alias), ContentTypeKey(self))
        return WhereNode([lookup], connector=AND)

    def bulk_related_objects(self, objs: Any, using: str = DEFAULT_DB_ALIAS) -> Any:
        """Return all objects that point at any of *objs* (deletion follows them)."""
        return self.remote_field.model._base_manager.db_manager(using).filter(
            **{
                f"{self.content_type_field_name}__pk": ContentType.objects.db_manager(using)
                .get_for_model(self.model, for_concrete_model=self.for_concrete_model)
                .pk,
                f"{self.object_id_field_name}__in": [obj.pk for obj in objs],
            }
        )


class ReverseGenericManyToOneDescriptor(ReverseManyToOneDescriptor):
    """Gives the manager of the objects that point at an instance."""

    @cached_property
    def related_manager_cls(self) -> Any:
        """The manager class, made from the far model's default manager."""
        return create_generic_related_manager(self.rel.model._default_manager.__class__, self.rel)


__all__ = ["GenericRel", "GenericRelation", "ReverseGenericManyToOneDescriptor"]
