"""Objects as YAML; needs PyYAML."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Iterator
from io import StringIO
from typing import Any

import yaml

from fastjango.core.serializers.base import DeserializationError
from fastjango.core.serializers.python import Deserializer as PythonDeserializer
from fastjango.core.serializers.python import Serializer as PythonSerializer

# libyaml is many times faster, where it is there.
SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class DjangoSafeDumper(_Dumper):  # type: ignore[misc]
    """A safe dumper that writes decimals as text."""

    def represent_decimal(self, data: decimal.Decimal) -> Any:
        """Return the node of a decimal."""
        return self.represent_scalar("tag:yaml.org,2002:str", str(data))

    def represent_ordered_dict(self, data: dict[Any, Any]) -> Any:
        """Return the node of a dictionary in its own order."""
        return self.represent_mapping("tag:yaml.org,2002:map", data.items())


DjangoSafeDumper.add_representer(decimal.Decimal, DjangoSafeDumper.represent_decimal)
DjangoSafeDumper.add_representer(dict, DjangoSafeDumper.represent_ordered_dict)


class Serializer(PythonSerializer):
    """Writes YAML; options are those of ``yaml.dump``."""

    internal_use_only = False

    def _value_from_field(self, obj: Any, field: Any) -> Any:
        value = super()._value_from_field(obj, field)
        # YAML knows dates, but no times without one.
        return str(value) if isinstance(value, dt.time) else value

    def end_serialization(self) -> None:
        """Write all objects."""
        self.options.setdefault("allow_unicode", True)
        yaml.dump(self.objects, self.stream, Dumper=DjangoSafeDumper, **self.options)

    def getvalue(self) -> Any:
        """Return the text."""
        return super(PythonSerializer, self).getvalue()


class Deserializer(PythonDeserializer):
    """Reads YAML with the safe loader."""

    def __init__(self, stream_or_string: Any, **options: Any) -> None:
        if isinstance(stream_or_string, bytes):
            stream_or_string = stream_or_string.decode()
        stream = StringIO(stream_or_string) if isinstance(stream_or_string, str) else stream_or_string
        try:
            objects = yaml.load(stream, Loader=SafeLoader)
        except Exception as error:
            raise DeserializationError from error
        super().__init__(objects, **options)

    def _handle_object(self, obj: Any) -> Iterator[Any]:
        try:
            yield from super()._handle_object(obj)
        except (GeneratorExit, DeserializationError):
            raise
        except Exception as error:
            raise DeserializationError(f"Error deserializing object: {error}") from error
