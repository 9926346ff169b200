"""Python values as source code, with the imports that the code needs."""

from __future__ import annotations

import builtins
import collections.abc
import datetime
import decimal
import enum
import functools
import math
import os
import pathlib
import re
import types
import uuid
from typing import Any, ClassVar

from fastjango.conf import SettingsReference
from fastjango.db import models
from fastjango.db.migrations.names import COMPILED_REGEX_TYPE, RegexObject
from fastjango.db.migrations.operations.base import Operation
from fastjango.db.models.manager import BaseManager
from fastjango.utils.functional import LazyObject, Promise

# A cached function has no type with a public name.
FUNCTION_TYPES = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    functools._lru_cache_wrapper,
)
Code = tuple[str, set[str]]


class BaseSerializer:
    """Writes one value."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def serialize(self) -> Code:
        """Return code and imports."""
        raise NotImplementedError("Subclasses of BaseSerializer must implement the serialize() method.")


class BaseSimpleSerializer(BaseSerializer):
    """A value whose repr is its code."""

    def serialize(self) -> Code:
        return repr(self.value), set()


class BaseSequenceSerializer(BaseSerializer):
    """Several values in brackets."""

    def _format(self) -> str:
        raise NotImplementedError("Subclasses of BaseSequenceSerializer must implement the _format() method.")

    def _items(self) -> Any:
        return self.value

    def serialize(self) -> Code:
        imports: set[str] = set()
        strings = []
        for item in self._items():
            text, found = serializer_factory(item).serialize()
            imports |= found
            strings.append(text)
        return self._format() % ", ".join(strings), imports


class ListSerializer(BaseSequenceSerializer):
    """A list."""

    def _format(self) -> str:
        return "[%s]"


class TupleSerializer(BaseSequenceSerializer):
    """A tuple."""

    def _format(self) -> str:
        return "(%s)" if len(self.value) != 1 else "(%s,)"


class SetSerializer(BaseSequenceSerializer):
    """A set, in an order that does not change from run to run."""

    def _format(self) -> str:
        return "{%s}" if self.value else "set(%s)"

    def _items(self) -> Any:
        return sorted(self.value, key=str)


class FrozensetSerializer(BaseSequenceSerializer):
    """A frozenset."""

    def _format(self) -> str:
        return "frozenset([%s])"

    def _items(self) -> Any:
        return sorted(self.value, key=str)


class IterableSerializer(BaseSerializer):
    """Any iterable, as a tuple."""

    def serialize(self) -> Code:
        imports: set[str] = set()
        strings = []
        for item in self.value:
            text, found = serializer_factory(item).serialize()
            imports |= found
            strings.append(text)
        # A tuple of one needs its comma.
        return ("(%s)" if len(strings) != 1 else "(%s,)") % ", ".join(strings), imports


class DictionarySerializer(BaseSerializer):
    """A dictionary."""

    def serialize(self) -> Code:
        imports: set[str] = set()
        strings = []
        for key, value in sorted(self.value.items(), key=lambda pair: str(pair[0])):
            key_text, key_imports = serializer_factory(key).serialize()
            value_text, value_imports = serializer_factory(value).serialize()
            imports |= key_imports | value_imports
            strings.append(f"{key_text}: {value_text}")
        return "{%s}" % ", ".join(strings), imports


class ChoicesSerializer(BaseSerializer):
    """A member of choices: its plain value."""

    def serialize(self) -> Code:
        code: Code = serializer_factory(self.value.value).serialize()
        return code


class DatetimeSerializer(BaseSerializer):
    """A naive date with time, a time or a timedelta."""

    def serialize(self) -> Code:
        return repr(self.value), {"import datetime"}


class DatetimeDatetimeSerializer(BaseSerializer):
    """An aware date with time, in UTC."""

    def serialize(self) -> Code:
        if self.value.tzinfo is not None and self.value.tzinfo != datetime.UTC:
            self.value = self.value.astimezone(datetime.UTC)
        imports = {"import datetime"}
        return repr(self.value), imports


class DecimalSerializer(BaseSerializer):
    """A decimal."""

    def serialize(self) -> Code:
        return repr(self.value), {"from decimal import Decimal"}


class FloatSerializer(BaseSimpleSerializer):
    """A float, also infinite or no number."""

    def serialize(self) -> Code:
        if math.isnan(self.value) or math.isinf(self.value):
            return f'float("{self.value}")', set()
        return super().serialize()


class UUIDSerializer(BaseSerializer):
    """A UUID."""

    def serialize(self) -> Code:
        return f"uuid.{self.value!r}", {"import uuid"}


class PathSerializer(BaseSerializer):
    """A path; a concrete one as its pure kind, which can be made on every system."""

    def serialize(self) -> Code:
        prefix = "Pure" if isinstance(self.value, pathlib.Path) else ""
        return f"pathlib.{prefix}{self.value!r}", {"import pathlib"}


class PathLikeSerializer(BaseSerializer):
    """Anything that names a path."""

    def serialize(self) -> Code:
        return repr(os.fspath(self.value)), set()


class RegexSerializer(BaseSerializer):
    """A compiled pattern."""

    def serialize(self) -> Code:
        pattern, imports = serializer_factory(self.value.pattern).serialize()
        # Flags that every text pattern has are not written.
        flags = self.value.flags ^ re.compile("").flags
        regex_flags, flag_imports = serializer_factory(flags).serialize()
        args = [pattern]
        if flags:
            args.append(regex_flags)
        return "re.compile({})".format(", ".join(args)), {"import re", *imports, *flag_imports}


class SettingsReferenceSerializer(BaseSerializer):
    """The value of a setting."""

    def serialize(self) -> Code:
        return f"settings.{self.value.setting_name}", {"from fastjango.conf import settings"}


class EnumSerializer(BaseSerializer):
    """A member of an enum, or several flags."""

    def serialize(self) -> Code:
        enum_class = self.value.__class__
        module = enum_class.__module__
        members = list(self.value) if issubclass(enum_class, enum.Flag) else [self.value]
        return (
            " | ".join(f"{module}.{enum_class.__qualname__}[{item.name!r}]" for item in members),
            {f"import {module}"},
        )


class DeconstructibleSerializer(BaseSerializer):
    """Anything with ``deconstruct()``."""

    def serialize(self) -> Code:
        return self.serialize_deconstructed(*self.value.deconstruct())

    @classmethod
    def serialize_deconstructed(cls, path: str, args: Any, kwargs: dict[str, Any]) -> Code:
        """Return the call that makes the object."""
        name, imports = cls._serialize_path(path)
        strings = []
        for arg in args:
            text, found = serializer_factory(arg).serialize()
            strings.append(text)
            imports |= found
        for keyword, arg in sorted(kwargs.items()):
            text, found = serializer_factory(arg).serialize()
            imports |= found
            strings.append(f"{keyword}={text}")
        return f"{name}({', '.join(strings)})", imports

    @staticmethod
    def _serialize_path(path: str) -> Code:
        module, name = path.rsplit(".", 1)
        if module == "fastjango.db.models":
            return f"models.{name}", {"from fastjango.db import models"}
        return path, {f"import {module}"}


class ModelFieldSerializer(DeconstructibleSerializer):
    """A field; its name stands elsewhere."""

    def serialize(self) -> Code:
        _attr_name, path, args, kwargs = self.value.deconstruct()
        return self.serialize_deconstructed(path, args, kwargs)


class ModelManagerSerializer(DeconstructibleSerializer):
    """A manager, or the queryset that it was made from."""

    def serialize(self) -> Code:
        as_manager, manager_path, qs_path, args, kwargs = self.value.deconstruct()
        if as_manager:
            name, imports = self._serialize_path(qs_path)
            return f"{name}.as_manager()", imports
        return self.serialize_deconstructed(manager_path, args, kwargs)


class FunctionTypeSerializer(BaseSerializer):
    """A function that can be imported."""

    def serialize(self) -> Code:
        value = self.value
        if getattr(value, "__self__", None) and isinstance(value.__self__, type):
            klass = value.__self__
            module = klass.__module__
            return f"{module}.{klass.__qualname__}.{value.__name__}", {f"import {module}"}
        if value.__name__ == "<lambda>":
            raise ValueError("Cannot serialize function: lambda")
        if value.__module__ is None:
            raise ValueError(f"Cannot serialize function {value!r}: No module")
        module_name = value.__module__
        if "<" not in value.__qualname__:
            return f"{module_name}.{value.__qualname__}", {f"import {module_name}"}
        raise ValueError(f"Could not find function {value.__name__} in {module_name}.\n")


class FunctoolsPartialSerializer(BaseSerializer):
    """A partial."""

    def serialize(self) -> Code:
        func, func_imports = serializer_factory(self.value.func).serialize()
        args, args_imports = serializer_factory(self.value.args).serialize()
        keywords, keyword_imports = serializer_factory(self.value.keywords).serialize()
        imports = {"import functools", *func_imports, *args_imports, *keyword_imports}
        return f"functools.{self.value.__class__.__name__}({func}, *{args}, **{keywords})", imports


class TypeSerializer(BaseSerializer):
    """A class."""

    def serialize(self) -> Code:
        special: list[tuple[type, str, set[str]]] = [
            (models.Model, "models.Model", {"from fastjango.db import models"}),
            (types.NoneType, "types.NoneType", {"import types"}),
        ]
        for case, string, imports in special:
            if case is self.value:
                return string, imports
        module = self.value.__module__
        if module == builtins.__name__:
            return self.value.__name__, set()
        return f"{module}.{self.value.__qualname__}", {f"import {module}"}


class Serializer:
    """Which class writes which type; projects may register their own."""

    _registry: ClassVar[dict[Any, Any]] = {
        frozenset: FrozensetSerializer,
        list: ListSerializer,
        set: SetSerializer,
        tuple: TupleSerializer,
        dict: DictionarySerializer,
        models.Choices: ChoicesSerializer,
        enum.Enum: EnumSerializer,
        datetime.datetime: DatetimeDatetimeSerializer,
        (datetime.date, datetime.timedelta, datetime.time): DatetimeSerializer,
        SettingsReference: SettingsReferenceSerializer,
        float: FloatSerializer,
        (bool, int, types.NoneType, bytes, str, range): BaseSimpleSerializer,
        decimal.Decimal: DecimalSerializer,
        (functools.partial, functools.partialmethod): FunctoolsPartialSerializer,
        FUNCTION_TYPES: FunctionTypeSerializer,
        collections.abc.Iterable: IterableSerializer,
        (COMPILED_REGEX_TYPE, RegexObject): RegexSerializer,
        uuid.UUID: UUIDSerializer,
        pathlib.PurePath: PathSerializer,
        os.PathLike: PathLikeSerializer,
    }

    @classmethod
    def register(cls, type_: Any, serializer: Any) -> None:
        """Let *serializer* write values of *type_*."""
        if not issubclass(serializer, BaseSerializer):
            raise ValueError(f"{serializer.__name__!r} must inherit from 'BaseSerializer'.")
        cls._registry[type_] = serializer

    @classmethod
    def unregister(cls, type_: Any) -> None:
        """Take that back."""
        cls._registry.pop(type_)


def serializer_factory(value: Any) -> Any:
    """
    Return what writes *value*.

    Raises:
        ValueError: Nothing can.
    """
    if isinstance(value, Promise):
        value = str(value)
    elif isinstance(value, LazyObject):
        value = value.__reduce__()[1][0]
    if isinstance(value, models.Field):
        return ModelFieldSerializer(value)
    if isinstance(value, BaseManager):
        return ModelManagerSerializer(value)
    if isinstance(value, Operation):
        return Serializer._registry[Operation](value)
    if isinstance(value, type):
        return TypeSerializer(value)
    if hasattr(value, "deconstruct"):
        return DeconstructibleSerializer(value)
    for type_, serializer_cls in Serializer._registry.items():
        if isinstance(value, type_):
            return serializer_cls(value)
    raise ValueError(
        f"Cannot serialize: {value!r}\nThere are some values FastJango cannot serialize into migration files.\nFor more, "
        "see docs/topics/migrations.md"
    )
