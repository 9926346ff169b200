"""``@register``, ``@display`` and ``@action``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from fastjango.contrib import admin

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type[Any])


@overload
def action(function: F, *, permissions: Any = ..., description: Any = ...) -> F: ...
@overload
def action(function: None = ..., *, permissions: Any = ..., description: Any = ...) -> Callable[[F], F]: ...
def action(function: Any = None, *, permissions: Any = None, description: Any = None) -> Any:
    """Describe an action of the list: ``@admin.action(description="Publish", permissions=["change"])``."""

    def decorator(func: F) -> F:
        if permissions is not None:
            func.allowed_permissions = permissions  # type: ignore[attr-defined]
        if description is not None:
            func.short_description = description  # type: ignore[attr-defined]
        return func

    return decorator if function is None else decorator(function)


@overload
def display(
    function: F, *, boolean: Any = ..., ordering: Any = ..., description: Any = ..., empty_value: Any = ...
) -> F: ...
@overload
def display(
    function: None = ..., *, boolean: Any = ..., ordering: Any = ..., description: Any = ..., empty_value: Any = ...
) -> Callable[[F], F]: ...
def display(
    function: Any = None, *, boolean: Any = None, ordering: Any = None, description: Any = None, empty_value: Any = None
) -> Any:
    """
    Describe a column: ``@admin.display(description="Price", ordering="price")``.

    Raises:
        ValueError: Both *boolean* and *empty_value* were given.
    """

    def decorator(func: F) -> F:
        if boolean is not None and empty_value is not None:
            raise ValueError("The boolean and empty_value arguments to the @display decorator are mutually exclusive.")
        values = {
            "boolean": boolean,
            "admin_order_field": ordering,
            "short_description": description,
            "empty_value_display": empty_value,
        }
        for name, value in values.items():
            if value is not None:
                setattr(func, name, value)
        return func

    return decorator if function is None else decorator(function)


def register(*models: Any, site: Any = None) -> Callable[[C], C]:
    """
    Register a ``ModelAdmin`` for models: ``@admin.register(Product)``.

    Raises:
        ValueError: No model was given, or the class is no ``ModelAdmin``.
    """

    def wrapper(admin_class: C) -> C:
        if not models:
            raise ValueError("At least one model must be passed to register.")
        admin_site = site or admin.site
        if not isinstance(admin_site, admin.AdminSite):
            raise ValueError("site must subclass AdminSite")
        if not issubclass(admin_class, admin.ModelAdmin):
            raise ValueError("Wrapped class must subclass ModelAdmin.")
        admin_site.register(models, admin_class=admin_class)
        return admin_class

    return wrapper
