"""
XML read in one pass and without its dangers: no DTDs, entities or references to the outside.

Every step is linear in the size of the text, however deeply it is nested; the standard DOM is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax import handler  # noqa: S406 - with the parser below
from xml.sax.expatreader import ExpatParser as _ExpatParser  # noqa: S406

_CHUNK = 64 * 1024


class Element:
    """An element: its name, attributes, and what is in it, elements and texts in order."""

    __slots__ = ("attrs", "children", "name")

    def __init__(self, name: str, attrs: dict[str, str]) -> None:
        self.name = name
        self.attrs = attrs
        self.children: list[Element | str] = []

    def all(self, name: str) -> list[Element]:
        """Return the elements of that name directly inside."""
        return [child for child in self.children if isinstance(child, Element) and child.name == name]

    def has(self, name: str) -> bool:
        """Return whether there is an element of that name directly inside."""
        return any(isinstance(child, Element) and child.name == name for child in self.children)

    def text(self) -> str:
        """Return all text inside, at any depth."""
        parts: list[str] = []
        todo: list[Element | str] = list(reversed(self.children))
        while todo:
            child = todo.pop()
            if isinstance(child, Element):
                todo.extend(reversed(child.children))
            else:
                parts.append(child)
        return "".join(parts)


class _Collector(handler.ContentHandler):
    """Collects the outermost elements of one name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.wanted = name
        self.open: list[Element] = []
        self.done: list[Element] = []

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the interface of SAX
        """Open an element, when it is wanted or lies in one that is."""
        if not self.open and name != self.wanted:
            return
        element = Element(name, dict(attrs.items()))
        if self.open:
            self.open[-1].children.append(element)
        self.open.append(element)

    def endElement(self, name: str) -> None:  # noqa: N802 - the interface of SAX
        """Close an element."""
        if self.open:
            element = self.open.pop()
            if not self.open:
                self.done.append(element)

    def characters(self, content: str) -> None:
        """Take a text."""
        if self.open:
            self.open[-1].children.append(content)


def read_elements(stream: Any, name: str, parser: Any) -> Iterator[Element]:
    """Yield the outermost elements of that name, as soon as they are complete."""
    collector = _Collector(name)
    parser.setContentHandler(collector)
    while chunk := stream.read(_CHUNK):
        parser.feed(chunk)
        yield from collector.done
        collector.done.clear()
    parser.close()
    yield from collector.done


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
