"""
Fetch modes: what happens when an object is asked for something that was not loaded with it.

``FETCH_ONE`` loads it for this object, ``FETCH_PEERS`` for all objects of the same result, ``RAISE`` refuses. A mode is
chosen per queryset (``queryset.fetch_mode(models.FETCH_PEERS)``) or by the setting ``FETCH_MODE``. ``WATCH`` is what
``FETCH_ONE`` becomes while N+1 queries are looked for (the setting ``N_PLUS_ONE``).

``iterables.py`` marks the objects of a result; the descriptors of relations and deferred columns ask the mark.
"""

from __future__ import annotations

import logging
import sys
import warnings
import weakref
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar

from fastjango.conf import settings
from fastjango.core.exceptions import FieldFetchBlocked, ImproperlyConfigured, NPlusOneError, NPlusOneWarning, fix
from fastjango.core.signals import setting_changed

from .prefetch import prefetch_related_objects

logger = logging.getLogger("fastjango.db.n_plus_one")

PEERS = "fetch_mode(models.FETCH_PEERS)"
REPORTED = 0
"""Stands in place of the first object's id: the relation is known to be loaded one by one."""

_OURS = str(Path(__file__).resolve().parents[3])
PASSED_THROUGH = frozenset(["fastapi", "pydantic", "starlette"])
"""Libraries that read attributes on behalf of somebody."""
LOOPS = frozenset(["anyio", "asyncio", "concurrent", "threading", "uvicorn"])
"""Where nobody's code is any more: what runs the tasks and threads."""

# The endpoint whose response is being written (function, path, file, line); FastAPI's routes say it.
written_response: ContextVar[Mapping[str, Any] | None] = ContextVar("fastjango_written_response", default=None)


class FetchMode:
    """What is done for an object that was marked; here: what Django always did."""

    name: ClassVar[str] = "FETCH_ONE"

    def mark(self, objects: Sequence[Any]) -> None:
        """Mark the objects of one result."""

    def relation(self, instance: Any, name: str) -> None:
        """Prepare the reading of a relation with one object; afterwards it may be cached."""

    def column(self, instance: Any, attname: str) -> None:
        """Prepare the reading of a deferred column; afterwards it may be loaded."""

    def many(self, instance: Any, name: str, remedy: str) -> None:
        """Take note that objects of a relation are asked for."""

    def __repr__(self) -> str:
        return f"fastjango.db.models.{self.name}"

    def __reduce__(self) -> str:
        return self.name


class _Peers(FetchMode):
    """Loads what one object needs for all objects of its result, in one query."""

    name = "FETCH_PEERS"

    def mark(self, objects: Sequence[Any]) -> None:
        """Let each object know the others; they are not kept alive by it."""
        peers = tuple(map(weakref.ref, objects))
        for instance in objects:
            state = instance._state
            state.fetch_mode = self
            state.peers = peers

    def _present(self, instance: Any) -> list[Any]:
        db = instance._state.db
        found = [peer for ref in instance._state.peers if (peer := ref()) is not None and peer._state.db == db]
        return found if len(found) > 1 else [instance]

    def relation(self, instance: Any, name: str) -> None:
        """Prefetch the relation for all of them."""
        field = instance._meta.get_field(name)
        peers = [peer for peer in self._present(instance) if not field.is_cached(peer)]
        accessor = name if hasattr(type(instance), name) else field.get_accessor_name()
        prefetch_related_objects(peers, accessor)
        loaded = {id(one): one for peer in peers if (one := field.get_cached_value(peer, default=None)) is not None}
        fresh = [one for one in loaded.values() if one._state.fetch_mode is not self]
        self.mark(fresh)

    def column(self, instance: Any, attname: str) -> None:
        """Load the column for all that lack it."""
        peers = {peer.pk: peer for peer in self._present(instance) if attname not in peer.__dict__}
        if len(peers) < 2:
            return
        rows = instance.__class__._base_manager.using(instance._state.db).filter(pk__in=list(peers))
        for key, value in rows.values_list("pk", attname):
            if (peer := peers.get(key)) is not None:
                peer.__dict__[attname] = value


class _Raise(FetchMode):
    """Refuses to load anything afterwards."""

    name = "RAISE"

    def mark(self, objects: Sequence[Any]) -> None:
        """Mark each object."""
        for instance in objects:
            instance._state.fetch_mode = self

    def relation(self, instance: Any, name: str) -> None:
        """
        Refuse.

        Raises:
            FieldFetchBlocked: Always.
        """
        raise fix(
            FieldFetchBlocked(f"Fetching of {instance.__class__.__name__}.{name} blocked."),
            f"load it with the query: select_related({name!r}) or prefetch_related({name!r})",
            code="models.Q301",
        )

    def column(self, instance: Any, attname: str) -> None:
        """
        Refuse.

        Raises:
            FieldFetchBlocked: Always.
        """
        raise fix(
            FieldFetchBlocked(f"Fetching of {instance.__class__.__name__}.{attname} blocked."),
            f"do not defer it, or name it in only({attname!r})",
            code="models.Q301",
        )


class _Watch(FetchMode):
    """Loads for one object, and counts: the second time for objects of the same result is one query too many."""

    name = "WATCH"

    def mark(self, objects: Sequence[Any]) -> None:
        """Let the objects of a result count together; a single one cannot be one of many."""
        if len(objects) < 2:
            return
        counts: dict[str, int] = {}
        for instance in objects:
            state = instance._state
            state.fetch_mode = self
            state.peers = counts

    def _count(self, instance: Any, name: str, remedy: str) -> None:
        counts = instance._state.peers
        if counts is None:
            return
        # One object may be asked several times; the second object is one of many.
        first = counts.setdefault(name, id(instance))
        if first not in (id(instance), REPORTED):
            counts[name] = REPORTED
            _report(instance, name, remedy)

    def relation(self, instance: Any, name: str) -> None:
        """Count it."""
        self._count(instance, name, f"select_related({name!r}) or prefetch_related({name!r}) to the query, or {PEERS}")

    def column(self, instance: Any, attname: str) -> None:
        """Count it."""
        self._count(instance, attname, f"no defer() of {attname!r} to the query, or {PEERS}")

    def many(self, instance: Any, name: str, remedy: str) -> None:
        """Count it."""
        self._count(instance, name, f"{remedy} to the query")


FETCH_ONE = FetchMode()
FETCH_PEERS = _Peers()
RAISE = _Raise()
WATCH = _Watch()
UNKNOWN = FetchMode()
NAMES: dict[str, FetchMode] = {"one": FETCH_ONE, "peers": FETCH_PEERS, "raise": RAISE}


def call_site() -> tuple[str, int, str]:
    """Return file and line of the code that is not ours, and what to say of it: the route whose response is written."""
    frame: FrameType | None = sys._getframe(1)
    found = None
    while frame is not None:
        filename = frame.f_code.co_filename
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if not filename.startswith((_OURS, "<string>", "<frozen")) and package not in PASSED_THROUGH:
            found = None if package in LOOPS else frame
            break
        frame = frame.f_back
    endpoint = written_response.get()
    if found is None and endpoint is not None:
        return endpoint.get("file", "?"), endpoint.get("line", 0), f", in the response of {_route(endpoint)}"
    found = found or frame or sys._getframe(1)
    return found.f_code.co_filename, found.f_lineno, ""


def _route(endpoint: Mapping[str, Any]) -> str:
    return " ".join(f"{text}" for text in (endpoint.get("path"), f"({endpoint.get('function', 'endpoint')})") if text)


def _report(instance: Any, name: str, remedy: str) -> None:
    """
    Say that a relation is loaded object by object.

    Raises:
        NPlusOneError: ``N_PLUS_ONE`` is "raise".
    """
    filename, line, where = call_site()
    text = (
        f"{instance.__class__.__name__}.{name} is loaded once per object (N+1 queries) at {filename}:{line}{where}. "
        f"Add {remedy}."
    )
    if settings.N_PLUS_ONE == "raise":
        raise NPlusOneError(text)
    if settings.N_PLUS_ONE == "warn":
        warnings.warn_explicit(text, NPlusOneWarning, filename, line)
    else:
        logger.warning("%s", text)


class Default:
    """The mode of querysets that name none; None marks nothing."""

    mode: FetchMode | None = UNKNOWN

    @classmethod
    def get(cls) -> FetchMode | None:
        """Return the mode that the settings say."""
        cls.mode = _from_settings()
        return cls.mode

    @classmethod
    def forget(cls, **kwargs: Any) -> None:
        """Ask the settings again."""
        cls.mode = UNKNOWN


def _from_settings() -> FetchMode | None:
    try:
        mode = NAMES[settings.FETCH_MODE]
    except KeyError:
        raise ImproperlyConfigured(f"FETCH_MODE is {settings.FETCH_MODE!r}; choose from {', '.join(NAMES)}.") from None
    if mode is not FETCH_ONE:
        return mode
    looks = settings.N_PLUS_ONE
    if looks not in {None, "log", "warn", "raise", "off"}:
        raise ImproperlyConfigured(f"N_PLUS_ONE is {looks!r}; choose from None, 'log', 'warn', 'raise', 'off'.")
    return WATCH if looks in {"log", "warn", "raise"} or (looks is None and settings.DEBUG) else None


def mark_result(mode: FetchMode, objects: list[Any], joined: bool) -> None:
    """Mark the objects of a result, and those that came with them through ``select_related``."""
    mode.mark(objects)
    if joined:
        _mark_joined(mode, objects, {id(instance) for instance in objects})


def _mark_joined(mode: FetchMode, objects: list[Any], seen: set[int]) -> None:
    """Mark what *objects* have at hand; each object once, as a one-to-one relation leads back to where it came from."""
    by_name: dict[str, list[Any]] = {}
    for instance in objects:
        for name, related in instance._state.fields_cache.items():
            if hasattr(related, "_state") and related._state.fetch_mode is None and id(related) not in seen:
                seen.add(id(related))
                by_name.setdefault(name, []).append(related)
    for found in by_name.values():
        mode.mark(found)
        _mark_joined(mode, found, seen)


setting_changed.connect(Default.forget, dispatch_uid="fastjango.db.models.query.fetch_modes")

__all__ = ["FETCH_ONE", "FETCH_PEERS", "RAISE", "UNKNOWN", "WATCH", "Default", "FetchMode", "mark_result"]
