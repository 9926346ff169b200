"""
``settings``: the object that people import. It loads the settings module at the first access.
"""

from __future__ import annotations

import os
import threading
from typing import Any, Final

from fastjango.conf import global_settings
from fastjango.conf.holders import Settings, UserSettingsHolder
from fastjango.conf.script_prefix import get_script_prefix
from fastjango.core.exceptions import ImproperlyConfigured, fix

ENVIRONMENT_VARIABLE: Final = "FASTJANGO_SETTINGS_MODULE"
DJANGO_VARIABLE: Final = "DJANGO_SETTINGS_MODULE"


class _Empty:
    """The mark of a lazy object that has not been made yet."""

    def __repr__(self) -> str:
        return "<empty>"


empty: Final = _Empty()
# Re-entrant: a finalizer that runs meanwhile may read a setting.
_keeping: Final = threading.RLock()


class SettingsReference(str):  # noqa: SLOT000 - it carries the name
    """A text that remembers which setting it was read from."""

    setting_name: str

    def __new__(cls, value: str, setting_name: str) -> SettingsReference:
        return super().__new__(cls, value)

    def __init__(self, value: str, setting_name: str) -> None:
        self.setting_name = setting_name


class LazySettings:
    """
    The settings of this process, loaded when the first one is read.

    ``FASTJANGO_SETTINGS_MODULE`` names the module; ``DJANGO_SETTINGS_MODULE`` is honoured when it is unset.
    ``configure()`` takes the place of a module.
    """

    _wrapped: Any

    def __init__(self) -> None:
        self.__dict__["_wrapped"] = empty

    def _setup(self, name: str | None = None) -> None:
        """Load the settings module that the environment names."""
        module = os.environ.get(ENVIRONMENT_VARIABLE) or os.environ.get(DJANGO_VARIABLE)
        if not module:
            what = f"setting {name}" if name else "settings"
            raise ImproperlyConfigured(
                f"Requested {what}, but settings are not configured. You must either define the environment "
                f"variable {ENVIRONMENT_VARIABLE} or call settings.configure() before accessing settings."
            )
        self._wrapped = Settings(module)

    def configure(self, default_settings: Any = global_settings, **options: Any) -> None:
        """
        Set the settings by hand.

        Args:
            default_settings: Where settings that are not in *options* are looked up.
        Raises:
            RuntimeError: Settings have been configured before.
            TypeError: A name is not in upper case.
        """
        if self._wrapped is not empty:
            raise RuntimeError("Settings already configured.")
        holder = UserSettingsHolder(default_settings)
        for name, value in options.items():
            if not name.isupper():
                raise TypeError(f"Setting {name!r} must be uppercase.")
            setattr(holder, name, value)
        self._wrapped = holder

    @property
    def configured(self) -> bool:
        """Whether the settings have been loaded or set."""
        return self._wrapped is not empty

    def __getattr__(self, name: str) -> Any:
        wrapped = self.__dict__["_wrapped"]
        if wrapped is empty:
            self._setup(name)
            wrapped = self.__dict__["_wrapped"]
        value = getattr(wrapped, name)
        if name in {"MEDIA_URL", "STATIC_URL"} and value is not None:
            # Not kept: the prefix belongs to the running request.
            return _add_script_prefix(value)
        if name == "SECRET_KEY" and not value:
            raise fix(
                ImproperlyConfigured("The SECRET_KEY setting must not be empty."),
                "put a long random text into SECRET_KEY; `startproject` writes one for you",
            )
        with _keeping:
            # Another thread may have exchanged the settings while this value was looked up.
            if self.__dict__["_wrapped"] is wrapped:
                self.__dict__[name] = value
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_wrapped":
            with _keeping:
                # Never without settings in between: other threads read on.
                self.__dict__["_wrapped"] = value
                for kept in [key for key in self.__dict__ if key != "_wrapped"]:
                    del self.__dict__[kept]
            return
        self.__dict__.pop(name, None)
        if self._wrapped is empty:
            self._setup(name)
        setattr(self._wrapped, name, value)

    def __delattr__(self, name: str) -> None:
        if name == "_wrapped":
            raise TypeError("can't delete _wrapped.")
        if self._wrapped is empty:
            self._setup(name)
        delattr(self._wrapped, name)
        self.__dict__.pop(name, None)

    def __dir__(self) -> list[str]:
        if self._wrapped is empty:
            self._setup()
        return dir(self._wrapped)

    def __repr__(self) -> str:
        if self._wrapped is empty:
            return "<LazySettings [Unevaluated]>"
        return f'<LazySettings "{self._wrapped.SETTINGS_MODULE}">'


def _add_script_prefix(value: str) -> str:
    """Return *value* below the script prefix, unless it is a full address or starts at the root."""
    if value.startswith(("http://", "https://", "/")):
        return value
    return f"{get_script_prefix()}{value}"


settings = LazySettings()


def are_configured() -> bool:
    """Whether settings are there, or a module is named that they will be loaded from."""
    return bool(settings.configured or os.environ.get(ENVIRONMENT_VARIABLE) or os.environ.get(DJANGO_VARIABLE))
