"""Permissions: who may do what; combined with ``&``, ``|`` and ``~``."""

from __future__ import annotations

from typing import Any

from fastjango.http import Http404
from fastjango.rest import exceptions

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class OperationHolderMixin:
    """The operators of permission classes."""

    def __and__(self, other: Any) -> Any:
        return OperandHolder(AND, self, other)

    def __or__(self, other: Any) -> Any:
        return OperandHolder(OR, self, other)

    def __rand__(self, other: Any) -> Any:
        return OperandHolder(AND, other, self)

    def __ror__(self, other: Any) -> Any:
        return OperandHolder(OR, other, self)

    def __invert__(self) -> Any:
        return SingleOperandHolder(NOT, self)


class SingleOperandHolder(OperationHolderMixin):
    """One permission class under an operator."""

    def __init__(self, operator_class: Any, op1_class: Any) -> None:
        self.operator_class = operator_class
        self.op1_class = op1_class

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.operator_class(self.op1_class(*args, **kwargs))


class OperandHolder(OperationHolderMixin):
    """Two permission classes under an operator."""

    def __init__(self, operator_class: Any, op1_class: Any, op2_class: Any) -> None:
        self.operator_class = operator_class
        self.op1_class = op1_class
        self.op2_class = op2_class

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.operator_class(self.op1_class(*args, **kwargs), self.op2_class(*args, **kwargs))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, OperandHolder)
            and self.operator_class == other.operator_class
            and self.op1_class == other.op1_class
            and self.op2_class == other.op2_class
        )

    def __hash__(self) -> int:
        return hash((self.operator_class, self.op1_class, self.op2_class))


class AND:
    """Both."""

    def __init__(self, op1: Any, op2: Any) -> None:
        self.op1 = op1
        self.op2 = op2

    def has_permission(self, request: Any, view: Any) -> bool:
        """Return whether both let the request through."""
        return bool(self.op1.has_permission(request, view) and self.op2.has_permission(request, view))

    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        """Return whether both let the object through."""
        return bool(
            self.op1.has_object_permission(request, view, obj) and self.op2.has_object_permission(request, view, obj)
        )


class OR:
    """One of them."""

    def __init__(self, op1: Any, op2: Any) -> None:
        self.op1 = op1
        self.op2 = op2

    def has_permission(self, request: Any, view: Any) -> bool:
        """Return whether one of them lets the request through."""
        return bool(self.op1.has_permission(request, view) or self.op2.has_permission(request, view))

    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        """Return whether one of them lets both the request and the object through."""
        return any(
            op.has_permission(request, view) and op.has_object_permission(request, view, obj)
            for op in (self.op1, self.op2)
        )


class NOT:
    """The opposite."""

    def __init__(self, op1: Any) -> None:
        self.op1 = op1

    def has_permission(self, request: Any, view: Any) -> bool:
        """Return whether it does not let the request through."""
        return not self.op1.has_permission(request, view)

    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        """Return whether it does not let the object through."""
        return not self.op1.has_object_permission(request, view, obj)


class BasePermissionMetaclass(OperationHolderMixin, type):
    """Gives permission classes their operators."""


class BasePermission(metaclass=BasePermissionMetaclass):
    """Base of permissions; ``message`` and ``code`` are said to those who lack it."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """Return whether the request may reach the view."""
        return True

    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        """Return whether the request may reach the object."""
        return True


class AllowAny(BasePermission):
    """Everybody."""


class IsAuthenticated(BasePermission):
    """Whoever is logged in."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """Return whether there is a user."""
        return bool(request.user and request.user.is_authenticated)


class IsAdminUser(BasePermission):
    """Staff."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """Return whether the user is staff."""
        return bool(request.user and request.user.is_staff)


class IsAuthenticatedOrReadOnly(BasePermission):
    """Reading for everybody, writing for whoever is logged in."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """Return whether it is a reading method, or there is a user."""
        return bool(request.method in SAFE_METHODS or (request.user and request.user.is_authenticated))


class DjangoModelPermissions(BasePermission):
    """The add, change and delete permissions of the view's model; reading is free."""

    perms_map: dict[str, list[str]] = {
        "GET": [],
        "OPTIONS": [],
        "HEAD": [],
        "POST": ["%(app_label)s.add_%(model_name)s"],
        "PUT": ["%(app_label)s.change_%(model_name)s"],
        "PATCH": ["%(app_label)s.change_%(model_name)s"],
        "DELETE": ["%(app_label)s.delete_%(model_name)s"],
    }
    authenticated_users_only = True

    def get_required_permissions(self, method: str, model_cls: Any) -> list[str]:
        """
        Return the permissions that a method needs.

        Raises:
            MethodNotAllowed: The map does not know the method.
        """
        names = {"app_label": model_cls._meta.app_label, "model_name": model_cls._meta.model_name}
        if method not in self.perms_map:
            raise exceptions.MethodNotAllowed(method)
        return [perm % names for perm in self.perms_map[method]]

    def _queryset(self, view: Any) -> Any:
        if not (hasattr(view, "get_queryset") or getattr(view, "queryset", None) is not None):
            raise AssertionError(
                f"Cannot apply {type(self).__name__} on a view that does not set `.queryset` or have a `.get_queryset()` "
                "method."
            )
        if not hasattr(view, "get_queryset"):
            return view.queryset
        queryset = view.get_queryset()
        if queryset is None:
            raise AssertionError(f"{type(view).__name__}.get_queryset() returned None")
        return queryset

    def has_permission(self, request: Any, view: Any) -> bool:
        """Return whether the user has what the method needs."""
        if not request.user or (not request.user.is_authenticated and self.authenticated_users_only):
            return False
        # Root pages of routers have no model.
        if getattr(view, "_ignore_model_permissions", False):
            return True
        perms = self.get_required_permissions(request.method, self._queryset(view).model)
        return bool(request.user.has_perms(perms))


class DjangoModelPermissionsOrAnonReadOnly(DjangoModelPermissions):
    """The same; who is not logged in may read."""

    authenticated_users_only = False


class DjangoObjectPermissions(DjangoModelPermissions):
    """The same, and the permissions on the object itself, as an authentication backend knows them."""

    def get_required_object_permissions(self, method: str, model_cls: Any) -> list[str]:
        """Return the permissions that a method needs on an object."""
        return self.get_required_permissions(method, model_cls)

    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        """
        Return whether the user has what the method needs on the object.

        Raises:
            Http404: The user may not even see it.
        """
        model_cls = self._queryset(view).model
        user = request.user
        perms = self.get_required_object_permissions(request.method, model_cls)
        if user.has_perms(perms, obj):
            return True
        if request.method in SAFE_METHODS:
            raise Http404
        if not user.has_perms(self.get_required_object_permissions("GET", model_cls), obj):
            raise Http404
        return False


__all__ = [
    "AND",
    "NOT",
    "OR",
    "SAFE_METHODS",
    "AllowAny",
    "BasePermission",
    "BasePermissionMetaclass",
    "DjangoModelPermissions",
    "DjangoModelPermissionsOrAnonReadOnly",
    "DjangoObjectPermissions",
    "IsAdminUser",
    "IsAuthenticated",
    "IsAuthenticatedOrReadOnly",
    "OperandHolder",
    "OperationHolderMixin",
    "SingleOperandHolder",
]
