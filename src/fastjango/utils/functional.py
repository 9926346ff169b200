"""
Lazy values: cached properties, class properties, lazy calls and lazy objects.
"""

from __future__ import annotations

import copy
import functools
import itertools
import operator
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar, overload

from fastjango.conf.lazy import empty

T = TypeVar("T")
C = TypeVar("C")

__all__ = [
    "LazyObject",
    "Promise",
    "SimpleLazyObject",
    "cached_property",
    "classproperty",
    "empty",
    "keep_lazy",
    "keep_lazy_text",
    "lazy",
    "lazystr",
    "new_method_proxy",
    "partition",
    "unpickle_lazyobject",
]


class cached_property(Generic[T]):  # noqa: N801 - Django's name
    """A property that is worked out once per object and then kept in its ``__dict__``."""

    name: str | None = None

    def __init__(self, func: Callable[[Any], T]) -> None:
        self.real_func = func
        self.__doc__ = getattr(func, "__doc__", None)

    def func(self, instance: Any) -> T:
        """Return the value of the wrapped function; refused before the property has a name."""
        if self.name is None:
            raise TypeError("Cannot use cached_property instance without calling __set_name__() on it.")
        return self.real_func(instance)

    def __set_name__(self, owner: type, name: str) -> None:
        if self.name is None:
            self.name = name
            self.func = self.real_func  # type: ignore[method-assign, assignment]
        elif name != self.name:
            raise TypeError(
                f"Cannot assign the same cached_property to two different names ({self.name!r} and {name!r})."
            )

    @overload
    def __get__(self, instance: None, cls: type | None = None) -> cached_property[T]: ...

    @overload
    def __get__(self, instance: object, cls: type | None = None) -> T: ...

    def __get__(self, instance: object | None, cls: type | None = None) -> Any:
        if instance is None:
            return self
        value = instance.__dict__[str(self.name)] = self.func(instance)
        return value


class classproperty:  # noqa: N801 - Django's name
    """A property of the class itself, readable on instances too."""

    def __init__(self, method: Callable[[Any], Any] | None = None) -> None:
        self.fget = method

    def __get__(self, instance: Any, cls: type | None = None) -> Any:
        if self.fget is None:
            raise AttributeError("unreadable attribute")
        return self.fget(cls)

    def getter(self, method: Callable[[Any], Any]) -> classproperty:
        """Set the function that gives the value."""
        self.fget = method
        return self


class Promise:
    """Base of the proxies that ``lazy()`` makes."""


def _cast_then(name: str) -> Callable[..., Any]:
    """Return a method that calls the method *name* of the worked-out value."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(self._cast(), name)(*args, **kwargs)

    method.__name__ = name
    return method


class _LazyCall(Promise):
    """The shared behaviour of all lazy calls; ``lazy()`` adds the methods of the result classes."""

    _function: Callable[..., Any]
    _resultclasses: tuple[type, ...]

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._args, self._kw = args, kwargs

    def _cast(self) -> Any:
        return type(self)._function(*self._args, **self._kw)

    def __reduce__(self) -> Any:
        return _remake_lazy, (type(self)._function, self._args, self._kw, *self._resultclasses)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        memo[id(self)] = self
        return self

    def __str__(self) -> str:
        return str(self._cast())

    def __repr__(self) -> str:
        return repr(self._cast())

    def __eq__(self, other: object) -> Any:
        return self._cast() == (other._cast() if isinstance(other, _LazyCall) else other)

    def __ne__(self, other: object) -> Any:
        return self._cast() != (other._cast() if isinstance(other, _LazyCall) else other)

    def __lt__(self, other: Any) -> Any:
        return self._cast() < (other._cast() if isinstance(other, _LazyCall) else other)

    def __le__(self, other: Any) -> Any:
        return self._cast() <= (other._cast() if isinstance(other, _LazyCall) else other)

    def __gt__(self, other: Any) -> Any:
        return self._cast() > (other._cast() if isinstance(other, _LazyCall) else other)

    def __ge__(self, other: Any) -> Any:
        return self._cast() >= (other._cast() if isinstance(other, _LazyCall) else other)

    def __hash__(self) -> int:
        return hash(self._cast())

    def __format__(self, format_spec: str) -> str:
        return format(self._cast(), format_spec)

    def __add__(self, other: Any) -> Any:
        return self._cast() + other

    def __radd__(self, other: Any) -> Any:
        return other + self._cast()

    def __mod__(self, other: Any) -> Any:
        return self._cast() % other

    def __mul__(self, other: Any) -> Any:
        return self._cast() * other


@functools.lru_cache(maxsize=512)
def _lazy_class(function: Callable[..., Any], resultclasses: tuple[type, ...]) -> type[_LazyCall]:
    """Return the proxy class for *function*, with every method that its results may have."""
    members: dict[str, Any] = {"_function": staticmethod(function), "_resultclasses": resultclasses}
    names = (name for result in resultclasses for base in result.__mro__ for name in vars(base))
    for name in names:
        if name not in members and name != "__slots__" and not hasattr(_LazyCall, name):
            members[name] = _cast_then(name)
    return type("__proxy__", (_LazyCall,), members)


def lazy(func: Callable[..., Any], *resultclasses: type) -> Callable[..., Any]:
    """
    Return a function whose calls are worked out only when their result is used.

    Args:
        resultclasses: The classes that *func* may return; the lazy value has their methods.
    """
    try:
        proxy = _lazy_class(func, resultclasses)
    except TypeError:  # an unhashable callable
        proxy = _lazy_class.__wrapped__(func, resultclasses)

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return proxy(args, kwargs)

    return wrapper


def _remake_lazy(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], *resultclasses: type) -> Any:
    return lazy(func, *resultclasses)(*args, **kwargs)


_lazy_text = lazy(str, str)


def lazystr(text: Any) -> Any:
    """Return *text* as a value that becomes a ``str`` when used."""
    return _lazy_text(text)


def keep_lazy(*resultclasses: type) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """
    Decorate a function so that it stays lazy when it is called with lazy arguments.

    Raises:
        TypeError: No result class is given.
    """
    if not resultclasses:
        raise TypeError("You must pass at least one argument to keep_lazy().")

    def decorator(func: Callable[..., T]) -> Callable[..., T]:
        lazy_func = lazy(func, *resultclasses)

        @functools.wraps(func)
        def wrapper(*args: Any, **kwargs: Any) -> T:
            if any(isinstance(value, Promise) for value in itertools.chain(args, kwargs.values())):
                return lazy_func(*args, **kwargs)  # type: ignore[no-any-return]
            return func(*args, **kwargs)

        return wrapper

    return decorator


def keep_lazy_text(func: Callable[..., T]) -> Callable[..., T]:
    """Decorate a function that returns text so that it stays lazy with lazy arguments."""
    return keep_lazy(str)(func)


def new_method_proxy(func: Callable[..., T]) -> Callable[..., T]:
    """Return a method that sets a lazy object up and calls *func* with what it wraps."""

    def inner(self: Any, *args: Any) -> T:
        wrapped = self._wrapped
        if wrapped is empty:
            self._setup()
            wrapped = self._wrapped
        return func(wrapped, *args)

    inner._mask_wrapped = False  # type: ignore[attr-defined]
    return inner


class LazyObject:
    """A stand-in for an object that a subclass makes in ``_setup()`` when it is first used."""

    _wrapped: Any = None

    def __init__(self) -> None:
        self._wrapped = empty

    def __getattribute__(self, name: str) -> Any:
        if name == "_wrapped":
            return super().__getattribute__(name)
        value = super().__getattribute__(name)
        # A proxied special method that the wrapped object does not have must look absent.
        if not getattr(value, "_mask_wrapped", True):
            raise AttributeError
        return value

    __getattr__ = new_method_proxy(getattr)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_wrapped":
            self.__dict__["_wrapped"] = value
            return
        if self._wrapped is empty:
            self._setup()
        setattr(self._wrapped, name, value)

    def __delattr__(self, name: str) -> None:
        if name == "_wrapped":
            raise TypeError("can't delete _wrapped.")
        if self._wrapped is empty:
            self._setup()
        delattr(self._wrapped, name)

    def _setup(self) -> None:
        """Make the wrapped object and store it in ``_wrapped``."""
        raise NotImplementedError("subclasses of LazyObject must provide a _setup() method")

    def __reduce__(self) -> Any:
        if self._wrapped is empty:
            self._setup()
        return unpickle_lazyobject, (self._wrapped,)

    def __copy__(self) -> Any:
        return type(self)() if self._wrapped is empty else copy.copy(self._wrapped)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if self._wrapped is empty:
            result = type(self)()
            memo[id(self)] = result
            return result
        return copy.deepcopy(self._wrapped, memo)

    __bytes__ = new_method_proxy(bytes)
    __str__ = new_method_proxy(str)
    __bool__ = new_method_proxy(bool)
    __dir__ = new_method_proxy(dir)
    __class__ = property(new_method_proxy(operator.attrgetter("__class__")))
    __eq__ = new_method_proxy(operator.eq)
    __lt__ = new_method_proxy(operator.lt)
    __gt__ = new_method_proxy(operator.gt)
    __ne__ = new_method_proxy(operator.ne)
    __hash__ = new_method_proxy(hash)
    __getitem__ = new_method_proxy(operator.getitem)
    __setitem__ = new_method_proxy(operator.setitem)
    __delitem__ = new_method_proxy(operator.delitem)
    __iter__ = new_method_proxy(iter)
    __len__ = new_method_proxy(len)
    __contains__ = new_method_proxy(operator.contains)


def unpickle_lazyobject(wrapped: Any) -> Any:
    """Return what a pickled lazy object wrapped."""
    return wrapped


class SimpleLazyObject(LazyObject):
    """
    A lazy object made by a function.

    Args:
        func: Called without arguments when the object is first used.
    """

    def __init__(self, func: Callable[[], Any]) -> None:
        self.__dict__["_setupfunc"] = func
        super().__init__()

    def _setup(self) -> None:
        self._wrapped = self._setupfunc()

    def __repr__(self) -> str:
        wrapped = self._wrapped
        shown = self.__dict__["_setupfunc"] if wrapped is empty else wrapped
        return f"<{type(self).__name__}: {shown!r}>"

    def __copy__(self) -> Any:
        if self._wrapped is empty:
            return SimpleLazyObject(self.__dict__["_setupfunc"])
        return copy.copy(self._wrapped)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if self._wrapped is empty:
            result = SimpleLazyObject(self.__dict__["_setupfunc"])
            memo[id(self)] = result
            return result
        return copy.deepcopy(self._wrapped, memo)

    __add__ = new_method_proxy(operator.add)

    @new_method_proxy
    def __radd__(self, other: Any) -> Any:
        return other + self


def partition(predicate: Callable[[C], Any], values: Iterable[C]) -> tuple[list[C], list[C]]:
    """Return the values for which *predicate* is false, and those for which it is true."""
    results: tuple[list[C], list[C]] = ([], [])
    for value in values:
        results[bool(predicate(value))].append(value)
    return results
