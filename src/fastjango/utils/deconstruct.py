"""Objects that can say how to make them again, as migrations need."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar, overload

from fastjango.utils.version import get_docs_version

T = TypeVar("T")


@overload
def deconstructible(klass: type[T], /, *, path: str | None = None) -> type[T]: ...


@overload
def deconstructible(*, path: str | None = None) -> Callable[[type[T]], type[T]]: ...


def deconstructible(*args: type[Any], path: str | None = None) -> Any:
    """
    Decorate a class so that its objects have ``deconstruct()``: dotted path, arguments, keyword arguments.

    Args:
        path: The dotted path to give in place of where the class is defined.
    """

    def decorator(klass: type[T]) -> type[T]:
        def __new__(cls: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807
            instance = super(klass, cls).__new__(cls)
            instance._constructor_args = (args, kwargs)
            return instance

        def deconstruct(self: Any) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
            """Return the dotted path and the arguments that make this object again."""
            if path and type(self) is klass:
                module_name, _, name = path.rpartition(".")
            else:
                module_name, name = self.__module__, type(self).__name__
            if not hasattr(import_module(module_name), name):
                raise ValueError(
                    f"Could not find object {name} in {module_name}.\n"
                    "Please note that you cannot serialize things like inner classes. Please move the object into "
                    "the main module body to use migrations.\nFor more information, see "
                    f"https://docs.djangoproject.com/en/{get_docs_version()}/topics/migrations/#serializing-values"
                )
            own_path = path if path and type(self) is klass else f"{type(self).__module__}.{name}"
            args, kwargs = self.__dict__["_constructor_args"]
            return own_path, args, kwargs

        klass.__new__ = staticmethod(__new__)  # type: ignore[method-assign]
        klass.deconstruct = deconstruct  # type: ignore[attr-defined]
        return klass

    return decorator(*args) if args else decorator
