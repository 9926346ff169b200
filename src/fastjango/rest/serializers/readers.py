"""
Readers: the fields of a serializer compiled to two functions, one object -> JSON-ready dict and many objects -> list of them.

Fields with a plain source and a representation of ours become expressions in generated code (``entries.py``); what is not
that simple goes through the field's own methods, as does a whole run of expressions when one of them raises. A class
whose fields need no context is compiled once and for all; others once per serializer object (``plans.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from fastjango.rest.serializers import composite, relations
from fastjango.rest.serializers import field as base
from fastjango.rest.serializers.entries import GET_ATTRIBUTE, Entry, Expressions, Owner, forward_keys, is_name
from fastjango.rest.serializers.expressions import CONTEXT_FREE

One = Callable[[Any, Any], dict[str, Any]]
Many = Callable[[Any, Iterable[Any]], list[Any]]

_METHOD = base.SerializerMethodField.to_representation
_CONTAINERS = frozenset([composite.ListField.to_representation, composite.DictField.to_representation])


class Reader:
    """
    What reads the objects of one serializer class, or of one serializer.

    Attributes:
        one: From serializer and object to dict.
        many: From serializer and objects to a list of dicts.
        fields, model: What it was made of; for ``rows.py``.
        is_pure: Every field is an expression on columns.
    """

    __slots__ = ("fields", "is_pure", "many", "model", "one")

    def __init__(self, one: One, many: Many, fields: list[Any], model: Any, is_pure: bool = False) -> None:
        self.one = one
        self.many = many
        self.fields = fields
        self.model = model
        self.is_pure = is_pure


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
    return method in CONTEXT_FREE and kind.get_attribute in GET_ATTRIBUTE and kind.context is base.Field.context


class _Writer(Expressions):
    """Writes the body of one reader: statements that make ``out`` from ``instance``."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self.scope.names.update(put=put, put_all=put_all)
        self.lines: list[str] = []
        self.run: list[Entry] = []
        # Related objects that the run needs: local variables by path, and the lines that set them.
        self.related: dict[tuple[str, ...], str] = {}
        self.related_lines: list[str] = []
        self.is_new = True
        self.needs_model = False

    def column(self, owner: Owner, attname: str) -> str | None:
        """Return the expression of a column's value."""
        self.needs_model = True
        return super().column(owner, attname)

    def follow(self, path: tuple[str, ...]) -> Owner | None:
        """Return the object at the end of *path*, in a local variable of the run."""
        model, owner = self.model, "instance"
        for place in range(len(path)):
            step = forward_keys(model).get(path[place]) if model is not None else None
            if step is None:
                return None
            model = step.related_model
            known = self.related.get(path[: place + 1])
            if known is None:
                known = self.related[path[: place + 1]] = self.scope.local("r")
                self.related_lines += _related_lines(known, owner, step, nullable=place > 0)
            owner = known
        self.needs_model = True
        return Owner(model, owner, f"{owner} is None")

    def add(self, field: Any) -> None:
        """Add one field."""
        entry = self.entry(field)
        if entry is not None:
            self.run.append(entry)
            return
        self.flush()
        self.begin()
        name = field.field_name
        if type(field).to_representation is _METHOD and is_name(field.method_name):
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
        slow = f"put_all({fields}, instance)"
        body = [*self.related_lines, *assignments(self.run, first)]
        self.lines += ["try:", *(f"    {line}" for line in body), "except Exception:"]
        self.lines.append(f"    out = {slow}" if first else f"    out.update({slow})")
        self.run, self.related, self.related_lines = [], {}, []

    def build(self, fields: list[Any]) -> Reader:
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
        exec(code(source), namespace)  # noqa: S102 - only names of our own checking
        return Reader(namespace["one"], namespace["many"], fields, self.model, self.is_pure)


def assignments(entries: list[Entry], first: bool) -> list[str]:
    """Return the lines that put *entries* into ``out``, a new one for the *first*."""
    always = next((place for place, entry in enumerate(entries) if entry.present), len(entries))
    made = "{" + ", ".join(f"{entry.field.field_name!r}: {entry.expression}" for entry in entries[:always]) + "}"
    lines = [f"out = {made}" if first else f"out.update({made})"]
    for entry in entries[always:]:
        condition = f"if {entry.present}: " if entry.present else ""
        lines.append(f"{condition}out[{entry.field.field_name!r}] = {entry.expression}")
    return lines


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
def code(source: str) -> Any:
    """Return compiled source; serializers of one class have the same, whatever their fields are bound to."""
    return compile(source, "<serializer reader>", "exec")


def compile_reader(fields: list[Any], model: Any = None) -> Reader:
    """
    Return the reader of *fields*.

    Args:
        model: What instances are expected to be; others are read field by field.
    """
    if len({field.field_name for field in fields}) != len(fields):

        def each(serializer: Any, instances: Iterable[Any]) -> list[Any]:
            return [put_all(fields, instance) for instance in instances]

        return Reader(lambda serializer, instance: put_all(fields, instance), each, fields, None)
    writer = _Writer(model)
    for field in fields:
        writer.add(field)
    return writer.build(fields)


__all__ = ["Many", "One", "Reader", "assignments", "code", "compile_reader", "is_context_free", "put", "put_all"]
