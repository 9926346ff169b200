"""``Permission``, ``Group``, ``User`` and what a custom user model builds on: ``AbstractUser``, ``PermissionsMixin``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from fastjango.apps import apps
from fastjango.contrib import auth
from fastjango.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from fastjango.contrib.auth.hashers import make_password
from fastjango.contrib.auth.validators import UnicodeUsernameValidator
from fastjango.contrib.contenttypes.models import ContentType
from fastjango.core.exceptions import PermissionDenied
from fastjango.core.mail import send_mail
from fastjango.db import models
from fastjango.db.bridge import bridge
from fastjango.utils import timezone
from fastjango.utils.translation import gettext_lazy as _


def update_last_login(sender: Any, user: Any, **kwargs: Any) -> None:
    """Remember when the user logged in."""
    user.last_login = timezone.now()
    user.save(update_fields=["last_login"])


class PermissionManager(models.Manager):  # type: ignore[type-arg,unused-ignore]
    """Permissions by natural key."""

    use_in_migrations = True

    def get_by_natural_key(self, codename: str, app_label: str, model: str) -> Any:
        """Return the permission with this name on this model."""
        return self.get(
            codename=codename,
            content_type=ContentType.objects.db_manager(self.db).get_by_natural_key(app_label, model),
        )


class Permission(models.Model):
    """The right to do something with the objects of a model."""

    name = models.CharField(_("name"), max_length=255)
    content_type = models.ForeignKey(ContentType, models.CASCADE, verbose_name=_("content type"))
    codename = models.CharField(_("codename"), max_length=100)

    objects = PermissionManager()

    class Meta:
        verbose_name = _("permission")
        verbose_name_plural = _("permissions")
        unique_together = [["content_type", "codename"]]
        ordering = ["content_type__app_label", "content_type__model", "codename"]

    def __str__(self) -> str:
        return f"{self.content_type} | {self.name}"

    def natural_key(self) -> tuple[Any, ...]:
        """Return name and model, as fixtures refer to a permission."""
        return (self.codename, *self.content_type.natural_key())

    natural_key.dependencies = ["contenttypes.contenttype"]  # type: ignore[attr-defined]


class GroupManager(models.Manager):  # type: ignore[type-arg,unused-ignore]
    """Groups by natural key."""

    use_in_migrations = True

    def get_by_natural_key(self, name: str) -> Any:
        """Return the group with this name."""
        return self.get(name=name)

    async def aget_by_natural_key(self, name: str) -> Any:
        """Return the group with this name."""
        return await bridge(self.get_by_natural_key, name)


class Group(models.Model):
    """Users who share permissions."""

    name = models.CharField(_("name"), max_length=150, unique=True)
    permissions = models.ManyToManyField(Permission, verbose_name=_("permissions"), blank=True)

    objects = GroupManager()

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[Any, ...]:
        """Return the name, as fixtures refer to a group."""
        return (self.name,)


class UserManager(BaseUserManager):
    """Makes users."""

    use_in_migrations = True

    def _new_user(self, username: str, email: str | None, password: str | None, **extra_fields: Any) -> Any:
        if not username:
            raise ValueError("The given username must be set")
        email = self.normalize_email(email)
        # The historical model of a migration has no normalize_username(): ask the real one.
        real_model = apps.get_model(self.model._meta.app_label, self.model._meta.object_name)
        user = self.model(username=real_model.normalize_username(username), email=email, **extra_fields)
        user.password = make_password(password)
        return user

    def _create_user(self, username: str, email: str | None, password: str | None, **extra_fields: Any) -> Any:
        user = self._new_user(username, email, password, **extra_fields)
        user.save(using=self._db)
        return user

    def create_user(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> Any:
        """Make and save a user who is neither staff nor superuser. Queries: 1."""
        extra_fields.setdefault("is_staff", False)
        extra_fields.setdefault("is_superuser", False)
        return self._create_user(username, email, password, **extra_fields)

    async def acreate_user(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> Any:
        """Make and save a user who is neither staff nor superuser."""
        return await bridge(self.create_user, username, email, password, **extra_fields)

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> Any:
        """
        Make and save a user who may do everything. Queries: 1.

        Raises:
            ValueError: ``is_staff`` or ``is_superuser`` was given as False.
        """
        extra_fields.setdefault("is_staff", True)
        extra_fields.setdefault("is_superuser", True)
        if extra_fields.get("is_staff") is not True:
            raise ValueError("Superuser must have is_staff=True.")
        if extra_fields.get("is_superuser") is not True:
            raise ValueError("Superuser must have is_superuser=True.")
        return self._create_user(username, email, password, **extra_fields)

    async def acreate_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> Any:
        """Make and save a user who may do everything."""
        return await bridge(self.create_superuser, username, email, password, **extra_fields)

    def with_perm(
        self, perm: Any, is_active: bool = True, include_superusers: bool = True, backend: Any = None, obj: Any = None
    ) -> Any:
        """Return the users who have a permission, as a backend knows them."""
        if backend is None:
            backends = auth._get_backends(return_tuples=True)
            if len(backends) != 1:
                raise ValueError(
                    "You have multiple authentication backends configured and therefore must provide the `backend` "
                    "argument."
                )
            backend, _path = backends[0]
        elif not isinstance(backend, str):
            raise TypeError(f"backend must be a dotted import path string (got {backend!r}).")
        else:
            backend = auth.load_backend(backend)
        if hasattr(backend, "with_perm"):
            return backend.with_perm(perm, is_active=is_active, include_superusers=include_superusers, obj=obj)
        return self.none()


def _user_get_permissions(user: Any, obj: Any, from_name: str) -> set[str]:
    permissions: set[str] = set()
    for backend in auth.get_backends():
        name = f"get_{from_name}_permissions"
        if hasattr(backend, name):
            permissions.update(getattr(backend, name)(user, obj))
    return permissions


def _user_has_perm(user: Any, perm: str, obj: Any) -> bool:
    for backend in auth.get_backends():
        if not hasattr(backend, "has_perm"):
            continue
        try:
            if backend.has_perm(user, perm, obj):
                return True
        except PermissionDenied:
            return False
    return False


def _user_has_module_perms(user: Any, app_label: str) -> bool:
    for backend in auth.get_backends():
        if not hasattr(backend, "has_module_perms"):
            continue
        try:
            if backend.has_module_perms(user, app_label):
                return True
        except PermissionDenied:
            return False
    return False


class PermissionsMixin(models.Model):
    """Groups, permissions and the superuser flag, for any user model."""

    is_superuser = models.BooleanField(
        _("superuser status"),
        default=False,
        help_text=_("Designates that this user has all permissions without explicitly assigning them."),
    )
    groups = models.ManyToManyField(
        Group,
        verbose_name=_("groups"),
        blank=True,
        help_text=_(
            "The groups this user belongs to. A user will get all permissions granted to each of their groups."
        ),
        related_name="user_set",
        related_query_name="user",
    )
    user_permissions = models.ManyToManyField(
        Permission,
        verbose_name=_("user permissions"),
        blank=True,
        help_text=_("Specific permissions for this user."),
        related_name="user_set",
        related_query_name="user",
    )

    class Meta:
        abstract = True

    def get_user_permissions(self, obj: Any = None) -> set[str]:
        """Return the permissions given to the user directly."""
        return _user_get_permissions(self, obj, "user")

    async def aget_user_permissions(self, obj: Any = None) -> set[str]:
        """Return the permissions given to the user directly."""
        return await bridge(self.get_user_permissions, obj)

    def get_group_permissions(self, obj: Any = None) -> set[str]:
        """Return the permissions the user has through groups."""
        return _user_get_permissions(self, obj, "group")

    async def aget_group_permissions(self, obj: Any = None) -> set[str]:
        """Return the permissions the user has through groups."""
        return await bridge(self.get_group_permissions, obj)

    def get_all_permissions(self, obj: Any = None) -> set[str]:
        """Return all permissions of the user."""
        return _user_get_permissions(self, obj, "all")

    async def aget_all_permissions(self, obj: Any = None) -> set[str]:
        """Return all permissions of the user."""
        return await bridge(self.get_all_permissions, obj)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Return whether the user has ``"app.codename"``; an active superuser has every one."""
        if self.is_active and self.is_superuser:  # type: ignore[attr-defined,unused-ignore]
            return True
        return _user_has_perm(self, perm, obj)

    async def ahas_perm(self, perm: str, obj: Any = None) -> bool:
        """Return whether the user has a permission."""
        return await bridge(self.has_perm, perm, obj)

    def has_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:
        """Return whether the user has all of the permissions."""
        if not isinstance(perm_list, Iterable) or isinstance(perm_list, str):
            raise ValueError("perm_list must be an iterable of permissions.")
        return all(self.has_perm(perm, obj) for perm in perm_list)

    async def ahas_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:
        """Return whether the user has all of the permissions."""
        return await bridge(self.has_perms, perm_list, obj)

    def has_module_perms(self, app_label: str) -> bool:
        """Return whether the user has any permission in an app."""
        if self.is_active and self.is_superuser:  # type: ignore[attr-defined,unused-ignore]
            return True
        return _user_has_module_perms(self, app_label)

    async def ahas_module_perms(self, app_label: str) -> bool:
        """Return whether the user has any permission in an app."""
        return await bridge(self.has_module_perms, app_label)


class AbstractUser(AbstractBaseUser, PermissionsMixin):
    """A whole user: name, address, staff and active flags. Subclass it for a custom user model."""

    username_validator = UnicodeUsernameValidator()

    username = models.CharField(
        _("username"),
        max_length=150,
        unique=True,
        help_text=_("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only."),
        validators=[username_validator],
        error_messages={"unique": _("A user with that username already exists.")},
    )
    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    email = models.EmailField(_("email address"), blank=True)
    is_staff = models.BooleanField(
        _("staff status"),
        default=False,
        help_text=_("Designates whether the user can log into this admin site."),
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_(
            "Designates whether this user should be treated as active. Unselect this instead of deleting accounts."
        ),
    )
    date_joined = models.DateTimeField(_("date joined"), default=timezone.now)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD: ClassVar[str] = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        abstract = True

    def clean(self) -> None:
        """Normalize name and address."""
        super().clean()
        self.email = self.__class__.objects.normalize_email(self.email)

    def get_full_name(self) -> str:
        """Return first and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        """Return the first name."""
        return self.first_name

    def email_user(self, subject: str, message: str, from_email: str | None = None, **kwargs: Any) -> None:
        """Send the user a mail."""
        send_mail(subject, message, from_email, [self.email], **kwargs)


class User(AbstractUser):
    """The user model of projects that have none of their own."""

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"


class AnonymousUser:
    """Who asks without having logged in: no key, no permissions but those a backend gives to everybody."""

    id = None
    pk = None
    username = ""
    is_staff = False
    is_active = False
    is_superuser = False
    _groups = None
    _user_permissions = None

    def __str__(self) -> str:
        return "AnonymousUser"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self.__class__)

    def __hash__(self) -> int:
        return 1

    def __int__(self) -> int:
        raise TypeError("Cannot cast AnonymousUser to int. Are you trying to use it in place of User?")

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("Django doesn't provide a DB representation for AnonymousUser.")

    save = delete = set_password = check_password = _refuse

    @property
    def groups(self) -> Any:
        """No groups."""
        return Group.objects.none()

    @property
    def user_permissions(self) -> Any:
        """No permissions."""
        return Permission.objects.none()

    def get_user_permissions(self, obj: Any = None) -> set[str]:
        """Return what backends give to everybody."""
        return _user_get_permissions(self, obj, "user")

    async def aget_user_permissions(self, obj: Any = None) -> set[str]:
        """Return what backends give to everybody."""
        return await bridge(self.get_user_permissions, obj)

    def get_group_permissions(self, obj: Any = None) -> set[str]:
        """Return nothing, with ordinary backends."""
        return set()

    async def aget_group_permissions(self, obj: Any = None) -> set[str]:
        """Return nothing, with ordinary backends."""
        return self.get_group_permissions(obj)

    def get_all_permissions(self, obj: Any = None) -> set[str]:
        """Return what backends give to everybody."""
        return _user_get_permissions(self, obj, "all")

    async def aget_all_permissions(self, obj: Any = None) -> set[str]:
        """Return what backends give to everybody."""
        return await bridge(self.get_all_permissions, obj)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Return whether a backend gives this to everybody."""
        return _user_has_perm(self, perm, obj)

    async def ahas_perm(self, perm: str, obj: Any = None) -> bool:
        """Return whether a backend gives this to everybody."""
        return await bridge(self.has_perm, perm, obj)

    def has_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:
        """Return whether backends give all of this to everybody."""
        if not isinstance(perm_list, Iterable) or isinstance(perm_list, str):
            raise ValueError("perm_list must be an iterable of permissions.")
        return all(self.has_perm(perm, obj) for perm in perm_list)

    async def ahas_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:
        """Return whether backends give all of this to everybody."""
        return await bridge(self.has_perms, perm_list, obj)

    def has_module_perms(self, module: str) -> bool:
        """Return whether a backend gives everybody something in an app."""
        return _user_has_module_perms(self, module)

    async def ahas_module_perms(self, module: str) -> bool:
        """Return whether a backend gives everybody something in an app."""
        return await bridge(self.has_module_perms, module)

    @property
    def is_anonymous(self) -> bool:
        """Always True."""
        return True

    @property
    def is_authenticated(self) -> bool:
        """Always False."""
        return False

    def get_username(self) -> str:
        """Return an empty name."""
        return self.username
