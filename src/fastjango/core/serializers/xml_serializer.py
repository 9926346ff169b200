"""Objects as XML; reading refuses DTDs, entities and references to the outside."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from fastjango.apps import apps
from fastjango.core.exceptions import ObjectDoesNotExist
from fastjango.core.serializers import base
from fastjango.core.serializers.deserialized import DEFER_FIELD, DeserializedObject, build_instance
from fastjango.core.serializers.xml_reading import (
    DefusedExpatParser,
    DefusedXmlException,
    DTDForbidden,
    Element,
    EntitiesForbidden,
    ExternalReferenceForbidden,
    read_elements,
)
from fastjango.db import DEFAULT_DB_ALIAS
from fastjango.utils.xmlutils import SimplerXMLGenerator, UnserializableContentError

__all__ = [
    "DTDForbidden",
    "DefusedExpatParser",
    "DefusedXmlException",
    "Deserializer",
    "EntitiesForbidden",
    "ExternalReferenceForbidden",
    "Serializer",
]


class Serializer(base.Serializer):
    """Writes ``<django-objects>``; *indent* is an option."""

    def indent(self, level: int) -> None:
        """Begin a line, when the output is indented."""
        if self.options.get("indent") is not None:
            self.xml.ignorableWhitespace("\n" + " " * self.options["indent"] * level)

    def start_serialization(self) -> None:
        """Open the document."""
        self.xml = SimplerXMLGenerator(self.stream, self.options.get("encoding", "utf-8"))
        self.xml.startDocument()
        self.xml.startElement("django-objects", {"version": "1.0"})

    def end_serialization(self) -> None:
        """Close the document."""
        self.indent(0)
        self.xml.endElement("django-objects")
        self.xml.endDocument()

    def start_object(self, obj: Any) -> None:
        """Open an object."""
        if not hasattr(obj, "_meta"):
            raise base.SerializationError(f"Non-model object ({type(obj)}) encountered during serialization")
        self.indent(1)
        attrs = {"model": str(obj._meta)}
        if (not self.use_natural_primary_keys or not hasattr(obj, "natural_key")) and obj.pk is not None:
            attrs["pk"] = obj._meta.pk.value_to_string(obj)
        self.xml.startElement("object", attrs)

    def end_object(self, obj: Any) -> None:
        """Close an object."""
        self.indent(1)
        self.xml.endElement("object")

    def handle_field(self, obj: Any, field: Any) -> None:
        """Write a plain value."""
        self.indent(2)
        self.xml.startElement("field", {"name": field.name, "type": field.get_internal_type()})
        if getattr(obj, field.name) is None:
            self.xml.addQuickElement("None")
        else:
            value = field.value_to_string(obj)
            if field.get_internal_type() == "JSONField":
                # Written as JSON, so that it can be told from its text.
                value = json.dumps(value, cls=field.encoder)
            try:
                self.xml.characters(value)
            except UnserializableContentError:
                raise ValueError(
                    f"{type(obj).__name__}.{field.name} (pk:{obj.pk}) contains unserializable characters"
                ) from None
        self.xml.endElement("field")

    def _start_relational_field(self, field: Any) -> None:
        self.indent(2)
        self.xml.startElement(
            "field",
            {
                "name": field.name,
                "rel": type(field.remote_field).__name__,
                "to": str(field.remote_field.model._meta),
            },
        )

    def _natural(self, related: Any) -> None:
        for key_value in related.natural_key():
            self.xml.startElement("natural", {})
            self.xml.characters(str(key_value))
            self.xml.endElement("natural")

    def handle_fk_field(self, obj: Any, field: Any) -> None:
        """Write the key of a related object."""
        self._start_relational_field(field)
        related_att = getattr(obj, field.attname)
        if related_att is None:
            self.xml.addQuickElement("None")
        elif self.use_natural_foreign_keys and hasattr(field.remote_field.model, "natural_key"):
            self._natural(getattr(obj, field.name))
        else:
            self.xml.characters(str(related_att))
        self.xml.endElement("field")

    def handle_m2m_field(self, obj: Any, field: Any) -> None:
        """Write the keys of related objects, unless a model of its own lies between."""
        if not field.remote_field.through._meta.auto_created:
            return
        self._start_relational_field(field)
        natural = self.use_natural_foreign_keys and hasattr(field.remote_field.model, "natural_key")
        objects = getattr(obj, "_prefetched_objects_cache", {}).get(field.name)
        if objects is None:
            related = getattr(obj, field.name).select_related(None)
            objects = (related if natural else related.only("pk")).iterator(chunk_size=2000)
        for value in objects:
            if natural:
                self.xml.startElement("object", {})
                self._natural(value)
                self.xml.endElement("object")
            else:
                self.xml.addQuickElement("object", attrs={"pk": str(value.pk)})
        self.xml.endElement("field")


class Deserializer(base.Deserializer):
    """
    Reads XML, object by object; the options are those of the Python format.
    """

    saved_in_batches = True

    def __init__(
        self, stream_or_string: Any, *, using: str = DEFAULT_DB_ALIAS, ignorenonexistent: bool = False, **options: Any
    ) -> None:
        if isinstance(stream_or_string, bytes):
            stream_or_string = BytesIO(stream_or_string)
        super().__init__(stream_or_string, **options)
        self.handle_forward_references = options.pop("handle_forward_references", False)
        self.elements = read_elements(self.stream, "object", self._make_parser())
        self.db = using
        self.ignore = ignorenonexistent

    def _make_parser(self) -> DefusedExpatParser:
        return DefusedExpatParser()

    def __next__(self) -> Any:
        """Return the next object."""
        return self._handle_object(next(self.elements))

    def _handle_object(self, node: Element) -> DeserializedObject:
        model = self._get_model_from_node(node, "model")
        data: dict[str, Any] = {}
        if "pk" in node.attrs:
            data[model._meta.pk.attname] = model._meta.pk.to_python(node.attrs["pk"])
        m2m_data: dict[str, Any] = {}
        deferred: dict[Any, Any] = {}
        known = {field.name for field in model._meta.get_fields()}
        for field_node in node.all("field"):
            field_name = field_node.attrs.get("name")
            if not field_name:
                raise base.DeserializationError("<field> node is missing the 'name' attribute")
            if self.ignore and field_name not in known:
                continue
            field = model._meta.get_field(field_name)
            if field.remote_field and field.many_to_many:
                value = self._handle_m2m_field_node(field_node, field)
                target, name = m2m_data, field.name
            elif field.remote_field and (field.many_to_one or field.one_to_one):
                value = self._handle_fk_field_node(field_node, field)
                target, name = data, field.attname
            else:
                value = self._plain_value(field_node, field)
                target, name = data, field.name
            if value is not DEFER_FIELD:
                target[name] = value
            elif field.many_to_many:
                deferred[field] = [_natural_key(obj_node) for obj_node in field_node.all("object")]
            else:
                deferred[field] = _natural_key(field_node)
        if data.get(model._meta.pk.attname) is None:
            self.before_lookup()
        return DeserializedObject(build_instance(model, data, self.db), m2m_data, deferred)

    def _plain_value(self, node: Element, field: Any) -> Any:
        if node.has("None"):
            return None
        value: Any = field.to_python(node.text().strip())
        if field.get_internal_type() == "JSONField":
            value = json.loads(value, cls=field.decoder)
        return value

    def _handle_fk_field_node(self, node: Element, field: Any) -> Any:
        if node.has("None"):
            return None
        model = field.remote_field.model
        if not (hasattr(model._default_manager, "get_by_natural_key") and node.has("natural")):
            return model._meta.get_field(field.remote_field.field_name).to_python(node.text().strip())
        self.before_lookup()
        try:
            obj = model._default_manager.db_manager(self.db).get_by_natural_key(*_natural_key(node))
        except ObjectDoesNotExist:
            if self.handle_forward_references:
                return DEFER_FIELD
            raise
        value = getattr(obj, field.remote_field.field_name)
        return value.pk if model._meta.pk.remote_field else value

    def _handle_m2m_field_node(self, node: Element, field: Any) -> Any:
        model = field.remote_field.model
        by_natural_key = hasattr(model._default_manager, "get_by_natural_key")

        def convert(obj_node: Element) -> Any:
            if by_natural_key and obj_node.has("natural"):
                self.before_lookup()
                return model._default_manager.db_manager(self.db).get_by_natural_key(*_natural_key(obj_node)).pk
            return model._meta.pk.to_python(obj_node.attrs.get("pk", ""))

        values: list[Any] = []
        for obj_node in node.all("object"):
            try:
                values.append(convert(obj_node))
            except Exception as error:
                if isinstance(error, ObjectDoesNotExist) and self.handle_forward_references:
                    return DEFER_FIELD
                raise base.M2MDeserializationError(error, obj_node.attrs.get("pk")) from error
        return values

    def _get_model_from_node(self, node: Element, attr: str) -> Any:
        identifier = node.attrs.get(attr)
        if not identifier:
            raise base.DeserializationError(f"<{node.name}> node is missing the required '{attr}' attribute")
        try:
            return apps.get_model(identifier)
        except (LookupError, TypeError):
            raise base.DeserializationError(
                f"<{node.name}> node has invalid model identifier: '{identifier}'"
            ) from None


def _natural_key(node: Element) -> list[str]:
    return [natural.text().strip() for natural in node.all("natural")]
