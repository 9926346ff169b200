"""Keys of cached template fragments."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any


def make_template_fragment_key(fragment_name: str, vary_on: Iterable[Any] | None = None) -> str:
    """Return the key under which ``{% cache %}`` keeps a fragment."""
    hasher = hashlib.md5(usedforsecurity=False)
    for arg in vary_on or ():
        hasher.update(str(arg).encode())
        hasher.update(b":")
    return f"template.cache.{fragment_name}.{hasher.hexdigest()}"
