"""Who may log in, and what they may do: the backends that ``AUTHENTICATION_BACKENDS`` names."""

from __future__ import annotations

from typing import Any

from fastjango.contrib.auth import get_user_model
from fastjango.contrib.auth.models import Permission
from fastjango.db.bridge import bridge
from fastjango.db.models import Exists, OuterRef, Q
from fastjango.views.decorators.debug import sensitive_variables

UserModel = get_user_model()


class BaseBackend:
    """A backend that knows nobody; subclass it."""

    def authenticate(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the user these credentials belong to, or None."""
        return None

    async def aauthenticate(self, request: Any, **kwargs: Any) -> Any:
        """Return the user these credentials belong to, or None."""
        return await bridge(self.authenticate, request, **kwargs)

    def get_user(self, user_id: Any) -> Any:
        """Return the user with this key, or None."""
        return None

    async def aget_user(self, user_id: Any) -> Any:
        """Return the user with this key, or None."""
        return await bridge(self.get_user, user_id)

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the permissions given to the user directly."""
        return set()

    async def aget_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the permissions given to the user directly."""
        return await bridge(self.get_user_permissions, user_obj, obj)

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the permissions the user has through groups."""
        return set()

    async def aget_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the permissions the user has through groups."""
        return await bridge(self.get_group_permissions, user_obj, obj)

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return both."""
        return {
            *self.get_user_permissions(user_obj, obj=obj),
            *self.get_group_permissions(user_obj, obj=obj),
        }

    async def aget_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return both."""
        return await bridge(self.get_all_permissions, user_obj, obj)

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Return whether the user has a permission."""
        return perm in self.get_all_permissions(user_obj, obj=obj)

    async def ahas_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Return whether the user has a permission."""
        return await bridge(self.has_perm, user_obj, perm, obj)


class ModelBackend(BaseBackend):
    """Users and permissions of the database."""

    @sensitive_variables("password")
    def authenticate(self, request: Any, username: Any = None, password: Any = None, **kwargs: Any) -> Any:
        """Return the active user with this name and password. Always hashes once, also for a name nobody has."""
        if username is None:
            username = kwargs.get(UserModel.USERNAME_FIELD)
        if username is None or password is None:
            return None
        try:
            user = UserModel._default_manager.get_by_natural_key(username)
        except UserModel.DoesNotExist:
            UserModel().set_password(password)
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None

    def user_can_authenticate(self, user: Any) -> bool:
        """Return whether the user is active."""
        return bool(getattr(user, "is_active", True))

    def _get_user_permissions(self, user_obj: Any) -> Any:
        return user_obj.user_permissions.all()

    def _get_group_permissions(self, user_obj: Any) -> Any:
        return Permission.objects.filter(group__in=user_obj.groups.all())

    def _get_permissions(self, user_obj: Any, obj: Any, from_name: str) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        cache_name = f"_{from_name}_perm_cache"
        if not hasattr(user_obj, cache_name):
            if user_obj.is_superuser:
                perms = Permission.objects.all()
            else:
                perms = getattr(self, f"_get_{from_name}_permissions")(user_obj)
            found = perms.values_list("content_type__app_label", "codename").order_by()
            setattr(user_obj, cache_name, {f"{label}.{name}" for label, name in found})
        permissions: set[str] = getattr(user_obj, cache_name)
        return permissions

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the permissions given to the user directly. Queries: 1, kept on the user."""
        return self._get_permissions(user_obj, obj, "user")

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the permissions the user has through groups. Queries: 1, kept on the user."""
        return self._get_permissions(user_obj, obj, "group")

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return both. Queries: 2, kept on the user."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if not hasattr(user_obj, "_perm_cache"):
            user_obj._perm_cache = super().get_all_permissions(user_obj)
        permissions: set[str] = user_obj._perm_cache
        return permissions

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Return whether the active user has a permission."""
        return bool(user_obj.is_active) and super().has_perm(user_obj, perm, obj=obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Return whether the active user has any permission in an app."""
        return bool(user_obj.is_active) and any(
            perm.partition(".")[0] == app_label for perm in self.get_all_permissions(user_obj)
        )

    async def ahas_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Return whether the active user has any permission in an app."""
        return await bridge(self.has_module_perms, user_obj, app_label)

    def with_perm(self, perm: Any, is_active: bool = True, include_superusers: bool = True, obj: Any = None) -> Any:
        """
        Return the users who have a permission, directly or through a group.

        Raises:
            TypeError: *perm* is neither a text nor a ``Permission``.
            ValueError: The text is not ``app_label.permission_codename``.
        """
        if isinstance(perm, str):
            try:
                app_label, codename = perm.split(".")
            except ValueError:
                raise ValueError("Permission name should be in the form app_label.permission_codename.") from None
        elif not isinstance(perm, Permission):
            raise TypeError("The `perm` argument must be a string or a permission instance.")
        if obj is not None:
            return UserModel._default_manager.none()
        permission_q = Q(group__user=OuterRef("pk")) | Q(user=OuterRef("pk"))
        if isinstance(perm, Permission):
            permission_q &= Q(pk=perm.pk)
        else:
            permission_q &= Q(codename=codename, content_type__app_label=app_label)
        user_q = Exists(Permission.objects.filter(permission_q))
        if include_superusers:
            user_q |= Q(is_superuser=True)
        if is_active is not None:
            user_q &= Q(is_active=is_active)
        return UserModel._default_manager.filter(user_q)

    def get_user(self, user_id: Any) -> Any:
        """Return the user with this key, if active. Queries: 1."""
        try:
            user = UserModel._default_manager.get(pk=user_id)
        except UserModel.DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None


class AllowAllUsersModelBackend(ModelBackend):
    """The same, also for users who are not active."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Let everybody in."""
        return True


class RemoteUserBackend(ModelBackend):
    """Trusts a name that the web server has authenticated."""

    create_unknown_user = True

    def authenticate(self, request: Any, remote_user: Any = None) -> Any:  # type: ignore[override]
        """Return the user with this name; makes one unless ``create_unknown_user`` is off."""
        if not remote_user:
            return None
        created = False
        user = None
        username = self.clean_username(remote_user)
        if self.create_unknown_user:
            user, created = UserModel._default_manager.get_or_create(**{UserModel.USERNAME_FIELD: username})
        else:
            try:
                user = UserModel._default_manager.get_by_natural_key(username)
            except UserModel.DoesNotExist:
                return None
        user = self.configure_user(request, user, created=created)
        return user if self.user_can_authenticate(user) else None

    async def aauthenticate(self, request: Any, remote_user: Any = None) -> Any:  # type: ignore[override]
        """Return the user with this name."""
        return await bridge(self.authenticate, request, remote_user)

    def clean_username(self, username: str) -> str:
        """Return the name as the database has it."""
        return username

    def configure_user(self, request: Any, user: Any, created: bool = True) -> Any:
        """Change a user at login; returns it."""
        return user

    async def aconfigure_user(self, request: Any, user: Any, created: bool = True) -> Any:
        """Change a user at login; returns it."""
        return await bridge(self.configure_user, request, user, created)


class AllowAllUsersRemoteUserBackend(RemoteUserBackend):
    """The same, also for users who are not active."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Let everybody in."""
        return True
