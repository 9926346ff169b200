"""The chain of API pages that lead to an address."""

from __future__ import annotations

from typing import Any

from fastjango.urls import get_script_prefix, resolve


def get_breadcrumbs(url: str, request: Any = None) -> list[tuple[str, str]]:
    """Return ``[(name, address), ...]`` of the API views at *url* and at the addresses above it."""
    prefix = get_script_prefix().rstrip("/")
    url = url.removeprefix(prefix)
    found: list[tuple[str, str]] = []
    seen: list[Any] = []
    while True:
        crumb = _crumb(url, prefix, request, seen)
        if crumb is not None:
            found.insert(0, crumb)
        if url in ("", "/"):
            return found
        # First without the slash at the end, then without the last part.
        url = url.rstrip("/") if url.endswith("/") else url[: url.rfind("/") + 1]


def _crumb(url: str, prefix: str, request: Any, seen: list[Any]) -> tuple[str, str] | None:
    try:
        match: Any = resolve(url)
        view, args, kwargs = match
    except Exception:  # noqa: BLE001 - whatever a converter raises: there is no page
        return None
    cls = getattr(view, "cls", None)
    initkwargs = getattr(view, "initkwargs", {})
    if cls is None or not hasattr(cls, "get_view_name") or (view, args, kwargs) in seen[-1:]:
        return None
    instance = cls(**initkwargs)
    instance.request = request
    instance.args = args
    instance.kwargs = kwargs
    seen.append((view, args, kwargs))
    return instance.get_view_name(), prefix + url
