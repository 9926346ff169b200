"""``RelatedField``: what foreign keys and many-to-many fields share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.apps import apps
from fastjango.core import exceptions
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.mixins import FieldCacheMixin
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.db.models.query_utils import Q
from fastjango.db.models.relations.checks import RelationChecks
from fastjango.db.models.relations.pending import lazy_related_operation
from fastjango.utils.functional import cached_property

if TYPE_CHECKING:
    from collections.abc import Sequence


class RelatedField(RelationChecks, FieldCacheMixin, Field[ST, GT]):
    """A field whose value is another model's object."""

    one_to_many = False
    one_to_one = False
    many_to_many = False
    many_to_one = False

    def __init__(
        self,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        **kwargs: Any,
    ) -> None:
        self._related_name = related_name
        self._related_query_name = related_query_name
        self._limit_choices_to = limit_choices_to
        super().__init__(**kwargs)

    @cached_property
    def related_model(self) -> Any:
        """The related model; it is known once all models are loaded."""
        apps.check_models_ready()
        return self.remote_field.model

    def db_type(self, connection: Any) -> str | None:
        """Return None: a relation as such has no column."""
        return None

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False, **kwargs: Any) -> None:
        """Bind the field and, once the related model exists, the reverse side."""
        super().contribute_to_class(cls, name, private_only=private_only, **kwargs)
        self.opts = cls._meta
        if cls._meta.abstract:
            return
        names = {
            "class": cls.__name__.lower(),
            "model_name": cls._meta.model_name.lower(),
            "app_label": cls._meta.app_label.lower(),
        }
        related_name = self.remote_field.related_name or self.opts.default_related_name
        if related_name:
            self.remote_field.related_name = related_name % names
        if self.remote_field.related_query_name:
            self.remote_field.related_query_name = self.remote_field.related_query_name % names
        lazy_related_operation(_resolve_related_class, cls, self.remote_field.model, field=self)

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if self._limit_choices_to:
            keywords["limit_choices_to"] = self._limit_choices_to
        if self._related_name is not None:
            keywords["related_name"] = self._related_name
        if self._related_query_name is not None:
            keywords["related_query_name"] = self._related_query_name
        return name, path, args, keywords

    def get_forward_related_filter(self, obj: Any) -> dict[str, Any]:
        """Return the lookup that finds the rows of this model that point at *obj*."""
        return {
            f"{self.name}__{rhs.name}": getattr(obj, rhs.attname)
            for _lhs, rhs in self.related_fields  # type: ignore[attr-defined]
        }

    def get_reverse_related_filter(self, obj: Any) -> Any:
        """Return the condition that finds the related rows that *obj* points at."""

        base = Q.create(
            [
                (rhs.attname, getattr(obj, lhs.attname))
                for lhs, rhs in self.related_fields  # type: ignore[attr-defined]
            ]
        )
        extra = self.get_extra_descriptor_filter(obj)  # type: ignore[attr-defined]
        if isinstance(extra, dict):
            extra = Q(**extra)
        return base & extra if extra else base

    @property
    def swappable_setting(self) -> str | None:
        """The setting that names the related model, if the model can be swapped."""
        if not self.swappable:  # type: ignore[attr-defined]
            return None
        to = self.remote_field.model
        if not isinstance(to, str):
            to = to._meta.label
        return apps.get_swappable_settings_name(to)

    def set_attributes_from_rel(self) -> None:
        """Take name and label from the related model where the declaration gives none."""
        related = self.remote_field.model._meta
        self.name = self.name or f"{related.model_name}_{related.pk.name}"
        if self.verbose_name is None:
            self.verbose_name = related.verbose_name
        self.remote_field.set_field_name()

    def do_related_class(self, other: Any, cls: Any) -> None:
        """Finish the relation now that the related model is there."""
        self.set_attributes_from_rel()
        self.contribute_to_related_class(other, self.remote_field)  # type: ignore[attr-defined]

    def get_limit_choices_to(self) -> Any:
        """Return the limit on related objects; a function is called each time."""
        limits = self.remote_field.limit_choices_to
        return limits() if callable(limits) else limits

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a form field that respects ``limit_choices_to``."""
        defaults: dict[str, Any] = {}
        if hasattr(self.remote_field, "get_related_field"):
            # A function must be called for each form, so it is passed on.
            defaults["limit_choices_to"] = self.remote_field.limit_choices_to
        return super().formfield(form_class, choices_form_class, **{**defaults, **kwargs})

    def related_query_name(self) -> str:
        """Return the name of the reverse relation in queries."""
        remote = self.remote_field
        return str(remote.related_query_name or remote.related_name or self.opts.model_name)

    @property
    def target_field(self) -> Any:
        """The one field of the related model that this relation points at."""
        targets = self.path_infos[-1].target_fields  # type: ignore[attr-defined]
        if len(targets) > 1:
            raise exceptions.FieldError(
                "The relation has multiple target fields, but only single target field was asked for"
            )
        return targets[0]

    @cached_property
    def cache_name(self) -> str:
        """The key of cached objects."""
        return self.name  # type: ignore[no-any-return]


def _resolve_related_class(model: Any, related: Any, field: Any) -> None:
    field.remote_field.model = related
    field.do_related_class(related, model)


__all__ = ["RelatedField"]
