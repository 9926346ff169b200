"""Compare two XML documents by structure: attribute order and white space around text do not matter."""

from __future__ import annotations

from typing import Any
from xml.dom.minidom import Node, parseString


def _significant(node: Any) -> bool:
    if node.nodeType == Node.TEXT_NODE:
        return bool(node.data.strip())
    return node.nodeType not in (Node.COMMENT_NODE, Node.DOCUMENT_TYPE_NODE, Node.PROCESSING_INSTRUCTION_NODE)


def _first_node(document: Any) -> Any:
    return next(node for node in document.childNodes if _significant(node))


def _shape(node: Any) -> Any:
    if node.nodeType in (Node.TEXT_NODE, Node.CDATA_SECTION_NODE):
        return " ".join(node.data.split())
    children = [_shape(child) for child in node.childNodes if _significant(child)]
    return (node.tagName, tuple(sorted((node.attributes or {}).items())), tuple(children))


def compare_xml(want: str, got: str) -> bool:
    """Return whether both documents say the same. Fragments are given a root first."""
    want, got = (text.strip().replace("\\n", "\n") for text in (want, got))
    if not want.startswith("<?xml"):
        wrapper = '<?xml version="1.0"?>\n<root>%s</root>'
        want, got = wrapper % want, wrapper % got
    return bool(_shape(_first_node(parseString(want))) == _shape(_first_node(parseString(got))))
