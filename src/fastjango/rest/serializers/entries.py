"""
Fields as entries of a generated dict: where a value comes from (a column, a related object) and what it becomes.

``expressions.py`` writes the value, ``readers.py`` the function that reads objects, ``rows.py`` the one that reads rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from inspect import getattr_static
from keyword import iskeyword
from typing import Any

from fastjango.db.models.relations import ForeignKey, OneToOneField
from fastjango.db.models.relations.forward import ForwardManyToOneDescriptor, ForwardOneToOneDescriptor
from fastjango.rest.serializers import field as base
from fastjango.rest.serializers import relations
from fastjango.rest.serializers.expressions import CONTEXT_FREE, Scope, value_expression

GET_ATTRIBUTE = (base.Field.get_attribute, relations.RelatedField.get_attribute)
_KEY = relations.PrimaryKeyRelatedField.to_representation
_SLUG = relations.SlugRelatedField.to_representation


@dataclass
class Entry:
    """One field as an expression; ``present`` is the condition under which it takes part at all."""

    field: Any
    expression: str
    present: str | None = None


@dataclass
class Owner:
    """
    An object whose columns are read: the serialized one, or one that it refers to.

    Attributes:
        model: Its class.
        name: The variable that holds it.
        missing: The condition under which there is none, ``None`` for an object that is always there.
    """

    model: Any
    name: str
    missing: str | None = None


class Expressions:
    """Writes fields as expressions on objects; ``rows.py`` has its own idea of where values come from."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.scope = Scope()
        # The object whose fields are written, and how it is reached: changes inside nested serializers.
        self.owner = Owner(model, "instance")
        self.path: tuple[str, ...] = ()
        #: Whether nothing that is written is code of the project's, which could change the zone, for instance.
        self.is_pure = True

    def entry(self, field: Any) -> Entry | None:
        """Return the field as an expression; ``None`` where its own methods are needed."""
        kind = type(field)
        attrs = field.source_attrs
        if not attrs or field.source == "*" or not all(is_name(attr) for attr in attrs):
            return None
        if "to_representation" in vars(field) or "get_attribute" in vars(field):
            return None
        if kind.to_representation is _KEY:
            return self._key_entry(field)
        if kind.get_attribute not in GET_ATTRIBUTE:
            return None
        if hasattr(kind.to_representation, "_is_compiled"):
            return self._nested_entry(field)
        if issubclass(kind, relations.RelatedField):
            return self._relation_entry(field)
        if kind.to_representation not in CONTEXT_FREE:
            return None
        return self._chain_entry(field) if len(attrs) > 1 else self._value_entry(field)

    # ------------------------------------------------------------ where values come from

    def column(self, owner: Owner, attname: str) -> str | None:
        """Return the expression of a column's value."""
        return f"{owner.name}.{attname}"

    def attribute(self, field: Any) -> str | None:
        """Return the expression of an attribute that is no column."""
        (attr,) = field.source_attrs
        model = self.owner.model
        if model is not None and not isinstance(getattr_static(model, attr, None), property):
            # A method, a relation, something only instances have: one that raises would spoil the run.
            return None
        self.is_pure = False
        return f"{self.owner.name}.{attr}"

    def follow(self, path: tuple[str, ...]) -> Owner | None:
        """Return the object at the end of *path*; only foreign keys lead there."""
        raise NotImplementedError

    def represented(self, owner: Owner, represent: Any) -> str | None:
        """Return the expression of a related object's representation."""
        self.is_pure = False
        return f"{self.scope.name('represent', represent)}({owner.name})"

    def without_object(self, field: Any, expression: str) -> Entry | None:
        """Return the entry of a field that has a default, or raises, where there is no object."""
        # None has no such attribute: the field's own methods are asked then.
        return Entry(field, expression)

    # ------------------------------------------------------------ kinds of fields

    def _value_entry(self, field: Any) -> Entry | None:
        (attr,) = field.source_attrs
        is_column = attr in _columns(self.owner.model)
        source = self.column(self.owner, attr) if is_column else self.attribute(field)
        return None if source is None else Entry(field, value_expression(field, source, self.scope, is_column))

    def _key_entry(self, field: Any) -> Entry | None:
        """Return the entry of a relation whose key is in the object's own row."""
        if type(field).get_attribute is not relations.RelatedField.get_attribute or len(field.source_attrs) != 1:
            return None
        if field.pk_field is not None or not field.use_pk_only_optimization():
            return None
        attname = _keys(self.owner.model).get(field.source_attrs[0])
        source = None if attname is None else self.column(self.owner, attname)
        return None if source is None else Entry(field, source)

    def _relation_entry(self, field: Any) -> Entry | None:
        """Return the entry of a related object that goes out as its text or by one of its columns."""
        if field.use_pk_only_optimization() or type(field).to_representation not in CONTEXT_FREE:
            return None
        owner = self.follow((*self.path, *field.source_attrs))
        if owner is None:
            return None
        if type(field).to_representation is _SLUG and field.slug_field in _columns(owner.model):
            expression = self.column(owner, field.slug_field)
        else:
            expression = self.represented(owner, field.to_representation)
        if expression is None:
            return None
        return Entry(field, expression if owner.missing is None else f"None if {owner.missing} else {expression}")

    def _nested_entry(self, field: Any) -> Entry | None:
        """Return the entry of a nested serializer behind a foreign key: a dict inside the dict."""
        path = (*self.path, *field.source_attrs)
        owner = self.follow(path)
        if owner is None or field.default is not base.empty:
            return None
        before = self.owner, self.path
        # What is missing on the way is asked here, once for all fields.
        self.owner, self.path = Owner(owner.model, owner.name), path
        try:
            entries = [self.entry(one) for one in field._readable_fields]
        finally:
            self.owner, self.path = before
        pairs = [(one.field.field_name, one.expression) for one in entries if one is not None and one.present is None]
        if len(pairs) < len(entries):
            return None
        made = "{" + ", ".join(f"{name!r}: {expression}" for name, expression in pairs) + "}"
        return Entry(field, made if owner.missing is None else f"None if {owner.missing} else {made}")

    def _chain_entry(self, field: Any) -> Entry | None:
        """Return the entry of a related object's column: ``source="category.name"``."""
        *path, attr = field.source_attrs
        owner = self.follow((*self.path, *path))
        source = None if owner is None or attr not in _columns(owner.model) else self.column(owner, attr)
        if owner is None or source is None:
            return None
        expression = value_expression(field, source, self.scope, is_column=True)
        if owner.missing is None:
            return Entry(field, expression)
        if field.default is not base.empty or (field.required and not field.allow_null):
            return self.without_object(field, expression)
        if field.allow_null:
            return Entry(field, f"None if {owner.missing} else {expression}")
        return Entry(field, expression, f"not ({owner.missing})")


def is_name(attr: str) -> bool:
    """Return whether *attr* may stand in source as an attribute."""
    return attr.isidentifier() and not iskeyword(attr) and not attr.startswith("__")


def _columns(model: Any) -> frozenset[str]:
    """Return the names of the columns that hold no key of another object."""
    if model is None:
        return frozenset()
    return frozenset(field.attname for field in model._meta.concrete_fields if field.remote_field is None)


def _keys(model: Any) -> dict[str, str]:
    """Return the attributes with keys of other objects, by the name of the relation."""
    if model is None:
        return {}
    return {
        field.name: field.attname
        for field in model._meta.concrete_fields
        if getattr(field, "target_field", None) is not None and field.target_field.primary_key
    }


def forward_keys(model: Any) -> dict[str, Any]:
    """Return the foreign keys, by name, that work as ours do: same cache, same attribute, the key's column as target."""
    found = {}
    for field in model._meta.concrete_fields:
        if type(field) not in (ForeignKey, OneToOneField) or not field.foreign_related_fields[0].primary_key:
            continue
        if type(getattr_static(model, field.name, None)) in (ForwardManyToOneDescriptor, ForwardOneToOneDescriptor):
            found[field.name] = field
    return found


__all__ = ["GET_ATTRIBUTE", "Entry", "Expressions", "Owner", "forward_keys", "is_name"]
