"""One operation as source code, over several lines."""

from __future__ import annotations

from inspect import signature
from typing import Any

from fastjango.db import migrations
from fastjango.db.migrations.operations.base import Operation
from fastjango.db.migrations.writer.serializer import BaseSerializer, Code, Serializer, serializer_factory


class OperationWriter:
    """Writes an operation; arguments that it names in ``serialization_expand_args`` get a line per item."""

    def __init__(self, operation: Any, indentation: int = 2) -> None:
        self.operation = operation
        self.buff: list[str] = []
        self.indentation = indentation

    def serialize(self) -> tuple[str, set[str]]:
        """Return code and imports."""
        imports: set[str] = set()
        name, args, kwargs = self.operation.deconstruct()
        operation_args = list(signature(self.operation.__init__).parameters)
        if getattr(migrations, name, None) == self.operation.__class__:
            self.feed(f"migrations.{name}(")
        else:
            module = self.operation.__class__.__module__
            imports.add(f"import {module}")
            self.feed(f"{module}.{name}(")
        self.indent()
        for index, value in enumerate(args):
            self._write(operation_args[index], value, imports)
        for arg_name in operation_args[len(args) :]:
            if arg_name in kwargs:
                self._write(arg_name, kwargs[arg_name], imports)
        self.unindent()
        self.feed("),")
        return self.render(), imports

    def _write(self, name: str, value: Any, imports: set[str]) -> None:
        if name in self.operation.serialization_expand_args and isinstance(value, (list, tuple, dict)):
            if isinstance(value, dict):
                self.feed(f"{name}={{")
                self.indent()
                for key, item in value.items():
                    key_text, key_imports = serializer_factory(key).serialize()
                    text, found = serializer_factory(item).serialize()
                    self._feed_item(f"{key_text}: ", text)
                    imports |= key_imports | found
                self.unindent()
                self.feed("},")
                return
            self.feed(f"{name}=[")
            self.indent()
            for item in value:
                text, found = serializer_factory(item).serialize()
                self._feed_item("", text)
                imports |= found
            self.unindent()
            self.feed("],")
            return
        text, found = serializer_factory(value).serialize()
        self._feed_item(f"{name}=", text)
        imports |= found

    def _feed_item(self, prefix: str, text: str) -> None:
        lines = text.splitlines() or [""]
        if len(lines) > 1:
            self.feed(prefix + lines[0])
            for line in lines[1:-1]:
                self.feed(line)
            self.feed(f"{lines[-1]},")
        else:
            self.feed(f"{prefix}{text},")

    def indent(self) -> None:
        """Go one level in."""
        self.indentation += 1

    def unindent(self) -> None:
        """Come one level out."""
        self.indentation -= 1

    def feed(self, line: str) -> None:
        """Add a line."""
        self.buff.append(" " * (self.indentation * 4) + line)

    def render(self) -> str:
        """Return the lines."""
        return "\n".join(self.buff)


class OperationSerializer(BaseSerializer):
    """An operation inside another one."""

    def serialize(self) -> Code:
        text, imports = OperationWriter(self.value, indentation=0).serialize()
        # The last comma would make a tuple of it.
        return text.rstrip(","), imports


Serializer.register(Operation, OperationSerializer)
