"""``get_field_info(model)``: the primary key, plain fields and relations of a model, as serializers need them."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

FieldInfo = namedtuple(
    "FieldInfo",
    ["pk", "fields", "forward_relations", "reverse_relations", "fields_and_pk", "relations"],
)

RelationInfo = namedtuple(
    "RelationInfo",
    ["model_field", "related_model", "to_many", "to_field", "has_through_model", "reverse"],
)


def get_field_info(model: Any) -> FieldInfo:
    """Return what is known of the fields of *model*."""
    opts = model._meta.concrete_model._meta
    pk = opts.pk
    while pk.remote_field and pk.remote_field.parent_link:
        pk = pk.remote_field.model._meta.pk
    fields = {field.name: field for field in opts.fields if field.serialize and not field.remote_field}
    forward = _forward_relations(opts)
    reverse = _reverse_relations(opts)
    return FieldInfo(
        pk,
        fields,
        forward,
        reverse,
        {"pk": pk, pk.name: pk, **fields},
        {**forward, **reverse},
    )


def _through_is_custom(relation: Any) -> bool:
    through = getattr(relation, "through", None)
    return through is not None and not relation.has_plain_table


def _to_field(field: Any) -> Any:
    return getattr(field, "to_fields", None) and field.to_fields[0]


def _forward_relations(opts: Any) -> dict[str, RelationInfo]:
    found = {}
    for field in opts.fields:
        if field.serialize and field.remote_field:
            found[field.name] = RelationInfo(field, field.remote_field.model, False, _to_field(field), False, False)
    for field in opts.many_to_many:
        if field.serialize:
            through = _through_is_custom(field.remote_field)
            found[field.name] = RelationInfo(field, field.remote_field.model, True, None, through, False)
    return found


def _reverse_relations(opts: Any) -> dict[str, RelationInfo]:
    found = {}
    related = [rel for rel in opts.related_objects if not rel.field.many_to_many]
    for relation in related:
        name = relation.get_accessor_name()
        found[name] = RelationInfo(
            None, relation.related_model, relation.field.remote_field.multiple, _to_field(relation.field), False, True
        )
    for relation in (rel for rel in opts.related_objects if rel.field.many_to_many):
        name = relation.get_accessor_name()
        through = _through_is_custom(relation)
        found[name] = RelationInfo(None, relation.related_model, True, None, through, True)
    return found


def is_abstract_model(model: Any) -> bool:
    """Return whether *model* is an abstract model class."""
    return hasattr(model, "_meta") and hasattr(model._meta, "abstract") and model._meta.abstract
