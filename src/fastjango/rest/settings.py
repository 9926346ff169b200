"""
``api_settings``: the ``REST_FRAMEWORK`` setting over our defaults, with dotted paths imported.

Values are looked up lazily and kept until the setting changes (``override_settings`` in tests).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastjango.conf import settings
from fastjango.core.signals import setting_changed
from fastjango.rest import DJANGO_DURATION_FORMAT, ISO_8601
from fastjango.utils.module_loading import import_string

DEFAULTS: dict[str, Any] = {
    # What views use unless they say otherwise.
    "DEFAULT_RENDERER_CLASSES": [
        "fastjango.rest.renderers.JSONRenderer",
        "fastjango.rest.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "fastjango.rest.parsers.JSONParser",
        "fastjango.rest.parsers.FormParser",
        "fastjango.rest.parsers.MultiPartParser",
    ],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "fastjango.rest.authentication.SessionAuthentication",
        "fastjango.rest.authentication.BasicAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["fastjango.rest.permissions.AllowAny"],
    "DEFAULT_THROTTLE_CLASSES": [],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "fastjango.rest.negotiation.DefaultContentNegotiation",
    "DEFAULT_METADATA_CLASS": "fastjango.rest.metadata.SimpleMetadata",
    "DEFAULT_VERSIONING_CLASS": None,
    # Generic views.
    "DEFAULT_PAGINATION_CLASS": None,
    "DEFAULT_FILTER_BACKENDS": [],
    "DEFAULT_SCHEMA_CLASS": "fastjango.rest.schemas.openapi.AutoSchema",
    # Throttling.
    "DEFAULT_THROTTLE_RATES": {"user": None, "anon": None},
    "NUM_PROXIES": None,
    # Pagination.
    "PAGE_SIZE": None,
    # Filtering.
    "SEARCH_PARAM": "search",
    "ORDERING_PARAM": "ordering",
    # Versioning.
    "DEFAULT_VERSION": None,
    "ALLOWED_VERSIONS": None,
    "VERSION_PARAM": "version",
    # Requests without credentials.
    "UNAUTHENTICATED_USER": "fastjango.contrib.auth.models.AnonymousUser",
    "UNAUTHENTICATED_TOKEN": None,
    # Names and descriptions of views.
    "VIEW_NAME_FUNCTION": "fastjango.rest.views.get_view_name",
    "VIEW_DESCRIPTION_FUNCTION": "fastjango.rest.views.get_view_description",
    # Errors.
    "EXCEPTION_HANDLER": "fastjango.rest.views.exception_handler",
    "NON_FIELD_ERRORS_KEY": "non_field_errors",
    "LIST_SERIALIZER_ERRORS_AS_DICT": True,
    # Tests.
    "TEST_REQUEST_RENDERER_CLASSES": [
        "fastjango.rest.renderers.MultiPartRenderer",
        "fastjango.rest.renderers.JSONRenderer",
    ],
    "TEST_REQUEST_DEFAULT_FORMAT": "multipart",
    # Hyperlinks and formats.
    "URL_FORMAT_OVERRIDE": "format",
    "FORMAT_SUFFIX_KWARG": "format",
    "URL_FIELD_NAME": "url",
    # Dates, times, durations.
    "DATE_FORMAT": ISO_8601,
    "DATE_INPUT_FORMATS": [ISO_8601],
    "DATETIME_FORMAT": ISO_8601,
    "DATETIME_INPUT_FORMATS": [ISO_8601],
    "TIME_FORMAT": ISO_8601,
    "TIME_INPUT_FORMATS": [ISO_8601],
    "DURATION_FORMAT": DJANGO_DURATION_FORMAT,
    # Encoding.
    "UNICODE_JSON": True,
    "COMPACT_JSON": True,
    "STRICT_JSON": True,
    "COERCE_DECIMAL_TO_STRING": True,
    "COERCE_BIGINT_TO_STRING": False,
    "UPLOADED_FILES_USE_URL": True,
    # The browsable page.
    "HTML_SELECT_CUTOFF": 1000,
    "HTML_SELECT_CUTOFF_TEXT": "More than {count} items...",
    # Schemas.
    "SCHEMA_COERCE_PATH_PK": True,
    "SCHEMA_COERCE_METHOD_NAMES": {"retrieve": "read", "destroy": "delete"},
}

# Settings whose values are classes or functions, given by dotted path.
IMPORT_STRINGS = [
    "DEFAULT_RENDERER_CLASSES",
    "DEFAULT_PARSER_CLASSES",
    "DEFAULT_AUTHENTICATION_CLASSES",
    "DEFAULT_PERMISSION_CLASSES",
    "DEFAULT_THROTTLE_CLASSES",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS",
    "DEFAULT_METADATA_CLASS",
    "DEFAULT_VERSIONING_CLASS",
    "DEFAULT_PAGINATION_CLASS",
    "DEFAULT_FILTER_BACKENDS",
    "DEFAULT_SCHEMA_CLASS",
    "EXCEPTION_HANDLER",
    "TEST_REQUEST_RENDERER_CLASSES",
    "UNAUTHENTICATED_USER",
    "UNAUTHENTICATED_TOKEN",
    "VIEW_NAME_FUNCTION",
    "VIEW_DESCRIPTION_FUNCTION",
]

REMOVED_SETTINGS = [
    "PAGINATE_BY",
    "PAGINATE_BY_PARAM",
    "MAX_PAGINATE_BY",
]


def perform_import(val: Any, setting_name: str) -> Any:
    """Return what the dotted path, or each of several paths, names."""
    if val is None:
        return None
    if isinstance(val, str):
        return import_from_string(val, setting_name)
    if isinstance(val, list | tuple):
        return [import_from_string(item, setting_name) if isinstance(item, str) else item for item in val]
    return val


def import_from_string(val: str, setting_name: str) -> Any:
    """
    Return what the dotted path *val* names.

    Raises:
        ImportError: There is no such thing; the message names the setting.
    """
    try:
        return import_string(val)
    except ImportError as exc:
        raise ImportError(
            f"Could not import '{val}' for API setting '{setting_name}'. {type(exc).__name__}: {exc}."
        ) from exc


class APISettings:
    """
    Settings as attributes: the project's value, or our default.

    Args:
        user_settings: The project's values; the ``REST_FRAMEWORK`` setting when not given.
        import_strings: Names whose values are dotted paths.
    """

    def __init__(
        self,
        user_settings: Mapping[str, Any] | None = None,
        defaults: Mapping[str, Any] | None = None,
        import_strings: Iterable[str] | None = None,
    ) -> None:
        self._cached_attrs: set[str] = set()
        if user_settings:
            self._user_settings = self._checked(user_settings)
        self.defaults = defaults or DEFAULTS
        self.import_strings = import_strings or IMPORT_STRINGS

    @property
    def user_settings(self) -> Mapping[str, Any]:
        """The project's own values."""
        if not hasattr(self, "_user_settings"):
            self._user_settings = self._checked(getattr(settings, "REST_FRAMEWORK", {}))
        return self._user_settings

    def __getattr__(self, attr: str) -> Any:
        if attr.startswith("_") or attr not in self.defaults:
            raise AttributeError(f"Invalid API setting: '{attr}'")
        try:
            val = self.user_settings[attr]
        except KeyError:
            val = self.defaults[attr]
        if attr in self.import_strings:
            val = perform_import(val, attr)
        self._cached_attrs.add(attr)
        self.__dict__[attr] = val
        return val

    def _checked(self, user_settings: Mapping[str, Any]) -> Mapping[str, Any]:
        for name in REMOVED_SETTINGS:
            if name in user_settings:
                raise RuntimeError(
                    f"The '{name}' setting has been removed. Please refer to "
                    "'https://www.django-rest-framework.org/api-guide/settings/' for available settings."
                )
        return user_settings

    def reload(self) -> None:
        """Forget what has been looked up."""
        for name in self._cached_attrs:
            self.__dict__.pop(name, None)
        self._cached_attrs.clear()
        self.__dict__.pop("_user_settings", None)


class FromSettings:
    """A class attribute that is an API setting until a subclass says something else."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: Any) -> Any:
        return getattr(api_settings, self.name)


api_settings = APISettings(None, DEFAULTS, IMPORT_STRINGS)


def reload_api_settings(*args: Any, **kwargs: Any) -> None:
    """Forget the looked-up values when ``REST_FRAMEWORK`` changes."""
    if kwargs["setting"] == "REST_FRAMEWORK":
        api_settings.reload()


setting_changed.connect(reload_api_settings)
