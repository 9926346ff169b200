"""
``template_rendered``, and the receivers that make caches follow an overridden setting.

Connected when ``fastjango.test`` is imported; each receiver resets one thing that was derived from settings.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.signals import setting_changed
from fastjango.dispatch import Signal, receiver
from fastjango.utils.functional import empty

template_rendered = Signal()

#: What a test had better not override: more hangs on it than the receivers below can follow.
COMPLEX_OVERRIDE_SETTINGS = {"DATABASES"}
# From the warning to the line of the test: receiver, send(), the override and its context manager.
_FRAMES_TO_THE_TEST = 5


@receiver(setting_changed)
def complex_setting_changed(*, enter: bool, setting: str, **kwargs: Any) -> None:
    """Warn of a setting that cannot be overridden without surprises."""
    if enter and setting in COMPLEX_OVERRIDE_SETTINGS:
        warnings.warn(f"Overriding setting {setting} can lead to unexpected behavior.", stacklevel=_FRAMES_TO_THE_TEST)


@receiver(setting_changed)
def clear_cache_handlers(*, setting: str, **kwargs: Any) -> None:
    """``CACHES``: close and forget the caches."""
    if setting == "CACHES":
        from fastjango.core.cache import caches, close_caches

        close_caches()
        caches._settings = caches.settings = caches.configure_settings(None)
        caches.reset()


@receiver(setting_changed)
def update_installed_apps(*, setting: str, **kwargs: Any) -> None:
    """``INSTALLED_APPS``: forget finders, commands, app template directories and translations."""
    if setting != "INSTALLED_APPS":
        return
    from fastjango.core.management import get_commands
    from fastjango.template.utils import get_app_template_dirs
    from fastjango.utils.translation import trans_real

    get_commands.cache_clear()
    get_app_template_dirs.cache_clear()
    trans_real._translations = {}
    try:
        from fastjango.contrib.staticfiles.finders import get_finder
    except ImportError:
        return
    get_finder.cache_clear()


@receiver(setting_changed)
def update_connections_time_zone(*, setting: str, **kwargs: Any) -> None:
    """``TIME_ZONE`` and ``USE_TZ``: the process, the default zone and the connections follow."""
    if setting == "TIME_ZONE":
        if hasattr(time, "tzset"):
            if kwargs["value"]:
                os.environ["TZ"] = kwargs["value"]
            else:
                os.environ.pop("TZ", None)
            time.tzset()
        from fastjango.utils import timezone

        timezone.get_default_timezone.cache_clear()
    if setting in {"TIME_ZONE", "USE_TZ"}:
        from fastjango.db import connections

        for connection in connections.all(initialized_only=True):
            for name in ("timezone", "timezone_name"):
                connection.__dict__.pop(name, None)
            connection.ensure_timezone()


@receiver(setting_changed)
def clear_routers_cache(*, setting: str, **kwargs: Any) -> None:
    """``DATABASE_ROUTERS``: load the routers anew."""
    if setting == "DATABASE_ROUTERS":
        from fastjango.db import router

        router.__dict__.pop("routers", None)
        router._routers = None


@receiver(setting_changed)
def reset_template_engines(*, setting: str, **kwargs: Any) -> None:
    """``TEMPLATES`` and what templates depend on: build the engines anew."""
    if setting in {"TEMPLATES", "DEBUG", "INSTALLED_APPS"}:
        from fastjango.template import engines
        from fastjango.template.engine import Engine

        engines.__dict__.pop("templates", None)
        engines._templates = None
        engines._engines = {}
        Engine.get_default.cache_clear()
        from fastjango.forms.renderers import get_default_renderer

        get_default_renderer.cache_clear()


@receiver(setting_changed)
def storages_changed(*, setting: str, **kwargs: Any) -> None:
    """``STORAGES``, ``MEDIA_*`` and ``STATIC_*``: the storages read them again."""
    from fastjango.core.files.storage import default_storage, storages

    if setting in {"STORAGES", "STATIC_ROOT", "STATIC_URL"}:
        storages.__dict__.pop("backends", None)
        storages._backends = None
        storages._storages = {}
        default_storage._wrapped = empty
        try:
            from fastjango.contrib.staticfiles.storage import staticfiles_storage
        except ImportError:
            return
        staticfiles_storage._wrapped = empty


@receiver(setting_changed)
def static_finders_changed(*, setting: str, **kwargs: Any) -> None:
    """``STATICFILES_DIRS`` and ``STATIC_ROOT``: the finders read them again."""
    if setting in {"STATICFILES_DIRS", "STATIC_ROOT"}:
        try:
            from fastjango.contrib.staticfiles.finders import get_finder
        except ImportError:
            return
        get_finder.cache_clear()


@receiver(setting_changed)
def clear_serializers_cache(*, setting: str, **kwargs: Any) -> None:
    """``SERIALIZATION_MODULES``: load the serializers anew."""
    if setting == "SERIALIZATION_MODULES":
        from fastjango.core import serializers

        setattr(serializers, "_serializers", {})


@receiver(setting_changed)
def language_changed(*, setting: str, **kwargs: Any) -> None:
    """Language settings: forget translations and formats."""
    if setting in {"LANGUAGES", "LANGUAGE_CODE", "LOCALE_PATHS"}:
        from fastjango.utils.translation import trans_real

        trans_real._default = None
        trans_real._active = trans_real.ActiveTranslation()
    if setting in {"LANGUAGES", "LOCALE_PATHS"}:
        from fastjango.utils.translation import trans_real

        trans_real._translations = {}
        getattr(trans_real.check_for_language, "cache_clear", lambda: None)()
    if setting.endswith(("_FORMAT", "_FORMATS", "_SEPARATOR")) or setting in {"USE_THOUSAND_SEPARATOR", "USE_L10N"}:
        from fastjango.utils.formats import reset_format_cache

        reset_format_cache()


@receiver(setting_changed)
def localize_settings_changed(*, setting: str, **kwargs: Any) -> None:
    """``FORMAT_MODULE_PATH`` and number grouping: forget formats."""
    if setting in {"FORMAT_MODULE_PATH", "NUMBER_GROUPING", "FIRST_DAY_OF_WEEK"}:
        from fastjango.utils.formats import reset_format_cache

        reset_format_cache()


@receiver(setting_changed)
def root_urlconf_changed(*, setting: str, **kwargs: Any) -> None:
    """``ROOT_URLCONF``: forget resolvers."""
    if setting == "ROOT_URLCONF":
        from fastjango.urls import clear_url_caches, set_urlconf

        clear_url_caches()
        set_urlconf(None)


@receiver(setting_changed)
def auth_settings_changed(*, setting: str, **kwargs: Any) -> None:
    """``PASSWORD_HASHERS``, ``AUTH_USER_MODEL`` and validators: forget what was loaded from them."""
    if setting == "PASSWORD_HASHERS":
        from fastjango.contrib.auth.hashers import get_hashers, get_hashers_by_algorithm

        get_hashers.cache_clear()
        get_hashers_by_algorithm.cache_clear()
    elif setting == "AUTH_PASSWORD_VALIDATORS":
        from fastjango.contrib.auth.password_validation import get_default_password_validators

        get_default_password_validators.cache_clear()
    elif setting == "AUTH_USER_MODEL":
        _swap_user_model()


def _swap_user_model() -> None:
    """Give the modules that keep the user model as ``UserModel`` the present one."""
    from fastjango.apps import apps
    from fastjango.contrib.auth import get_user_model

    apps.clear_cache()
    try:
        user_model = get_user_model()
    except ImproperlyConfigured:
        # A model of an isolated registry; nothing can log in with it.
        return
    for name in ("backends", "forms", "views", "management.commands.changepassword"):
        module = sys.modules.get(f"fastjango.contrib.auth.{name}")
        if module is not None and hasattr(module, "UserModel"):
            module.UserModel = user_model  # type: ignore[attr-defined]  # a global of that module


@receiver(setting_changed)
def form_renderer_changed(*, setting: str, **kwargs: Any) -> None:
    """``FORM_RENDERER``: forget the renderer."""
    if setting == "FORM_RENDERER":
        from fastjango.forms.renderers import get_default_renderer

        get_default_renderer.cache_clear()
