"""What an error report may show: secrets in settings, headers, cookies, form fields and variables are starred out."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from types import FrameType
from typing import Any

from fastjango.conf import settings
from fastjango.utils.datastructures import MultiValueDict
from fastjango.utils.module_loading import import_string
from fastjango.views.decorators.debug import Names, sensitive_variables_of


class CallableSettingWrapper:
    """Stands for a setting that can be called, so that a template does not call it."""

    def __init__(self, callable_setting: Any) -> None:
        self._wrapped = callable_setting

    def __repr__(self) -> str:
        return repr(self._wrapped)


class SafeExceptionReporterFilter:
    """
    The standard filter. Secrets by name are always hidden; what views mark as sensitive, only without DEBUG.

    Attributes:
        cleansed_substitute: What stands in place of a secret.
        hidden_settings: The names, of settings and of everything else, that are secret.
    """

    cleansed_substitute = "********************"
    hidden_settings = re.compile("API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|HTTP_COOKIE", flags=re.IGNORECASE)

    def cleanse_setting(self, key: Any, value: Any) -> Any:
        """Return *value*, or the substitute; looks into dictionaries, lists and tuples."""
        if isinstance(key, str) and (key == settings.SESSION_COOKIE_NAME or self.hidden_settings.search(key)):
            return self.cleansed_substitute
        if isinstance(value, dict):
            return {name: self.cleanse_setting(name, part) for name, part in value.items()}
        if isinstance(value, list):
            return [self.cleanse_setting("", part) for part in value]
        if isinstance(value, tuple):
            return tuple(self.cleanse_setting("", part) for part in value)
        return CallableSettingWrapper(value) if callable(value) else value

    def get_safe_settings(self) -> dict[str, Any]:
        """Return all settings."""
        return {name: self.cleanse_setting(name, getattr(settings, name)) for name in dir(settings) if name.isupper()}

    def get_safe_request_meta(self, request: Any) -> dict[str, Any]:
        """Return ``request.META``."""
        return {name: self.cleanse_setting(name, value) for name, value in getattr(request, "META", {}).items()}

    def get_safe_cookies(self, request: Any) -> dict[str, Any]:
        """Return ``request.COOKIES``."""
        return {name: self.cleanse_setting(name, value) for name, value in getattr(request, "COOKIES", {}).items()}

    def is_active(self, request: Any) -> bool:
        """Return whether what views mark as sensitive is hidden."""
        return settings.DEBUG is False

    def _sensitive_parameters(self, request: Any) -> Any:
        return getattr(request, "sensitive_post_parameters", ()) if self.is_active(request) else ()

    def get_cleansed_multivaluedict(self, request: Any, multivaluedict: Any) -> Any:
        """Return a dictionary, perhaps the form, without the fields that are marked."""
        marked = self._sensitive_parameters(request)
        if not marked:
            return multivaluedict
        cleansed = multivaluedict.copy()
        for name in list(cleansed) if marked == "__ALL__" else marked:
            if name in cleansed:
                cleansed[name] = self.cleansed_substitute
        return cleansed

    def get_post_parameters(self, request: Any) -> Any:
        """Return the form without the fields that are marked."""
        return {} if request is None else self.get_cleansed_multivaluedict(request, request.POST)

    def cleanse_special_types(self, request: Any, value: Any) -> Any:
        """Return a variable's value; a dictionary may be the form."""
        try:
            # A lazy object may be evaluated by this, and fail once more.
            is_multivalue_dict = isinstance(value, MultiValueDict)
        except Exception as exc:  # noqa: BLE001 - anything may go wrong in there
            return f"{exc!r} while evaluating {value!r}"
        return self.get_cleansed_multivaluedict(request, value) if is_multivalue_dict else value

    def get_traceback_frame_variables(self, request: Any, tb_frame: FrameType) -> list[tuple[str, Any]]:
        """Return the local variables of a frame."""
        marked = next(_marks(tb_frame), None) if self.is_active(request) else None
        cleansed = {}
        for name, value in tb_frame.f_locals.items():
            if marked is not None and (marked == "__ALL__" or name in marked):
                cleansed[name] = self.cleansed_substitute
            else:
                cleansed[name] = self.cleanse_special_types(request, value)
        return list(cleansed.items())


def _marks(frame: FrameType | None) -> Iterator[Names]:
    """Yield the marks of a frame's function and of the functions that have called it, the nearest first."""
    while frame is not None:
        mark = sensitive_variables_of(frame.f_code)
        if mark is not None:
            yield mark
        frame = frame.f_back


@functools.cache
def get_default_exception_reporter_filter() -> Any:
    """Return the filter that ``DEFAULT_EXCEPTION_REPORTER_FILTER`` names."""
    return import_string(settings.DEFAULT_EXCEPTION_REPORTER_FILTER)()


def get_exception_reporter_filter(request: Any) -> Any:
    """Return the filter of a request: its own, or the standard one."""
    return getattr(request, "exception_reporter_filter", None) or get_default_exception_reporter_filter()


def get_exception_reporter_class(request: Any) -> Any:
    """Return the class that reports a request's errors: its own, or the one of ``DEFAULT_EXCEPTION_REPORTER``."""
    default = import_string(settings.DEFAULT_EXCEPTION_REPORTER)
    return getattr(request, "exception_reporter_class", default)


__all__ = [
    "CallableSettingWrapper",
    "SafeExceptionReporterFilter",
    "get_default_exception_reporter_filter",
    "get_exception_reporter_class",
    "get_exception_reporter_filter",
]
