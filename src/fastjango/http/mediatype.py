"""Media types of an ``Accept`` header and the choice among them (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from fastjango.utils.functional import cached_property
from fastjango.utils.http import parse_header_parameters


class MediaType:
    """One media type, possibly a range such as ``text/*``, with its parameters."""

    def __init__(self, media_type_raw_line: str | MediaType) -> None:
        line = str(media_type_raw_line) if media_type_raw_line else ""
        try:
            full_type, self.params = parse_header_parameters(line)
        except ValueError:
            # What nobody can read covers nothing.
            full_type, self.params = "", {}
        self.main_type, _, self.sub_type = full_type.partition("/")

    def __str__(self) -> str:
        parameters = "".join(f"; {name}={value}" for name, value in self.params.items())
        return f"{self.main_type}{'/' + self.sub_type if self.sub_type else ''}{parameters}"

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__}: {self}>"

    @cached_property
    def range_params(self) -> dict[str, str]:
        """The parameters that belong to the type: all but the weight ``q``."""
        return {name: value for name, value in self.params.items() if name != "q"}

    def match(self, other: str | MediaType | None) -> bool:
        """Return whether this type or range covers *other*."""
        if not other:
            return False
        if not isinstance(other, MediaType):
            other = MediaType(other)
        if not (self.main_type and self.sub_type and other.main_type and other.sub_type):
            return False
        for mine, theirs in ((self.main_type, other.main_type), (self.sub_type, other.sub_type)):
            if mine != theirs and "*" not in (mine, theirs):
                return False
        if bool(self.range_params) == bool(other.range_params):
            return self.range_params == other.range_params
        # Parameters here ask for nothing there; parameters there are more than was offered here.
        return bool(self.range_params)

    @cached_property
    def quality(self) -> float:
        """The weight, between 0 and 1; anything malformed counts as 1."""
        try:
            quality = float(self.params.get("q", 1))
        except ValueError:
            return 1.0
        # Also refuses nan, which compares false with everything.
        return round(quality, 3) if 0 <= quality <= 1 else 1.0

    @cached_property
    def specificity(self) -> int:
        """0 for ``*/*``, 1 for ``text/*``, 2 for ``text/html``, 3 with parameters."""
        if self.main_type == "*":
            return 0
        if self.sub_type == "*":
            return 1
        return 3 if self.range_params else 2


__all__ = ["MediaType"]
