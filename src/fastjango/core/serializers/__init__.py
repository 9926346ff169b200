"""
Objects written as text and read back: fixtures, dumps, transfers.

base.py        what all formats share; deserialized.py: objects read back, not saved yet
python.py      to and from plain Python values; json.py jsonl.py xml_serializer.py pyyaml.py: text formats
formats.py     which formats there are; order.py: models after what they depend on
"""

from fastjango.core.serializers.base import (
    DeserializationError,
    M2MDeserializationError,
    SerializationError,
    SerializerDoesNotExist,
)
from fastjango.core.serializers.formats import (
    BUILTIN_SERIALIZERS,
    BadSerializer,
    deserialize,
    get_deserializer,
    get_public_serializer_formats,
    get_serializer,
    get_serializer_formats,
    register_serializer,
    serialize,
    unregister_serializer,
)
from fastjango.core.serializers.order import sort_dependencies

__all__ = [
    "BUILTIN_SERIALIZERS",
    "BadSerializer",
    "DeserializationError",
    "M2MDeserializationError",
    "SerializationError",
    "SerializerDoesNotExist",
    "deserialize",
    "get_deserializer",
    "get_public_serializer_formats",
    "get_serializer",
    "get_serializer_formats",
    "register_serializer",
    "serialize",
    "sort_dependencies",
    "unregister_serializer",
]
