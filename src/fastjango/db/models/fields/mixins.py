"""What several kinds of fields share: the cache of related objects, the default check."""

from __future__ import annotations

import warnings
from typing import Any

from fastjango.db.models.fields.json import CheckFieldDefaultMixin
from fastjango.db.models.fields.sentinels import NOT_PROVIDED
from fastjango.utils.deprecation import RemovedInDjango60Warning
from fastjango.utils.functional import cached_property

__all__ = ["NOT_PROVIDED", "CheckFieldDefaultMixin", "FieldCacheMixin"]


class FieldCacheMixin:
    """Keeps an instance's related object in ``instance._state.fields_cache``."""

    @cached_property
    def cache_name(self) -> str:
        """The key of this field in the cache."""
        name = self.get_cache_name()
        warnings.warn(
            f"Override {type(self).__qualname__}.cache_name instead of get_cache_name().",
            RemovedInDjango60Warning,
            stacklevel=3,
        )
        return name

    def get_cache_name(self) -> str:
        """Return the key; the older way to say ``cache_name``."""
        raise NotImplementedError

    def get_cached_value(self, instance: Any, default: Any = NOT_PROVIDED) -> Any:
        """
        Return the cached object.

        Raises:
            KeyError: there is none, and no *default* was given.
        """
        try:
            return instance._state.fields_cache[self.cache_name]
        except KeyError:
            if default is NOT_PROVIDED:
                raise
            return default

    def is_cached(self, instance: Any) -> bool:
        """Tell whether an object is cached."""
        return self.cache_name in instance._state.fields_cache

    def set_cached_value(self, instance: Any, value: Any) -> None:
        """Remember *value*."""
        instance._state.fields_cache[self.cache_name] = value

    def delete_cached_value(self, instance: Any) -> None:
        """Forget the cached object."""
        del instance._state.fields_cache[self.cache_name]
