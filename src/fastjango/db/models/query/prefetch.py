"""``prefetch_related``: related objects of many instances, one query per relation.

Relations are found by duck typing: a descriptor or manager that has
``get_prefetch_querysets`` takes part, so generic relations and third-party ones do, too.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from fastjango.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from fastjango.db.bridge import bridge
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.utils.deprecation import RemovedInDjango60Warning
from fastjango.utils.functional import cached_property


class Prefetch:
    """A path to prefetch, optionally with its own queryset and attribute."""

    def __init__(self, lookup: str, queryset: Any = None, to_attr: str | None = None) -> None:
        # The path to follow, and the path under which the results are found.
        self.prefetch_through = lookup
        self.prefetch_to = lookup
        if queryset is not None and not _gives_instances(queryset):
            raise ValueError("Prefetch querysets cannot use raw(), values(), and values_list().")
        if to_attr:
            self.prefetch_to = LOOKUP_SEP.join([*lookup.split(LOOKUP_SEP)[:-1], to_attr])
        self.queryset = queryset
        self.to_attr = to_attr

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        if self.queryset is not None:
            queryset = self.queryset._chain()
            # The results stay where they are.
            queryset._result_cache = []
            queryset._prefetch_done = True
            state["queryset"] = queryset
        return state

    def add_prefix(self, prefix: str) -> None:
        """Put a path before this one."""
        self.prefetch_through = prefix + LOOKUP_SEP + self.prefetch_through
        self.prefetch_to = prefix + LOOKUP_SEP + self.prefetch_to

    def get_current_prefetch_to(self, level: int) -> str:
        """Return the path of the results down to *level*."""
        return LOOKUP_SEP.join(self.prefetch_to.split(LOOKUP_SEP)[: level + 1])

    def get_current_to_attr(self, level: int) -> tuple[str, bool]:
        """Return the attribute of the results at *level*, and whether it was chosen by the user."""
        parts = self.prefetch_to.split(LOOKUP_SEP)
        return parts[level], bool(self.to_attr) and level == len(parts) - 1

    def get_current_querysets(self, level: int) -> list[Any] | None:
        """Return the user's queryset when *level* is the end of the path."""
        if self.get_current_prefetch_to(level) == self.prefetch_to and self.queryset is not None:
            return [self.queryset]
        return None

    def get_current_queryset(self, level: int) -> Any:
        """Return the user's queryset when *level* is the end of the path; the older name."""
        warnings.warn(
            "Prefetch.get_current_queryset() is deprecated. Use get_current_querysets() instead.",
            RemovedInDjango60Warning,
            stacklevel=2,
        )
        querysets = self.get_current_querysets(level)
        return querysets[0] if querysets else None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Prefetch):
            return NotImplemented
        return self.prefetch_to == other.prefetch_to

    def __hash__(self) -> int:
        return hash((self.__class__, self.prefetch_to))


def _gives_instances(queryset: Any) -> bool:
    if hasattr(queryset, "raw_query"):
        return False
    kind = getattr(queryset, "_iterable_class", None)
    return kind is None or getattr(kind, "gives_instances", False)


def normalize_prefetch_lookups(lookups: Iterable[Any], prefix: str | None = None) -> list[Prefetch]:
    """Return names as ``Prefetch`` objects, below *prefix*."""
    result = []
    for lookup in lookups:
        item = lookup if isinstance(lookup, Prefetch) else Prefetch(lookup)
        if prefix:
            item.add_prefix(prefix)
        result.append(item)
    return result


class Prefetcher(NamedTuple):
    """What one attribute offers."""

    source: Any
    descriptor: Any
    found: bool
    is_fetched: Callable[[Any], bool]


def get_prefetcher(instance: Any, through_attr: str, to_attr: str) -> Prefetcher:
    """Return who can prefetch *through_attr*, and how to tell that an instance has it already."""
    cls = type(instance)

    def has_attribute(obj: Any) -> bool:
        # hasattr() would compute a cached property.
        if isinstance(getattr(cls, to_attr, None), cached_property):
            return to_attr in obj.__dict__
        return hasattr(obj, to_attr)

    descriptor = getattr(cls, through_attr, None)
    if descriptor is None:
        return Prefetcher(None, None, hasattr(instance, through_attr), has_attribute)
    if hasattr(descriptor, "get_prefetch_querysets") or hasattr(descriptor, "get_prefetch_queryset"):
        is_fetched = descriptor.is_cached if through_attr == to_attr else has_attribute
        return Prefetcher(descriptor, descriptor, True, is_fetched)
    # A manager of many objects is made for each instance.
    related = getattr(instance, through_attr)
    source = related if hasattr(related, "get_prefetch_querysets") else None
    if through_attr == to_attr and source is not None:
        return Prefetcher(source, descriptor, True, lambda obj: through_attr in obj._prefetched_objects_cache)
    return Prefetcher(source, descriptor, True, has_attribute)


class _Walk:
    """One call of ``prefetch_related_objects``."""

    def __init__(self, instances: Sequence[Any], lookups: Sequence[Any]) -> None:
        self.instances = instances
        self.waiting = normalize_prefetch_lookups(reversed(lookups))
        self.done: dict[str, list[Any]] = {}
        # Lookups that came from a related queryset, and relations walked so far.
        self.automatic: set[Prefetch] = set()
        self.followed: set[Any] = set()

    def run(self) -> None:
        while self.waiting:
            lookup = self.waiting.pop()
            if lookup.prefetch_to in self.done:
                if lookup.queryset is not None:
                    raise ValueError(
                        f"'{lookup.prefetch_to}' lookup was already seen with a different queryset. "
                        "You may need to adjust the ordering of your lookups."
                    )
                continue
            self.follow(lookup)

    def follow(self, lookup: Prefetch) -> None:
        objects: Sequence[Any] = self.instances
        names = lookup.prefetch_through.split(LOOKUP_SEP)
        for level, name in enumerate(names):
            if not objects:
                return
            path = lookup.get_current_prefetch_to(level)
            if path in self.done:
                objects = self.done[path]
                continue
            if not _prepare(objects):
                return
            # All objects are of one kind: what holds for the first holds for all.
            prefetcher = get_prefetcher(objects[0], name, lookup.get_current_to_attr(level)[0])
            self._check(prefetcher, objects[0], name, lookup, is_last=level == len(names) - 1)
            missing = (
                [obj for obj in objects if not prefetcher.is_fetched(obj)] if prefetcher.source is not None else []
            )
            if missing:
                objects = self.fetch(missing, prefetcher, lookup, level, path)
            else:
                objects = _at_hand(objects, name)

    def fetch(self, objects: list[Any], prefetcher: Prefetcher, lookup: Prefetch, level: int, path: str) -> list[Any]:
        found, additional = prefetch_one_level(objects, prefetcher.source, lookup, level)
        # A relation that was added automatically and leads in a circle is followed once.
        if not (path in self.done and lookup in self.automatic and prefetcher.descriptor in self.followed):
            self.done[path] = found
            new = normalize_prefetch_lookups(reversed(additional), path)
            self.automatic.update(new)
            self.waiting.extend(new)
        self.followed.add(prefetcher.descriptor)
        return found

    @staticmethod
    def _check(prefetcher: Prefetcher, first: Any, name: str, lookup: Prefetch, is_last: bool) -> None:
        if not prefetcher.found:
            raise AttributeError(
                f"Cannot find '{name}' on {type(first).__name__} object, '{lookup.prefetch_through}' is an "
                "invalid parameter to prefetch_related()"
            )
        if is_last and prefetcher.source is None:
            raise ValueError(
                f"'{lookup.prefetch_through}' does not resolve to an item that supports prefetching - "
                "this is an invalid parameter to prefetch_related()."
            )


def prefetch_related_objects(model_instances: Sequence[Any], *related_lookups: Any) -> None:
    """
    Fetch related objects for instances that were loaded before.

    Queries: one per relation that is not there yet.
    """
    if model_instances:
        _Walk(model_instances, related_lookups).run()


async def aprefetch_related_objects(model_instances: Sequence[Any], *related_lookups: Any) -> None:
    """See ``prefetch_related_objects``."""
    return await bridge(prefetch_related_objects, model_instances, *related_lookups)


def _prepare(objects: Sequence[Any]) -> bool:
    """Give each object a place for its results; False when they are no instances."""
    for obj in objects:
        if not hasattr(obj, "_prefetched_objects_cache"):
            try:
                obj._prefetched_objects_cache = {}
            except (AttributeError, TypeError):
                return False
    return True


def _at_hand(objects: Sequence[Any], name: str) -> list[Any]:
    """Return the related objects that the instances hold already."""
    result: list[Any] = []
    for obj in objects:
        cache: Any = getattr(obj, "_prefetched_objects_cache", ())
        if name in cache:
            related: Any = list(cache.get(name))
        else:
            try:
                related = getattr(obj, name)
            except ObjectDoesNotExist:
                continue
        if related is None:
            continue
        if isinstance(related, list):
            result.extend(related)
        else:
            result.append(related)
    return result


def prefetch_one_level(
    instances: list[Any], prefetcher: Any, lookup: Prefetch, level: int
) -> tuple[list[Any], list[Any]]:
    """Fetch one relation and hand the objects out; return them and further lookups. Queries: 1."""
    querysets = lookup.get_current_querysets(level)
    if hasattr(prefetcher, "get_prefetch_querysets"):
        parts = prefetcher.get_prefetch_querysets(instances, querysets)
    else:
        parts = prefetcher.get_prefetch_queryset(instances, querysets[0] if querysets else None)
    queryset, object_key, instance_key, single, cache_name, is_descriptor = parts
    additional = [copy.copy(item) for item in getattr(queryset, "_prefetch_related_lookups", ())]
    if additional:
        # They are done for all objects together, not for this queryset alone.
        queryset._prefetch_related_lookups = ()
    found = list(queryset)
    by_key: dict[Any, list[Any]] = {}
    for obj in found:
        by_key.setdefault(object_key(obj), []).append(obj)
    to_attr, as_attr = lookup.get_current_to_attr(level)
    if as_attr:
        _check_attribute(type(instances[0]), to_attr)
    is_leaf = len(lookup.prefetch_through.split(LOOKUP_SEP)) - 1 == level
    for instance in instances:
        related = by_key.get(instance_key(instance), [])
        if single:
            value = related[0] if related else None
            if as_attr:
                setattr(instance, to_attr, value)
            elif is_descriptor:
                setattr(instance, cache_name, value)
            else:
                _cache_single(prefetcher, instance, cache_name, value)
        elif as_attr:
            setattr(instance, to_attr, related)
        else:
            manager = getattr(instance, to_attr)
            if is_leaf and lookup.queryset is not None:
                results = manager._apply_rel_filters(lookup.queryset)
            else:
                results = manager.get_queryset()
            results._result_cache = related
            results._prefetch_done = True
            instance._prefetched_objects_cache[cache_name] = results
    return found, additional


def _cache_single(prefetcher: Any, instance: Any, cache_name: str, value: Any) -> None:
    owners: list[Any] = [getattr(prefetcher, "field", None), getattr(prefetcher, "related", None), prefetcher]
    for owner in owners:
        if getattr(owner, "cache_name", None) == cache_name and hasattr(owner, "set_cached_value"):
            owner.set_cached_value(instance, value)
            return
    instance._state.fields_cache[cache_name] = value


def _check_attribute(model: Any, to_attr: str) -> None:
    try:
        model._meta.get_field(to_attr)
    except FieldDoesNotExist:
        return
    raise ValueError(f"to_attr={to_attr} conflicts with a field on the {model.__name__} model.")


__all__ = [
    "Prefetch",
    "aprefetch_related_objects",
    "get_prefetcher",
    "normalize_prefetch_lookups",
    "prefetch_one_level",
    "prefetch_related_objects",
]
