"""``repr()`` of fields and serializers: source text that could have made them."""

from __future__ import annotations

import re
from typing import Any

from fastjango.db import models
from fastjango.utils.encoding import force_str
from fastjango.utils.functional import Promise

_class_path = re.compile(r"<class '(?:[^']*\.)?([^'.]+)'>")


def manager_repr(value: Any) -> str:
    """Return ``Book.objects.all()`` for the default manager of Book."""
    model = value.model
    names = [*model._meta.managers_map.items()] if hasattr(model._meta, "managers_map") else []
    for name, manager in names:
        if manager == value:
            return f"{model._meta.object_name}.{name}.all()"
    return repr(value)


def smart_repr(value: Any) -> str:
    """Return ``repr(value)``, shorter and stable for managers, texts and validators."""
    if isinstance(value, models.Manager):
        return manager_repr(value)
    if isinstance(value, Promise):
        value = force_str(value, strings_only=True)
    text = repr(value)
    # Lambdas and instances: the address in memory says nothing.
    if text.startswith("<") and " at 0x" in text:
        text = re.sub(" at 0x[0-9A-Fa-f]{4,32}>", ">", text)
    # Repr of class paths: only the class name
    return re.sub(" at 0x[0-9A-Fa-f]{4,32}", "", text)


def field_repr(field: Any, force_many: Any = False) -> str:
    """Return the call that makes *field*."""
    kwargs = field._kwargs
    if force_many:
        kwargs = {**kwargs, "many": True}
        kwargs.pop("child", None)
    arguments = [smart_repr(value) for value in field._args]
    arguments += [f"{key}={smart_repr(value)}" for key, value in sorted(kwargs.items(), key=lambda item: item[0])]
    name = (force_many or field).__class__.__name__
    return f"{name}({', '.join(arguments)})"


def serializer_repr(serializer: Any, indent: int, force_many: Any = None) -> str:
    """Return the serializer's call and, indented, its fields and validators."""
    lines = [field_repr(serializer, force_many) + ":"]
    pad = "    " * indent
    for name, field in (force_many or serializer).fields.items():
        start = f"{pad}{name} = "
        if hasattr(field, "fields"):
            lines.append(start + serializer_repr(field, indent + 1))
        elif hasattr(field, "child"):
            lines.append(start + list_repr(field, indent + 1))
        elif hasattr(field, "child_relation"):
            lines.append(start + field_repr(field.child_relation, force_many=field.child_relation))
        else:
            lines.append(start + field_repr(field))
    validators = getattr(serializer, "validators", None)
    if validators:
        lines.append(f"{pad}class Meta:")
        block = "\n".join(f"{pad}    {line}" for line in _validators_repr(validators).splitlines())
        lines.append(block)
    return "\n".join(lines)


def _validators_repr(validators: Any) -> str:
    inner = ", ".join(smart_repr(validator) for validator in validators)
    return f"validators = [{inner}]"


def list_repr(serializer: Any, indent: int) -> str:
    """Return the call of a list field or list serializer."""
    child = serializer.child
    if hasattr(child, "fields"):
        return serializer_repr(serializer, indent, force_many=child)
    return field_repr(serializer)
