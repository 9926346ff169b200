"""The model of an intermediate table that nobody declared."""

from __future__ import annotations

from typing import Any

from fastjango.db.models.deletion import CASCADE
from fastjango.db.models.relations.foreign_key import ForeignKey
from fastjango.db.models.relations.pending import (
    RECURSIVE_RELATIONSHIP_CONSTANT,
    lazy_related_operation,
    make_model_tuple,
    resolve_relation,
)
from fastjango.utils.translation import gettext_lazy as _


def create_many_to_many_intermediary_model(field: Any, klass: Any) -> Any:
    """Return the model with one foreign key to each side of *field*."""

    def set_managed(model: Any, related: Any, through: Any, *, field: Any) -> None:
        # An intermediate table is ours to create if one of its ends is.
        through._meta.managed = model._meta.managed or related._meta.managed

    name = f"{klass._meta.object_name}_{field.name}"
    to_model = resolve_relation(klass, field.remote_field.model)
    # The field is given for the message of a check, should one of the models never come.
    lazy_related_operation(set_managed, klass, to_model, name, field=field)

    near = klass._meta.model_name
    far = make_model_tuple(to_model)[1]
    if to_model == RECURSIVE_RELATIONSHIP_CONSTANT or far == near:
        far, near = f"to_{far}", f"from_{near}"
    options = {
        "db_table": field._get_m2m_db_table(klass._meta),
        "auto_created": klass,
        "app_label": klass._meta.app_label,
        "db_tablespace": klass._meta.db_tablespace,
        "unique_together": (near, far),
        "verbose_name": _("%(from)s-%(to)s relationship") % {"from": near, "to": far},
        "verbose_name_plural": _("%(from)s-%(to)s relationships") % {"from": near, "to": far},
        "apps": field.model._meta.apps,
    }

    def key(target: Any) -> Any:
        return ForeignKey(
            target,
            related_name=f"{name}+",
            db_tablespace=field.db_tablespace,
            db_constraint=field.remote_field.db_constraint,
            on_delete=CASCADE,
        )

    metaclass = type(klass)
    model_root = [base for base in klass.__mro__ if isinstance(base, metaclass)][-1]
    return metaclass(
        name,
        (model_root,),
        {
            "Meta": type("Meta", (), options),
            "__module__": klass.__module__,
            near: key(klass),
            far: key(to_model),
        },
    )
