"""Managers: what ``Model.objects`` is. They give querysets and have the querysets' methods."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from fastjango.db.bridge import bridge
from fastjango.db.models.query.queryset import BEYOND_DJANGO, QuerySet, provide_manager
from fastjango.db.models.query.single import MISS, aget_single, first_filter, get_single, is_ordinary
from fastjango.db.routers import router

M = TypeVar("M")
O = TypeVar("O")
Q = TypeVar("Q", bound=QuerySet[Any])


class BaseManager(Generic[M]):
    """A manager without a queryset class; see ``from_queryset``."""

    # Managers are kept in the order of their making.
    creation_counter: int = 0
    auto_created = False
    use_in_migrations = False
    _queryset_class: Any = None
    # Whether its querysets are what they are called: nothing between manager and database was changed.
    _gives_ordinary_querysets = False
    _constructor_args: tuple[tuple[Any, ...], dict[str, Any]]

    if not TYPE_CHECKING:

        def __class_getitem__(cls, *args: Any, **kwargs: Any) -> Any:
            # The parameter is for type checkers only.
            return cls

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        obj = super().__new__(cls)
        obj._constructor_args = (args, kwargs)
        return obj

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls._queryset_class is not None:
            changed = cls.get_queryset is not cls._ordinary_get_queryset
            cls._gives_ordinary_querysets = not changed and is_ordinary(cls._queryset_class)

    def __init__(self) -> None:
        super().__init__()
        self._set_creation_counter()
        self.model: Any = None
        self.name: Any = None
        self._db: str | None = None
        self._hints: dict[str, Any] = {}

    def __str__(self) -> str:
        """Return ``app_label.ModelName.manager_name``."""
        return f"{self.model._meta.label}.{self.name}"

    def deconstruct(self) -> tuple[bool, str | None, str | None, Any, Any]:
        """
        Return what makes this manager again: as_manager?, manager path, queryset path, args, kwargs.

        Raises:
            ValueError: The class cannot be imported by its name.
        """
        queryset_class = self._queryset_class
        if getattr(self, "_built_with_asmanager", False):
            return True, None, f"{queryset_class.__module__}.{queryset_class.__name__}", None, None
        module_name = self.__module__
        name = self.__class__.__name__
        if not hasattr(import_module(module_name), name):
            raise ValueError(
                f"Could not find manager {name} in {module_name}.\n"
                "Please note that you need to inherit from managers you "
                "dynamically generated with 'from_queryset()'."
            )
        return False, f"{module_name}.{name}", None, self._constructor_args[0], self._constructor_args[1]

    def check(self, **kwargs: Any) -> list[Any]:
        """Return what ``check`` has to say about this manager."""
        return []

    @classmethod
    def _get_queryset_methods(cls, queryset_class: Any) -> dict[str, Any]:
        methods = {}
        for name, method in inspect.getmembers(queryset_class, predicate=inspect.isfunction):
            if hasattr(cls, name) or (name in BEYOND_DJANGO and method is getattr(QuerySet, name)):
                continue
            queryset_only = getattr(method, "queryset_only", None)
            if queryset_only or (queryset_only is None and name.startswith("_")):
                continue
            methods[name] = _passed_on(name, method)
        return methods

    @classmethod
    def _get_own_methods(cls, queryset_class: Any) -> dict[str, Any]:
        """Return the verbs that Django does not have; they are kept apart from the list that it documents."""
        return {
            name: _passed_on(name, getattr(queryset_class, name))
            for name in BEYOND_DJANGO
            if not hasattr(cls, name) and hasattr(queryset_class, name)
        }

    @classmethod
    def from_queryset(cls, queryset_class: type[Q], class_name: str | None = None) -> type[Q]:
        """
        Return a manager class that has the public methods of *queryset_class*.

        To type checkers it is that class: they cannot make one of two.
        """
        made: Any = type(
            class_name or f"{cls.__name__}From{queryset_class.__name__}",
            (cls,),
            {
                "_queryset_class": queryset_class,
                **cls._get_own_methods(queryset_class),
                **cls._get_queryset_methods(queryset_class),
            },
        )
        return made  # type: ignore[no-any-return]

    def contribute_to_class(self, cls: Any, name: str) -> None:
        """Become a manager of the model *cls*."""
        self.name = self.name or name
        self.model = cls
        setattr(cls, name, ManagerDescriptor(self))
        cls._meta.add_manager(self)

    def _set_creation_counter(self) -> None:
        self.creation_counter = BaseManager.creation_counter
        BaseManager.creation_counter += 1

    def db_manager(self, using: str | None = None, hints: Any = None) -> Self:
        """Return a copy that asks another database."""
        obj = copy.copy(self)
        obj._db = using or self._db
        obj._hints = hints or self._hints
        return obj

    @property
    def db(self) -> str:
        """The alias this manager reads from."""
        return self._db or router.db_for_read(self.model, **self._hints)

    # -- the two methods that are not the queryset's

    def get_queryset(self) -> QuerySet[M]:
        """Return a new queryset; override it to change what the manager shows."""
        return self._queryset_class(model=self.model, using=self._db, hints=self._hints)  # type: ignore[no-any-return]

    # To see that nobody has put another one in its place.
    _ordinary_get_queryset = get_queryset

    def all(self) -> QuerySet[M]:
        """
        Return the queryset itself, not a copy.

        So prefetched results of a related manager are found again.
        """
        return self.get_queryset()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self.__class__) and self._constructor_args == other._constructor_args

    def __hash__(self) -> int:
        return id(self)


def _get(method: Any) -> Callable[..., Any]:
    @wraps(method)
    def get(self: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs and not args and self._gives_ordinary_querysets:
            found = get_single(self, kwargs)
            if found is not MISS:
                return found
        return self.get_queryset().get(*args, **kwargs)

    return get


def _aget(method: Any) -> Callable[..., Any]:
    @wraps(method)
    async def aget(self: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs and not args and self._gives_ordinary_querysets:
            found = aget_single(self, kwargs)
            if type(found) is CoroutineType:
                found = await found
            if found is not MISS:
                return found
        return await bridge(self.get, *args, **kwargs)

    return aget


def _filter(method: Any) -> Callable[..., Any]:
    @wraps(method)
    def filter(self: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs and not args and self._gives_ordinary_querysets:
            found = first_filter(self, kwargs)
            if found is not None:
                return found
        return self.get_queryset().filter(*args, **kwargs)

    return filter


def _passed_on(name: str, method: Any) -> Callable[..., Any]:
    if method is QuerySet.get:
        return _get(method)
    if method is QuerySet.filter:
        return _filter(method)
    if method is QuerySet.aget:
        return _aget(method)

    @wraps(method)
    def manager_method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(self.get_queryset(), name)(*args, **kwargs)

    return manager_method


if TYPE_CHECKING:

    class Manager(BaseManager[M], QuerySet[M]):  # type: ignore[misc]  # all() is the manager's
        """The ordinary manager."""

        def __get__(self, instance: None, owner: Any) -> Self: ...

    class DefaultManager:
        """The type of ``Model.objects`` where the class says nothing."""

        def __get__(self, instance: None, owner: type[O]) -> QuerySet[O]: ...

else:

    class Manager(BaseManager.from_queryset(QuerySet)):
        """The ordinary manager."""


class ManagerDescriptor:
    """Gives the manager on the class and refuses it on instances."""

    def __init__(self, manager: Any) -> None:
        self.manager = manager

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is not None:
            raise AttributeError(f"Manager isn't accessible via {cls.__name__} instances")
        meta = cls._meta
        if meta.abstract:
            raise AttributeError(f"Manager isn't available; {meta.object_name} is abstract")
        if meta.swappable and meta.swapped:
            raise AttributeError(f"Manager isn't available; '{meta.label}' has been swapped for '{meta.swapped}'")
        return meta.managers_map[self.manager.name]


class EmptyManager(Manager[Any]):
    """A manager whose querysets are empty."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def get_queryset(self) -> Any:
        """Return an empty queryset."""
        return super().get_queryset().none()


provide_manager(Manager)

__all__ = ["BaseManager", "EmptyManager", "Manager", "ManagerDescriptor"]
