"""What ``check`` says about the user model, permissions and middleware."""

from __future__ import annotations

from itertools import chain
from typing import Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.contrib.auth.management import _get_builtin_permissions
from fastjango.core import checks
from fastjango.utils.module_loading import import_string


def _subclass_index(class_path: str, candidate_paths: list[str]) -> int:
    """Return where *class_path*, or a subclass of it, stands; -1 when nowhere."""
    cls = import_string(class_path)
    for index, path in enumerate(candidate_paths):
        try:
            candidate = import_string(path)
            if issubclass(candidate, cls):
                return index
        except (ImportError, TypeError):
            continue
    return -1


def check_user_model(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Check the fields and methods of the user model."""
    if app_configs is None:
        cls = apps.get_model(settings.AUTH_USER_MODEL)
    else:
        app_label, model_name = settings.AUTH_USER_MODEL.split(".")
        for app_config in app_configs:
            if app_config.label == app_label:
                cls = app_config.get_model(model_name)
                break
        else:
            return []
    errors: list[Any] = []
    if not isinstance(cls.REQUIRED_FIELDS, (list, tuple)):
        errors.append(checks.Error("'REQUIRED_FIELDS' must be a list or tuple.", obj=cls, id="auth.E001"))
    if cls.USERNAME_FIELD in cls.REQUIRED_FIELDS:
        errors.append(
            checks.Error(
                "The field named as the 'USERNAME_FIELD' for a custom user model must not be included in "
                "'REQUIRED_FIELDS'.",
                hint=f"The 'USERNAME_FIELD' is currently set to '{cls.USERNAME_FIELD}', you should remove "
                "'%s' from the 'REQUIRED_FIELDS'." % cls.USERNAME_FIELD,
                obj=cls,
                id="auth.E002",
            )
        )
    field = cls._meta.get_field(cls.USERNAME_FIELD)
    unique = field.unique or any(
        constraint.fields == (cls.USERNAME_FIELD,) for constraint in cls._meta.total_unique_constraints
    )
    if not unique:
        default = ["fastjango.contrib.auth.backends.ModelBackend"]
        name = f"{cls._meta.object_name}.{cls.USERNAME_FIELD}"
        if settings.AUTHENTICATION_BACKENDS == default:
            errors.append(
                checks.Error(
                    f"'{name}' must be unique because it is named as the 'USERNAME_FIELD'.", obj=cls, id="auth.E003"
                )
            )
        else:
            errors.append(
                checks.Warning(
                    f"'{name}' is named as the 'USERNAME_FIELD', but it is not unique.",
                    hint="Ensure that your authentication backend(s) can handle non-unique usernames.",
                    obj=cls,
                    id="auth.W004",
                )
            )
    for number, attribute in ((9, "is_anonymous"), (10, "is_authenticated")):
        if callable(getattr(cls(), attribute)):
            errors.append(
                checks.Critical(
                    f"{cls}.{attribute} must be an attribute or property rather than a method. Ignoring this is a "
                    "security issue as anonymous users will be treated as authenticated!",
                    obj=cls,
                    id=f"auth.C{number:03}",
                )
            )
    return errors


def check_models_permissions(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Check the names of permissions."""
    if app_configs is None:
        models = apps.get_models()
    else:
        models = list(chain.from_iterable(app_config.get_models() for app_config in app_configs))
    permission = apps.get_model("auth", "Permission")
    max_name = permission._meta.get_field("name").max_length
    max_codename = permission._meta.get_field("codename").max_length
    errors: list[Any] = []
    for model in models:
        opts = model._meta
        builtin = dict(_get_builtin_permissions(opts))
        verbose_name = str(opts.verbose_name_raw)
        longest = max((len(f"Can {action} {verbose_name}") for action in opts.default_permissions), default=0)
        if builtin and longest > max_name:
            errors.append(
                checks.Error(
                    f"The verbose_name of model '{opts.label}' must be at most {max_name - len('Can delete ')} "
                    f"characters for its builtin permission names to be at most {max_name} characters.",
                    obj=model,
                    id="auth.E007",
                )
            )
        longest_code = max((len(codename) for codename in builtin), default=0)
        if longest_code > max_codename:
            action = max(opts.default_permissions, key=len)
            errors.append(
                checks.Error(
                    f"The name of model '{opts.label}' must be at most {max_codename - len(action) - 1} characters for "
                    f"its builtin permission codenames to be at most {max_codename} characters.",
                    obj=model,
                    id="auth.E011",
                )
            )
        errors += _check_custom(model, opts, builtin, max_name, max_codename)
    return errors


def _check_custom(model: Any, opts: Any, builtin: dict[str, str], max_name: int, max_codename: int) -> list[Any]:
    errors: list[Any] = []
    seen: set[str] = set()
    for codename, name in opts.permissions:
        if len(name) > max_name:
            errors.append(
                checks.Error(
                    f"The permission named '{name}' of model '{opts.label}' is longer than {max_name} characters.",
                    obj=model,
                    id="auth.E008",
                )
            )
        if len(codename) > max_codename:
            errors.append(
                checks.Error(
                    f"The permission codenamed '{codename}' of model '{opts.label}' is longer than {max_codename} "
                    "characters.",
                    obj=model,
                    id="auth.E012",
                )
            )
        if codename in builtin:
            errors.append(
                checks.Error(
                    f"The permission codenamed '{codename}' clashes with a builtin permission for model '{opts.label}'.",
                    obj=model,
                    id="auth.E005",
                )
            )
        elif codename in seen:
            errors.append(
                checks.Error(
                    f"The permission codenamed '{codename}' is duplicated for model '{opts.label}'.",
                    obj=model,
                    id="auth.E006",
                )
            )
        seen.add(codename)
    return errors


def check_middleware(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Check that LoginRequiredMiddleware stands behind AuthenticationMiddleware."""
    base = "fastjango.contrib.auth.middleware"
    login_required = _subclass_index(f"{base}.LoginRequiredMiddleware", settings.MIDDLEWARE)
    if login_required == -1:
        return []
    authentication = _subclass_index(f"{base}.AuthenticationMiddleware", settings.MIDDLEWARE)
    if authentication == -1 or authentication > login_required:
        return [
            checks.Error(
                "In order to use django.contrib.auth.middleware.LoginRequiredMiddleware, "
                "django.contrib.auth.middleware.AuthenticationMiddleware must be defined before it in "
                "MIDDLEWARE.".replace("django.", "fastjango."),
                id="auth.E013",
            )
        ]
    return []
