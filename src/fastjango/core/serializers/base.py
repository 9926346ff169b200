"""
What all formats share: the walk over objects and fields, and the errors.
"""

from __future__ import annotations

import importlib
from io import StringIO
from typing import Any, ClassVar, Self


class SerializerDoesNotExist(KeyError):
    """There is no such format."""


class SerializationError(Exception):
    """Objects cannot be written."""


class DeserializationError(Exception):
    """A text cannot be read."""

    @classmethod
    def WithData(cls, original_exc: Any, model: Any, fk: Any, field_value: Any) -> Self:  # noqa: N802
        """Return an error that tells which object and value it was about."""
        return cls(f"{original_exc}: ({model}:pk={fk}) field_value was '{field_value}'")


class M2MDeserializationError(Exception):
    """
    A many-to-many value cannot be read.

    Args:
        pk: The value that it was about.
    """

    def __init__(self, original_exc: BaseException, pk: Any) -> None:
        self.original_exc = original_exc
        self.pk = pk


class ProgressBar:
    """A row of dots that grows with the number of objects done."""

    progress_width = 75

    def __init__(self, output: Any, total_count: int) -> None:
        self.output = output
        self.total_count = total_count
        self.prev_done = 0

    def update(self, count: int) -> None:
        """Show that *count* objects are done."""
        if not self.output:
            return
        percent = count * 100 // self.total_count
        done = percent * self.progress_width // 100
        if self.prev_done >= done:
            return
        self.prev_done = done
        line_start = "" if self.total_count == 1 else "\r"
        self.output.write(f"{line_start}[{'.' * done}{' ' * (self.progress_width - done)}]")
        if done == self.progress_width:
            self.output.write("\n")
        self.output.flush()


class Serializer:
    """Base of serializers: calls a method of the subclass for each object and field."""

    internal_use_only = False
    progress_class: ClassVar[type[ProgressBar]] = ProgressBar
    stream_class: ClassVar[Any] = StringIO

    options: dict[str, Any]
    stream: Any
    selected_fields: Any
    first: bool

    def serialize(
        self,
        queryset: Any,
        *,
        stream: Any = None,
        fields: Any = None,
        use_natural_foreign_keys: bool = False,
        use_natural_primary_keys: bool = False,
        progress_output: Any = None,
        object_count: int = 0,
        **options: Any,
    ) -> Any:
        """
        Write the objects of *queryset* and return the result.

        Args:
            stream: Write to it, instead of memory.
            fields: Only these fields.
            use_natural_foreign_keys: Write the natural keys of related objects.
            use_natural_primary_keys: Leave primary keys out where there is a natural key.
        """
        self.options = options
        self.stream = self.stream_class() if stream is None else stream
        self.selected_fields = fields
        self.use_natural_foreign_keys = use_natural_foreign_keys
        self.use_natural_primary_keys = use_natural_primary_keys
        progress_bar = self.progress_class(progress_output, object_count)
        self.start_serialization()
        self.first = True
        for count, obj in enumerate(queryset, start=1):
            self.start_object(obj)
            self._walk(obj)
            self.end_object(obj)
            progress_bar.update(count)
            self.first = False
        self.end_serialization()
        return self.getvalue()

    def _walk(self, obj: Any) -> None:
        """Handle the fields of one object."""
        # A proxy's own options list no fields.
        options = obj._meta.concrete_model._meta
        pk_parent = None
        if self.use_natural_primary_keys:
            pk = options.pk
            pk_parent = pk if pk.remote_field and pk.remote_field.parent_link else None
        for field in options.local_fields:
            if not (field.serialize or field is pk_parent):
                continue
            if field.remote_field is None:
                if self._is_selected(field.attname):
                    self.handle_field(obj, field)
            elif self._is_selected(field.attname.removesuffix("_id")):
                self.handle_fk_field(obj, field)
        for field in options.local_many_to_many:
            if field.serialize and self._is_selected(field.attname):
                self.handle_m2m_field(obj, field)

    def _is_selected(self, name: str) -> bool:
        return self.selected_fields is None or name in self.selected_fields

    def start_serialization(self) -> None:
        """Called before the first object."""
        raise NotImplementedError("subclasses of Serializer must provide a start_serialization() method")

    def end_serialization(self) -> None:
        """Called after the last object."""

    def start_object(self, obj: Any) -> None:
        """Called before an object's fields."""
        raise NotImplementedError("subclasses of Serializer must provide a start_object() method")

    def end_object(self, obj: Any) -> None:
        """Called after an object's fields."""

    def handle_field(self, obj: Any, field: Any) -> None:
        """Called for a field without relation."""
        raise NotImplementedError("subclasses of Serializer must provide a handle_field() method")

    def handle_fk_field(self, obj: Any, field: Any) -> None:
        """Called for a foreign key."""
        raise NotImplementedError("subclasses of Serializer must provide a handle_fk_field() method")

    def handle_m2m_field(self, obj: Any, field: Any) -> None:
        """Called for a many-to-many field."""
        raise NotImplementedError("subclasses of Serializer must provide a handle_m2m_field() method")

    def getvalue(self) -> Any:
        """Return what was written; None when the stream does not keep it."""
        if callable(getattr(self.stream, "getvalue", None)):
            return self.stream.getvalue()
        return None


class Deserializer:
    """
    Base of deserializers: an iterator over the objects in a text.

    Args:
        stream_or_string: Text, or something with ``read()``.
    """

    stream: Any
    saved_in_batches: ClassVar[bool] = False
    """A class says so itself, not by inheritance: objects that were read may be saved later, as long as
    ``before_lookup()`` is called before anything is looked up in the database."""

    def before_lookup(self) -> None:
        """Called before an object is looked up by its natural key; who saves in batches puts a function here."""

    def __init__(self, stream_or_string: Any, **options: Any) -> None:
        self.options = options
        self.stream = StringIO(stream_or_string) if isinstance(stream_or_string, str) else stream_or_string

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        """Return the next object."""
        raise NotImplementedError("subclasses of Deserializer must provide a __next__() method")


def __getattr__(name: str) -> Any:
    # Compatibility door: these live in deserialized.py, which needs the database layer.
    if name in {
        "DEFER_FIELD",
        "DeserializedObject",
        "build_instance",
        "deserialize_fk_value",
        "deserialize_m2m_values",
    }:
        return getattr(importlib.import_module("fastjango.core.serializers.deserialized"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
