"""
Readers: the fields of a serializer compiled to two functions, one object -> JSON-ready dict and many objects -> list of them.

Fields with a plain source and a representation of ours become expressions in generated code (``expressions.py``); what is not
that simple goes through the field's own methods, as does a whole run of expressions when one of them raises. A class
whose fields need no context is compiled once and for all; others once per serializer object (``plans.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from fastjango.db.models.relations import ForeignKey, OneToOneField
from fastjango.db.models.relations.forward import ForwardManyToOneDescriptor, ForwardOneToOneDescriptor
from fastjango.rest.serializers import composite, relations
from fastjango.rest.serializers import field as base
from fastjango.rest.serializers.expressions import CONTEXT_FREE, Irregular, Scope, value_expression

One = Callable[[Any, Any], dict[str, Any]]
Many = Callable[[Any, Iterable[Any]], list[Any]]

_KEY = relations.PrimaryKeyRelatedField.to_representation
_SLUG = relations.SlugRelatedField.to_representation
_METHOD = base.SerializerMethodField.to_representation
_CONTAINERS = frozenset([composite.ListField.to_representation, composite.DictField.to_representation])
_GET_ATTRIBUTE = (base.Field.get_attribute, relations.RelatedField.get_attribute)


class Reader:
    """
    What reads the objects of one serializer class, or of one serializer.

    Attributes:
        one: From serializer and object to dict.
        many: From serializer and objects to a list of dicts.
    """

    __slots__ = ("many", "one")

    def __init__(self, one: One, many: Many) -> None:
        self.one = one
        self.many = many


def put(out: dict[str, Any], field: Any, instance: Any) -> None:
    """Put the field's representation into *out*; nothing where it takes no part."""
    try:
        attribute = field.get_attribute(instance)
    except base.SkipField:
        return
    value = attribute.pk if isinstance(attribute, relations.PKOnlyObject) else attribute
    out[field.field_name] = None if value is None else field.to_representation(attribute)


def put_all(fields: Iterable[Any], instance: Any) -> dict[str, Any]:
    """Return the representations of all *fields*, each through its own methods."""
    out: dict[str, Any] = {}
    for field in fields:
        put(out, field, instance)
    return out


def is_context_free(field: Any) -> bool:
    """Return whether the field reads the same whatever serializer object it belongs to."""
    kind = type(field)
    method = kind.to_representation
    if "to_representation" in vars(field) or "get_attribute" in vars(field):
        return False
    if method is relations.ManyRelatedField.to_representation:
        return is_context_free(field.child_relation)
    if method in _CONTAINERS:
        return is_context_free(field.child)
    if method is _METHOD:
        return True
    # A default may look at the context when the attribute is missing.
    if getattr(field.default, "requires_context", False) or getattr(field, "pk_field", None) is not None:
        return False
    return method in CONTEXT_FREE and kind.get_attribute in _GET_ATTRIBUTE and kind.context is base.Field.context


class _Entry:
    """One field as an expression; ``present`` is the condition under which it takes part at all."""

    __slots__ = ("expression", "field", "present")

    def __init__(self, field: Any, expression: str, present: str | None = None) -> None:
        self.field = field
        self.expression = expression
        self.present = present


class _Writer:
    """Writes the body of one reader: statements that make ``out`` from ``instance``."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.scope = Scope()
        self.scope.names.update(put=put, put_all=put_all)
        self.lines: list[str] = []
        self.run: list[_Entry] = []
        # Related objects that the run needs: local variables by path, and the lines that set them.
        self.related: dict[tuple[str, ...], str] = {}
        self.related_lines: list[str] = []
        self.is_new = True
        self.needs_model = False
        #: Whether nothing in the body is code of the project's, which could change the zone, for instance.
        self.is_pure = True

    def add(self, field: Any) -> None:
        """Add one field."""
        entry = self._entry(field)
        if entry is not None:
            self.run.append(entry)
            return
        self.flush()
        self.begin()
        name = field.field_name
        if type(field).to_representation is _METHOD and _is_name(field.method_name):
            self.lines.append(f"out[{name!r}] = serializer.{field.method_name}(instance)")
        else:
            self.lines.append(f"put(out, {self.scope.name('field', field)}, instance)")
        self.is_pure = False

    def begin(self) -> None:
        """Make ``out``, unless that is done."""
        if self.is_new:
            self.lines.append("out = {}")
            self.is_new = False

    def flush(self) -> None:
        """Write the run of expressions."""
        if not self.run:
            return
        fields = self.scope.name("fields", [entry.field for entry in self.run])
        first, self.is_new = self.is_new, False
        always = next((place for place, entry in enumerate(self.run) if entry.present), len(self.run))
        made = "{" + ", ".join(f"{entry.field.field_name!r}: {entry.expression}" for entry in self.run[:always]) + "}"
        body = [*self.related_lines, f"out = {made}" if first else f"out.update({made})"]
        for entry in self.run[always:]:
            condition = f"if {entry.present}: " if entry.present else ""
            body.append(f"{condition}out[{entry.field.field_name!r}] = {entry.expression}")
        slow = f"put_all({fields}, instance)"
        self.lines += ["try:", *(f"    {line}" for line in body), "except Exception:"]
        self.lines.append(f"    out = {slow}" if first else f"    out.update({slow})")
        self.run, self.related, self.related_lines = [], {}, []

    def _entry(self, field: Any) -> _Entry | None:
        kind = type(field)
        attrs = field.source_attrs
        if not attrs or field.source == "*" or not all(_is_name(attr) for attr in attrs):
            return None
        if "to_representation" in vars(field) or "get_attribute" in vars(field):
            return None
        if kind.to_representation is _KEY:
            return self._key_entry(field)
        if kind.get_attribute not in _GET_ATTRIBUTE:
            return None
        if issubclass(kind, relations.RelatedField):
            return self._relation_entry(field)
        if kind.to_representation not in CONTEXT_FREE:
            return None
        return self._chain_entry(field) if len(attrs) > 1 else self._value_entry(field)

    def _value_entry(self, field: Any) -> _Entry | None:
        """Return the entry of an attribute of the object itself."""
        (attr,) = field.source_attrs
        is_column = attr in _columns(self.model)
        if is_column:
            self.needs_model = True
        elif self.model is not None and not isinstance(getattr(self.model, attr, None), property):
            # A method, a relation, something only instances have: one that raises would spoil the run.
            return None
        else:
            self.is_pure = False
        return _Entry(field, value_expression(field, f"instance.{attr}", self.scope, is_column))

    def _key_entry(self, field: Any) -> _Entry | None:
        """Return the entry of a relation whose key is in the object's own row."""
        if type(field).get_attribute is not relations.RelatedField.get_attribute or len(field.source_attrs) != 1:
            return None
        if field.pk_field is not None or not field.use_pk_only_optimization():
            return None
        attname = _keys(self.model).get(field.source_attrs[0])
        if attname is None:
            return None
        self.needs_model = True
        return _Entry(field, f"instance.{attname}")

    def _relation_entry(self, field: Any) -> _Entry | None:
        """Return the entry of a related object that goes out as its text or by one of its columns."""
        if field.use_pk_only_optimization() or type(field).to_representation not in CONTEXT_FREE:
            return None
        found = self._follow(tuple(field.source_attrs))
        if found is None:
            return None
        related, model = found
        if type(field).to_representation is _SLUG and field.slug_field in _columns(model):
            return _Entry(field, f"None if {related} is None else {related}.{field.slug_field}")
        represent = self.scope.name("represent", field.to_representation)
        self.is_pure = False
        return _Entry(field, f"None if {related} is None else {represent}({related})")

    def _chain_entry(self, field: Any) -> _Entry | None:
        """Return the entry of a related object's column: ``source="category.name"``."""
        *path, attr = field.source_attrs
        found = self._follow(tuple(path))
        if found is None or attr not in _columns(found[1]):
            return None
        related = found[0]
        expression = value_expression(field, f"{related}.{attr}", self.scope, is_column=True)
        if field.default is not base.empty:
            # Where there is no object the default counts: the field knows how.
            return _Entry(field, expression)
        if field.allow_null:
            return _Entry(field, f"None if {related} is None else {expression}")
        return _Entry(field, expression, None if field.required else f"{related} is not None")

    def _follow(self, path: tuple[str, ...]) -> tuple[str, Any] | None:
        """Return the variable of the object at the end of *path*, and its model; only foreign keys lead there."""
        model, owner = self.model, "instance"
        for place in range(len(path)):
            step = _forward(model).get(path[place]) if model is not None else None
            if step is None:
                return None
            model = step.related_model
            known = self.related.get(path[: place + 1])
            if known is None:
                known = self.related[path[: place + 1]] = self.scope.local("r")
                self.related_lines += _related_lines(known, owner, step, nullable=place > 0)
            owner = known
        self.needs_model = True
        return owner, model

    def build(self) -> Reader:
        """Return the reader."""
        self.flush()
        self.begin()
        once, body = self.scope.first, self.lines
        per_call, per_item = (once, body) if self.is_pure else ([], [*once, *body])
        source = "\n".join(
            [
                "def one(serializer, instance):",
                "    if instance.__class__ not in known and not admit(instance.__class__):",
                "        return put_all(serializer._readable_fields, instance)",
                *(f"    {line}" for line in [*once, *body]),
                "    return out",
                "def many(serializer, instances):",
                "    found = []",
                *(f"    {line}" for line in per_call),
                "    for instance in instances:",
                "        if instance.__class__ not in known and not admit(instance.__class__):",
                "            found.append(put_all(serializer._readable_fields, instance))",
                "            continue",
                *(f"        {line}" for line in per_item),
                "        found.append(out)",
                "    return found",
            ]
        )
        known: set[type] = set()
        expected = self.model if self.needs_model else None
        namespace = {**self.scope.names, "known": known, "admit": _admission(known, expected)}
        exec(_code(source), namespace)  # noqa: S102 - only names of our own checking
        return Reader(namespace["one"], namespace["many"])


def _related_lines(name: str, owner: str, step: Any, nullable: bool) -> list[str]:
    """Return the lines that set *name* to a related object: from the cache where that is certain, by the attribute else."""
    target = step.foreign_related_fields[0].attname
    cached = f"({name} := state.fields_cache.get({step.name!r}))"
    lines = [
        f"state = {owner}._state",
        f"if state.cached_for is not None or {cached} is None or {name}.{target} != {owner}.{step.attname}:",
        f"    {name} = {owner}.{step.name}",
    ]
    return [f"{name} = None", f"if {owner} is not None:", *(f"    {line}" for line in lines)] if nullable else lines


def _admission(known: set[type], expected: Any) -> Callable[[type], bool]:
    """Return the function that says whether objects of a class may be read by attribute, and remembers those."""

    def admit(cls: type) -> bool:
        if issubclass(cls, Mapping) or (expected is not None and not issubclass(cls, expected)):
            return False
        known.add(cls)
        return True

    return admit


@lru_cache(maxsize=1024)
def _code(source: str) -> Any:
    """Return compiled source; serializers of one class have the same, whatever their fields are bound to."""
    return compile(source, "<serializer reader>", "exec")


def _is_name(attr: str) -> bool:
    return attr.isidentifier() and not attr.startswith("__")


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


def _forward(model: Any) -> dict[str, Any]:
    """Return the foreign keys, by name, that work as ours do: same cache, same attribute, the key's column as target."""
    found = {}
    for field in model._meta.concrete_fields:
        accessor = getattr(model, field.name, None)
        if type(field) not in (ForeignKey, OneToOneField) or not field.foreign_related_fields[0].primary_key:
            continue
        if type(accessor) in (ForwardManyToOneDescriptor, ForwardOneToOneDescriptor):
            found[field.name] = field
    return found


def compile_reader(fields: list[Any], model: Any = None) -> Reader:
    """
    Return the reader of *fields*.

    Args:
        model: What instances are expected to be; others are read field by field.
    """
    if len({field.field_name for field in fields}) != len(fields):

        def each(serializer: Any, instances: Iterable[Any]) -> list[Any]:
            return [put_all(fields, instance) for instance in instances]

        return Reader(lambda serializer, instance: put_all(fields, instance), each)
    writer = _Writer(model)
    for field in fields:
        writer.add(field)
    return writer.build()


__all__ = ["Irregular", "Many", "One", "Reader", "compile_reader", "is_context_free", "put", "put_all"]
