"""``ManyToManyField``: many on both sides, related by the rows of an intermediate table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, overload

from fastjango.conf import SettingsReference
from fastjango.db import connection
from fastjango.db.backends.utils import truncate_name
from fastjango.db.models import face_slot
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.db.models.relations.intermediate import create_many_to_many_intermediary_model
from fastjango.db.models.relations.many_checks import ManyToManyChecks
from fastjango.db.models.relations.pending import (
    RECURSIVE_RELATIONSHIP_CONSTANT,
    lazy_related_operation,
)
from fastjango.db.models.relations.related_field import RelatedField
from fastjango.db.models.relations.related_types import Related
from fastjango.db.models.relations.reverse import ManyToManyRel
from fastjango.db.models.relations.reverse_accessors import ManyToManyDescriptor
from fastjango.utils.functional import cached_property
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Sequence

R = TypeVar("R")


class ManyToManyField(ManyToManyChecks, RelatedField[ST, GT]):
    """A relation without a column; the attribute is a manager."""

    many_to_many = True
    many_to_one = False
    one_to_many = False
    one_to_one = False

    rel_class: Any = ManyToManyRel
    description = _("Many-to-many relationship")

    @overload
    def __init__(self: ManyToManyField[Any, Related[R]], to: type[R], *args: Any, **kwargs: Any) -> None: ...
    @overload
    def __init__(self, to: Any, *args: Any, **kwargs: Any) -> None: ...
    def __init__(
        self,
        to: Any,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        symmetrical: bool | None = None,
        through: Any = None,
        through_fields: Any = None,
        db_constraint: bool = True,
        db_table: str | None = None,
        swappable: bool = True,
        **kwargs: Any,
    ) -> None:
        try:
            to._meta  # noqa: B018 - is it a model?
        except AttributeError:
            if not isinstance(to, str):
                raise TypeError(
                    "%s(%r) is invalid. First parameter to ManyToManyField must be either a model, a model name, or the string %r"
                    % (type(self).__name__, to, RECURSIVE_RELATIONSHIP_CONSTANT)
                ) from None
        if symmetrical is None:
            symmetrical = to == RECURSIVE_RELATIONSHIP_CONSTANT
        if through is not None and db_table is not None:
            raise ValueError("Cannot specify a db_table if an intermediary model is used.")
        kwargs["rel"] = self.rel_class(
            self,
            to,
            related_name=related_name,
            related_query_name=related_query_name,
            limit_choices_to=limit_choices_to,
            symmetrical=symmetrical,
            through=through,
            through_fields=through_fields,
            db_constraint=db_constraint,
        )
        self.has_null_arg = "null" in kwargs
        super().__init__(
            related_name=related_name,
            related_query_name=related_query_name,
            limit_choices_to=limit_choices_to,
            **kwargs,
        )
        self.db_table = db_table
        self.swappable = swappable

    # -- rebuilding --------------------------------------------------------------------

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        remote = self.remote_field
        if self.db_table is not None:
            keywords["db_table"] = self.db_table
        if remote.db_constraint is not True:
            keywords["db_constraint"] = remote.db_constraint
        # Lowercase names: a change of case is no change of the model.
        if isinstance(remote.model, str):
            if "." in remote.model:
                app_label, model_name = remote.model.split(".")
                keywords["to"] = f"{app_label}.{model_name.lower()}"
            else:
                keywords["to"] = remote.model.lower()
        else:
            keywords["to"] = remote.model._meta.label_lower
        if getattr(remote, "through", None) is not None:
            if isinstance(remote.through, str):
                keywords["through"] = remote.through
            elif not remote.through._meta.auto_created:
                keywords["through"] = remote.through._meta.label
        if through_fields := getattr(remote, "through_fields", None):
            keywords["through_fields"] = through_fields
        setting = self.swappable_setting
        if setting is not None:
            if getattr(keywords["to"], "setting_name", setting) != setting:
                raise ValueError(
                    "Cannot deconstruct a ManyToManyField pointing to a model that is swapped in place of more than one model ({} and {})".format(
                        getattr(keywords["to"], "setting_name", None), setting
                    )
                )
            keywords["to"] = SettingsReference(keywords["to"], setting)
        return name, path, args, keywords

    # -- joins -------------------------------------------------------------------------

    def _get_path_info(self, direct: bool = False, filtered_relation: Any = None) -> list[Any]:
        through = self.remote_field.through
        near = through._meta.get_field(self.m2m_field_name())
        far = through._meta.get_field(self.m2m_reverse_field_name())
        if not direct:
            near, far = far, near
        first = near.reverse_path_infos
        last = far.get_path_info(filtered_relation) if filtered_relation else far.path_infos
        # A child's relation may be declared on its parent: then the parents are joined as well.
        start, end = first[0].to_opts, last[0].from_opts
        between = end.get_path_from_parent(start.model) or start.get_path_to_parent(end.model) if start != end else []
        return [*first, *between, *last]

    def get_path_info(self, filtered_relation: Any = None) -> list[Any]:
        """Return the joins from this model to the other."""
        return self._get_path_info(direct=True, filtered_relation=filtered_relation)

    @cached_property
    def path_infos(self) -> list[Any]:
        """The joins from this model to the other."""
        return self.get_path_info()

    def get_reverse_path_info(self, filtered_relation: Any = None) -> list[Any]:
        """Return the joins from the other model to this one."""
        return self._get_path_info(direct=False, filtered_relation=filtered_relation)

    @cached_property
    def reverse_path_infos(self) -> list[Any]:
        """The joins from the other model to this one."""
        return self.get_reverse_path_info()

    # -- intermediate table ------------------------------------------------------------

    def _get_m2m_db_table(self, opts: Any) -> str:
        """Return the name of the intermediate table."""
        through = self.remote_field.through
        if through is not None and not isinstance(through, str):
            return through._meta.db_table  # type: ignore[no-any-return]
        if self.db_table:
            return self.db_table
        name = f"{_without_quotes(opts.db_table)}_{self.name}"
        return truncate_name(name, connection.ops.max_name_length())

    def _get_m2m_attr(self, related: Any, attr: str) -> Any:
        return _link_attribute(self, related, attr, reverse=False)

    def _get_m2m_reverse_attr(self, related: Any, attr: str) -> Any:
        return _link_attribute(self, related, attr, reverse=True)

    def __copy__(self) -> Any:
        twin = super().__copy__()
        for name in [*twin.__dict__]:
            if name.startswith("_m2m_") or name in ("path_infos", "reverse_path_infos"):
                del twin.__dict__[name]
        return twin

    # -- binding -----------------------------------------------------------------------

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False, **kwargs: Any) -> None:
        """Bind the field; without a ``through`` model one is made."""
        remote = self.remote_field
        if remote.symmetrical and (remote.model in (RECURSIVE_RELATIONSHIP_CONSTANT, cls._meta.object_name)):
            # The reverse of a symmetrical relation is the relation itself: it needs no name.
            remote.related_name = f"{name}_rel_+"
        elif remote.hidden:
            # A hidden reverse still needs a name of its own for the intermediate keys.
            remote.related_name = f"_{cls._meta.app_label}_{cls.__name__.lower()}_{name}_+"
        super().contribute_to_class(cls, name, private_only=private_only, **kwargs)
        if not cls._meta.abstract:
            if remote.through:
                lazy_related_operation(_resolve_through_model, cls, remote.through, field=self)
            elif not cls._meta.swapped:
                remote.through = create_many_to_many_intermediary_model(self, cls)
        setattr(cls, self.name, ManyToManyDescriptor(remote, reverse=False))
        self.m2m_db_table = partial(self._get_m2m_db_table, cls._meta)

    def contribute_to_related_class(self, cls: Any, related: Any) -> None:
        """Put the reverse manager on the other model."""
        if not self.remote_field.hidden and not related.related_model._meta.swapped:
            setattr(
                cls,
                related.get_accessor_name(),
                ManyToManyDescriptor(self.remote_field, reverse=True),
            )
        self.m2m_column_name = partial(self._get_m2m_attr, related, "column")
        self.m2m_reverse_name = partial(self._get_m2m_reverse_attr, related, "column")
        self.m2m_field_name = partial(self._get_m2m_attr, related, "name")
        self.m2m_reverse_field_name = partial(self._get_m2m_reverse_attr, related, "name")
        self.m2m_target_field_name = partial(_link_target, self, related, reverse=False)
        self.m2m_reverse_target_field_name = partial(_link_target, self, related, reverse=True)

    def set_attributes_from_rel(self) -> None:
        """Nothing: name and label never come from the other model."""

    # -- values ------------------------------------------------------------------------

    def value_from_object(self, obj: Any) -> list[Any]:
        """Return the related objects. Queries: 1."""
        if not obj._is_pk_set():
            return []
        members = getattr(obj, self.attname)
        # An object of SQLAlchemy's session has a collection, and no manager.
        return list(members.all() if hasattr(members, "all") else members)

    def save_form_data(self, instance: Any, data: Any) -> None:
        """Relate the chosen objects."""
        members = getattr(instance, self.attname)
        if hasattr(members, "set"):
            members.set(data)
        else:
            face_slot.set_members(instance, self.attname, data)

    def formfield(self, *, using: str | None = None, **kwargs: Any) -> Any:  # type: ignore[override]
        """Return a multiple select of the other model's objects."""
        defaults: dict[str, Any] = {
            "form_class": "ModelMultipleChoiceField",
            "queryset": self.remote_field.model._default_manager.using(using),
            **kwargs,
        }
        # Initial objects become keys.
        if defaults.get("initial") is not None:
            initial: Any = defaults["initial"]
            if callable(initial):
                initial = initial()
            defaults["initial"] = [each.pk for each in initial]
        return super().formfield(**defaults)

    def db_check(self, connection: Any) -> None:
        """Return None: there is no column."""
        return None

    def db_type(self, connection: Any) -> None:
        """Return None: there is no column."""
        return None

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Return no type and no check: there is no column."""
        return {"type": None, "check": None}

    def get_attname_column(self) -> tuple[Any, Any]:
        """Return the attribute; there is no column."""
        return self.get_attname(), None


def _link(field: Any, related: Any, *, reverse: bool) -> Any:
    """Return the foreign key of the intermediate model to *related*'s one side."""
    remote = field.remote_field
    wanted = None
    if remote.through_fields:
        wanted = remote.through_fields[1 if reverse else 0]
    found = None
    for key in remote.through._meta.fields:
        if not key.is_relation or (wanted is not None and wanted != key.name):
            continue
        if not reverse and key.remote_field.model == related.related_model:
            return key
        if reverse and key.remote_field.model == related.model:
            # A relation to itself has two such keys; the second is the far one.
            if related.model != related.related_model or wanted is not None:
                return key
            if found is not None:
                return key
            found = key
    return found


def _link_attribute(field: Any, related: Any, attr: str, *, reverse: bool) -> Any:
    cache = f"_m2m_{'reverse_' if reverse else ''}{attr}_cache"
    if cache not in field.__dict__:
        field.__dict__[cache] = getattr(_link(field, related, reverse=reverse), attr)
    return field.__dict__[cache]


def _link_target(field: Any, related: Any, *, reverse: bool) -> Any:
    return _link(field, related, reverse=reverse).foreign_related_fields[0].name


def _without_quotes(name: str) -> str:
    return name[1:-1] if name.startswith('"') and name.endswith('"') else name


def _resolve_through_model(_model: Any, through: Any, field: Any) -> None:
    field.remote_field.through = through
