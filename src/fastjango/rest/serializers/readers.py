"""
Readers: the fields of a serializer compiled to one function, instance -> JSON-ready dict.

Fields with a plain source and a representation of ours become expressions in generated code (``instance.name``); what is not
that simple goes through the field's own methods, as does a whole run of expressions when one of them raises. A class
whose fields need no context is compiled once and for all; others once per serializer object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from fastjango.rest.serializers import choices, composite, numbers, relations, temporal, text
from fastjango.rest.serializers import field as base

Reader = Callable[[Any, Any], dict[str, Any]]


class _Irregular(Exception):
    """A value that only the field's own methods know how to read."""


def plain(value: Any) -> Any:
    """Return *value* unless it could be something to call."""
    if callable(value):
        raise _Irregular
    return value


def put(out: dict[str, Any], field: Any, instance: Any) -> None:
    """Put the field's representation into *out*; nothing where it takes no part."""
    try:
        attribute = field.get_attribute(instance)
    except base.SkipField:
        return
    value = attribute.pk if isinstance(attribute, relations.PKOnlyObject) else attribute
    out[field.field_name] = None if value is None else field.to_representation(attribute)


def _put_all(fields: list[Any], instance: Any) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for field in fields:
        put(out, field, instance)
    return out


# Representations as expressions of {v}; {f} is the field's method for values that are not what they should be.
_EXPRESSIONS: dict[Any, str] = {
    base.ReadOnlyField.to_representation: "{v}",
    composite._UnvalidatedField.to_representation: "{v}",
    text.CharField.to_representation: "({v} if {v}.__class__ is str else {f}({v}))",
    text.BooleanField.to_representation: "({v} if {v} is True or {v} is False else {f}({v}))",
    numbers.IntegerField.to_representation: "({v} if {v}.__class__ is int else {f}({v}))",
    numbers.FloatField.to_representation: "({v} if {v}.__class__ is float else {f}({v}))",
}

# Representations that look neither at the context nor at the serializer.
_CONTEXT_FREE: frozenset[Any] = frozenset(
    [
        *_EXPRESSIONS,
        text.UUIDField.to_representation,
        numbers.BigIntegerField.to_representation,
        numbers.DecimalField.to_representation,
        temporal.DateTimeField.to_representation,
        temporal.DateField.to_representation,
        temporal.TimeField.to_representation,
        temporal.DurationField.to_representation,
        choices.ChoiceField.to_representation,
        choices.MultipleChoiceField.to_representation,
        composite.JSONField.to_representation,
        relations.StringRelatedField.to_representation,
        relations.PrimaryKeyRelatedField.to_representation,
        relations.SlugRelatedField.to_representation,
    ]
)
_CONTAINERS = frozenset([composite.ListField.to_representation, composite.DictField.to_representation])


def is_context_free(field: Any) -> bool:
    """Return whether the field reads the same whatever serializer object it belongs to."""
    kind = type(field)
    method = kind.to_representation
    if method is relations.ManyRelatedField.to_representation:
        return is_context_free(field.child_relation)
    if method in _CONTAINERS:
        return is_context_free(field.child)
    if method is base.SerializerMethodField.to_representation:
        return True
    # A default may look at the context when the attribute is missing.
    if getattr(field.default, "requires_context", False) or getattr(field, "pk_field", None) is not None:
        return False
    ours = (base.Field.get_attribute, relations.RelatedField.get_attribute)
    return method in _CONTEXT_FREE and kind.get_attribute in ours and type(field).context is base.Field.context


class _Writer:
    """Writes the source of one reader."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.columns, self.keys = _columns(model)
        self.names: dict[str, Any] = {"put": put, "put_all": _put_all, "plain": plain, "Exception": Exception}
        self.lines: list[str] = []
        self.run: list[tuple[Any, str]] = []
        self.fresh = True
        self.needs_model = False

    def add(self, field: Any) -> None:
        """Add one field."""
        expression = self._expression(field)
        if expression is not None:
            self.run.append((field, expression))
            return
        self.flush()
        self._begin()
        name = field.field_name
        if type(field).to_representation is base.SerializerMethodField.to_representation and _is_name(
            field.method_name
        ):
            self.lines.append(f"    out[{name!r}] = serializer.{field.method_name}(instance)")
        else:
            self.lines.append(f"    put(out, {self._global('field', field)}, instance)")

    def _begin(self) -> None:
        if self.fresh:
            self.lines.append("    out = {}")
            self.fresh = False

    def flush(self) -> None:
        """Write the run of expressions."""
        if not self.run:
            return
        entries = ", ".join(f"{field.field_name!r}: {expression}" for field, expression in self.run)
        fields = self._global("fields", [field for field, _ in self.run])
        first, self.fresh = self.fresh, False
        made, slow = f"{{{entries}}}", f"put_all({fields}, instance)"
        self.lines.append("    try:")
        self.lines.append(f"        out = {made}" if first else f"        out.update({made})")
        self.lines.append("    except Exception:")
        self.lines.append(f"        out = {slow}" if first else f"        out.update({slow})")
        self.run = []

    def _global(self, prefix: str, value: Any) -> str:
        name = f"{prefix}_{len(self.names)}"
        self.names[name] = value
        return name

    def _expression(self, field: Any) -> str | None:
        kind = type(field)
        attrs = field.source_attrs
        if len(attrs) != 1 or not _is_name(attrs[0]) or field.source == "*":
            return None
        attr = attrs[0]
        if kind.to_representation is relations.PrimaryKeyRelatedField.to_representation:
            if kind.get_attribute is not relations.RelatedField.get_attribute or attr not in self.keys:
                return None
            if field.pk_field is not None or not field.use_pk_only_optimization():
                return None
            self.needs_model = True
            return f"instance.{self.keys[attr]}"
        if kind.get_attribute is not base.Field.get_attribute or kind.to_representation not in _CONTEXT_FREE:
            return None
        source = f"instance.{attr}"
        if attr in self.columns:
            self.needs_model = True
        elif self.model is not None and not isinstance(getattr(self.model, attr, None), property):
            # A method, a relation, something only instances have: one that raises would spoil the run.
            return None
        else:
            source = f"plain({source})"
        template = _EXPRESSIONS.get(kind.to_representation)
        if template == "{v}":
            return source
        method = self._global("represent", field.to_representation)
        body = (template or "{f}({v})").format(v="v", f=method)
        return f"None if (v := {source}) is None else {body}"

    def build(self, model: Any) -> Reader:
        """Return the reader."""
        self.flush()
        self._begin()
        body = "\n".join(self.lines)
        source = f"def read(serializer, instance):\n{body}\n    return out\n"
        namespace = dict(self.names)
        exec(_code(source), namespace)  # noqa: S102 - only names of our own checking
        read: Reader = namespace["read"]
        return read


@lru_cache(maxsize=1024)
def _code(source: str) -> Any:
    """Return compiled source; serializers of one class have the same, whatever their fields are bound to."""
    return compile(source, "<serializer reader>", "exec")


def _is_name(attr: str) -> bool:
    return attr.isidentifier() and not attr.startswith("__")


def _columns(model: Any) -> tuple[frozenset[str], dict[str, str]]:
    """Return the plain columns of *model*, and attribute names of keys by the name of their relation."""
    if model is None:
        return frozenset(), {}
    columns, keys = set(), {}
    for field in model._meta.concrete_fields:
        if field.remote_field is None:
            columns.add(field.attname)
        elif getattr(field, "target_field", None) is not None and field.target_field.primary_key:
            keys[field.name] = field.attname
    return frozenset(columns), keys


def compile_reader(fields: list[Any], model: Any = None) -> Reader:
    """
    Return the reader of *fields*.

    Args:
        model: What instances are expected to be; others are read field by field.
    """
    if len({field.field_name for field in fields}) != len(fields):
        return lambda serializer, instance: _put_all(fields, instance)
    writer = _Writer(model)
    for field in fields:
        writer.add(field)
    read = writer.build(model)
    expected = model if writer.needs_model else None
    # Classes seen so far that may be read by attribute; as many as the code has.
    known: set[type] = set()

    def checked(serializer: Any, instance: Any) -> dict[str, Any]:
        cls = instance.__class__
        if cls in known:
            return read(serializer, instance)
        if issubclass(cls, Mapping) or (expected is not None and not issubclass(cls, expected)):
            return _put_all(fields, instance)
        known.add(cls)
        return read(serializer, instance)

    return checked


__all__ = ["Reader", "compile_reader", "is_context_free", "put"]
