"""Objects as XML; reading refuses DTDs, entities and references to the outside."""

from __future__ import annotations

import json
from typing import Any
from xml.dom import pulldom  # noqa: S408 - with the parser below
from xml.sax import handler  # noqa: S406
from xml.sax.expatreader import ExpatParser as _ExpatParser  # noqa: S406

from fastjango.apps import apps
from fastjango.core.exceptions import ObjectDoesNotExist
from fastjango.core.serializers import base
from fastjango.core.serializers.deserialized import DEFER_FIELD, DeserializedObject, build_instance
from fastjango.db import DEFAULT_DB_ALIAS
from fastjango.utils.xmlutils import SimplerXMLGenerator, UnserializableContentError


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
    Reads XML; the options are those of the Python format.
    """

    def __init__(
        self, stream_or_string: Any, *, using: str = DEFAULT_DB_ALIAS, ignorenonexistent: bool = False, **options: Any
    ) -> None:
        super().__init__(stream_or_string, **options)
        self.handle_forward_references = options.pop("handle_forward_references", False)
        self.event_stream = pulldom.parse(self.stream, self._make_parser())
        self.db = using
        self.ignore = ignorenonexistent

    def _make_parser(self) -> DefusedExpatParser:
        return DefusedExpatParser()

    def __next__(self) -> Any:
        """Return the next object."""
        for event, node in self.event_stream:
            if event == "START_ELEMENT" and node.nodeName == "object":
                self.event_stream.expandNode(node)  # type: ignore[arg-type]
                return self._handle_object(node)
        raise StopIteration

    def _handle_object(self, node: Any) -> DeserializedObject:
        model = self._get_model_from_node(node, "model")
        data: dict[str, Any] = {}
        if node.hasAttribute("pk"):
            data[model._meta.pk.attname] = model._meta.pk.to_python(node.getAttribute("pk"))
        m2m_data: dict[str, Any] = {}
        deferred: dict[Any, Any] = {}
        known = {field.name for field in model._meta.get_fields()}
        for field_node in node.getElementsByTagName("field"):
            field_name = field_node.getAttribute("name")
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
                deferred[field] = [
                    [getInnerText(natural).strip() for natural in obj_node.getElementsByTagName("natural")]
                    for obj_node in field_node.getElementsByTagName("object")
                ]
            else:
                deferred[field] = [
                    getInnerText(natural).strip() for natural in field_node.getElementsByTagName("natural")
                ]
        return DeserializedObject(build_instance(model, data, self.db), m2m_data, deferred)

    def _plain_value(self, node: Any, field: Any) -> Any:
        if node.getElementsByTagName("None"):
            return None
        value: Any = field.to_python(getInnerText(node).strip())
        if field.get_internal_type() == "JSONField":
            value = json.loads(value, cls=field.decoder)
        return value

    def _handle_fk_field_node(self, node: Any, field: Any) -> Any:
        if node.getElementsByTagName("None"):
            return None
        model = field.remote_field.model
        target = model._meta.get_field(field.remote_field.field_name)
        naturals = node.getElementsByTagName("natural")
        if not hasattr(model._default_manager, "get_by_natural_key") or not naturals:
            value = getInnerText(node).strip()
            if hasattr(model._default_manager, "get_by_natural_key") or not naturals:
                return target.to_python(value)
        field_value = [getInnerText(natural).strip() for natural in naturals]
        try:
            obj = model._default_manager.db_manager(self.db).get_by_natural_key(*field_value)
        except ObjectDoesNotExist:
            if self.handle_forward_references:
                return DEFER_FIELD
            raise
        value = getattr(obj, field.remote_field.field_name)
        return value.pk if model._meta.pk.remote_field else value

    def _handle_m2m_field_node(self, node: Any, field: Any) -> Any:
        model = field.remote_field.model
        by_natural_key = hasattr(model._default_manager, "get_by_natural_key")

        def convert(obj_node: Any) -> Any:
            naturals = obj_node.getElementsByTagName("natural")
            if by_natural_key and naturals:
                key = [getInnerText(natural).strip() for natural in naturals]
                return model._default_manager.db_manager(self.db).get_by_natural_key(*key).pk
            return model._meta.pk.to_python(obj_node.getAttribute("pk"))

        values: list[Any] = []
        for obj_node in node.getElementsByTagName("object"):
            try:
                values.append(convert(obj_node))
            except Exception as error:
                if isinstance(error, ObjectDoesNotExist) and self.handle_forward_references:
                    return DEFER_FIELD
                raise base.M2MDeserializationError(error, obj_node) from error
        return values

    def _get_model_from_node(self, node: Any, attr: str) -> Any:
        identifier = node.getAttribute(attr)
        if not identifier:
            raise base.DeserializationError(f"<{node.nodeName}> node is missing the required '{attr}' attribute")
        try:
            return apps.get_model(identifier)
        except (LookupError, TypeError):
            raise base.DeserializationError(
                f"<{node.nodeName}> node has invalid model identifier: '{identifier}'"
            ) from None


def getInnerText(node: Any) -> str:  # noqa: N802 - Django's name
    """Return all text inside a node, in one pass."""
    parts: list[str] = []
    todo = [node]
    while todo:
        current = todo.pop()
        if current.nodeType in {current.TEXT_NODE, current.CDATA_SECTION_NODE}:
            parts.append(current.data)
        else:
            todo.extend(reversed(current.childNodes))
    return "".join(parts)


class DefusedExpatParser(_ExpatParser):
    """An XML parser that refuses DTDs, entities and external references (billion laughs, XXE)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setFeature(handler.feature_external_ges, False)
        self.setFeature(handler.feature_external_pes, False)

    def start_doctype_decl(self, name: Any, sysid: Any, pubid: Any, has_internal_subset: Any) -> None:
        """Refuse a DTD."""
        raise DTDForbidden(name, sysid, pubid)

    def entity_decl(
        self, name: Any, is_parameter_entity: Any, value: Any, base: Any, sysid: Any, pubid: Any, notation_name: Any
    ) -> None:
        """Refuse an entity."""
        raise EntitiesForbidden(name, value, base, sysid, pubid, notation_name)

    def unparsed_entity_decl(self, name: Any, base: Any, sysid: Any, pubid: Any, notation_name: Any) -> None:
        """Refuse an unparsed entity."""
        raise EntitiesForbidden(name, None, base, sysid, pubid, notation_name)

    def external_entity_ref_handler(self, context: Any, base: Any, sysid: Any, pubid: Any) -> None:
        """Refuse a reference to the outside."""
        raise ExternalReferenceForbidden(context, base, sysid, pubid)

    def reset(self) -> None:
        """Begin anew, with the refusals in place."""
        super().reset()
        parser = self._parser  # type: ignore[attr-defined]
        parser.StartDoctypeDeclHandler = self.start_doctype_decl
        parser.EntityDeclHandler = self.entity_decl
        parser.UnparsedEntityDeclHandler = self.unparsed_entity_decl
        parser.ExternalEntityRefHandler = self.external_entity_ref_handler


class DefusedXmlException(ValueError):
    """The document has something that is refused."""

    def __repr__(self) -> str:
        return str(self)


class DTDForbidden(DefusedXmlException):
    """The document has a DTD."""

    def __init__(self, name: Any, sysid: Any, pubid: Any) -> None:
        super().__init__()
        self.name, self.sysid, self.pubid = name, sysid, pubid

    def __str__(self) -> str:
        return f"DTDForbidden(name='{self.name}', system_id={self.sysid!r}, public_id={self.pubid!r})"


class EntitiesForbidden(DefusedXmlException):
    """The document defines an entity."""

    def __init__(self, name: Any, value: Any, base: Any, sysid: Any, pubid: Any, notation_name: Any) -> None:
        super().__init__()
        self.name, self.value, self.base = name, value, base
        self.sysid, self.pubid, self.notation_name = sysid, pubid, notation_name

    def __str__(self) -> str:
        return f"EntitiesForbidden(name='{self.name}', system_id={self.sysid!r}, public_id={self.pubid!r})"


class ExternalReferenceForbidden(DefusedXmlException):
    """The document refers to the outside."""

    def __init__(self, context: Any, base: Any, sysid: Any, pubid: Any) -> None:
        super().__init__()
        self.context, self.base, self.sysid, self.pubid = context, base, sysid, pubid

    def __str__(self) -> str:
        return f"ExternalReferenceForbidden(system_id='{self.sysid}', public_id={self.pubid})"
