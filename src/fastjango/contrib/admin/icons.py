"""The pictures for true, false and unknown; used by the list and by read-only fields."""

from __future__ import annotations

from typing import Any

from fastjango.templatetags.static import static
from fastjango.utils.html import format_html
from fastjango.utils.safestring import SafeString


def boolean_icon(field_val: Any) -> SafeString:
    """Return the picture for true, false or unknown."""
    name = {True: "yes", False: "no", None: "unknown"}[field_val]
    return format_html('<img src="{}" alt="{}">', static(f"admin/img/icon-{name}.svg"), field_val)
