"""XML written piece by piece."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import XMLGenerator  # noqa: S406 - it writes, it does not read

_CONTROL = re.compile(r"[\x00-\x08\x0B-\x0C\x0E-\x1F]")


class UnserializableContentError(ValueError):
    """A text has control characters that XML 1.0 cannot hold."""


class SimplerXMLGenerator(XMLGenerator):
    """An XML writer with a method for a whole element, and attributes in a fixed order."""

    def addQuickElement(self, name: str, contents: Any = None, attrs: Any = None) -> None:  # noqa: N802
        """Write an element with a text in it."""
        self.startElement(name, attrs or {})
        if contents is not None:
            self.characters(contents)
        self.endElement(name)

    def characters(self, content: Any) -> None:
        """Write a text, escaped; control characters are refused."""
        if content and _CONTROL.search(content):
            # Section 2.2 of XML 1.0 leaves them out.
            raise UnserializableContentError("Control characters are not supported in XML 1.0")
        super().characters(content)

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802
        """Open an element; its attributes are sorted by name."""
        super().startElement(name, {key: attrs[key] for key in sorted(attrs)})  # type: ignore[arg-type]
