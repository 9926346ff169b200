"""Lists and mappings inside HTML form data: ``tags[0]=x``, ``child.name=y``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastjango.utils.datastructures import MultiValueDict


def is_html_input(dictionary: Any) -> bool:
    """Return whether the data came from a form: such mappings have ``getlist()``."""
    return hasattr(dictionary, "getlist")


def parse_html_list(dictionary: Any, prefix: str = "", default: Any = None) -> Any:
    """
    Return the list that the keys ``prefix[0]``, ``prefix[1].name`` ... spell.

    Args:
        default: Returned when there is no such key; an empty list when not given.
    """
    found: dict[int, Any] = {}
    pattern = re.compile(rf"^{re.escape(prefix)}\[([0-9]+)\](.*)$")
    for field, value in dictionary.items():
        matched = pattern.match(field)
        if matched is None or len(matched[1]) > 9:
            continue
        index, key = int(matched[1]), matched[2]
        if not key:
            found[index] = value
        elif isinstance(found.get(index), dict):
            found[index][key] = value
        else:
            found[index] = MultiValueDict({key: [value]})
        if key and isinstance(found[index], MultiValueDict) and hasattr(dictionary, "getlist"):
            found[index].setlist(key, dictionary.getlist(field))
    if not found:
        return default if default is not None else []
    return [_stripped(found[index]) for index in sorted(found)]


def _stripped(value: Any) -> Any:
    if not isinstance(value, MultiValueDict):
        return value
    return MultiValueDict({key[1:] if key.startswith(".") else key: values for key, values in value.lists()})


def parse_html_dict(dictionary: Any, prefix: str = "") -> Any:
    """Return the mapping that the keys ``prefix.name`` spell."""
    found: Mapping[str, Any] = MultiValueDict()
    pattern = re.compile(rf"^{re.escape(prefix)}\.(.+)$")
    for field in dictionary:
        matched = pattern.match(field)
        if matched is not None:
            found.setlist(matched[1], dictionary.getlist(field))  # type: ignore[attr-defined]
    return found
