"""Versioning schemes: where a request says which version of the API it wants."""

from __future__ import annotations

import re
from typing import Any

from fastjango.rest import exceptions
from fastjango.rest.reverse import _reverse
from fastjango.rest.settings import FromSettings
from fastjango.rest.utils.mediatypes import _MediaType
from fastjango.rest.utils.urls import replace_query_param
from fastjango.utils.translation import gettext_lazy as _


class BaseVersioning:
    """Base of versioning schemes."""

    default_version: Any = FromSettings("DEFAULT_VERSION")
    allowed_versions: Any = FromSettings("ALLOWED_VERSIONS")
    version_param: Any = FromSettings("VERSION_PARAM")
    invalid_version_message: Any = ""

    def determine_version(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the version of the request."""
        raise NotImplementedError(f"{type(self).__name__}.determine_version() must be implemented.")

    def reverse(
        self,
        viewname: Any,
        args: Any = None,
        kwargs: Any = None,
        request: Any = None,
        format: str | None = None,
        **extra: Any,
    ) -> str:
        """Return an address of the request's version."""
        return _reverse(viewname, args, kwargs, request, format, **extra)

    def is_allowed_version(self, version: Any) -> bool:
        """Return whether there is such a version."""
        if not self.allowed_versions:
            return True
        return (version is not None and version == self.default_version) or version in self.allowed_versions


class AcceptHeaderVersioning(BaseVersioning):
    """``Accept: application/json; version=1.0``."""

    invalid_version_message = _('Invalid version in "Accept" header.')

    def determine_version(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the version in the header."""
        media_type = _MediaType(request.accepted_media_type)
        version = media_type.params.get(self.version_param, self.default_version)
        if not self.is_allowed_version(version):
            raise exceptions.NotAcceptable(self.invalid_version_message)
        return version


class URLPathVersioning(BaseVersioning):
    """``/v1/things/``, a keyword argument of the pattern."""

    invalid_version_message = _("Invalid version in URL path.")

    def determine_version(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the version in the address."""
        version = kwargs.get(self.version_param, self.default_version)
        if version is None:
            version = self.default_version
        if not self.is_allowed_version(version):
            raise exceptions.NotFound(self.invalid_version_message)
        return version

    def reverse(
        self,
        viewname: Any,
        args: Any = None,
        kwargs: Any = None,
        request: Any = None,
        format: str | None = None,
        **extra: Any,
    ) -> str:
        """Return an address of the request's version."""
        if request.version is not None:
            kwargs = {self.version_param: request.version, **(kwargs or {})}
        return super().reverse(viewname, args, kwargs, request, format, **extra)


class NamespaceVersioning(BaseVersioning):
    """A URL namespace for each version."""

    invalid_version_message = _("Invalid version in URL path. Does not match any version namespace.")

    def determine_version(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the namespace that is a version."""
        match = getattr(request, "resolver_match", None)
        if match is not None and match.namespace:
            for possible in match.namespace.split(":"):
                if self.is_allowed_version(possible):
                    return possible
        if not self.is_allowed_version(self.default_version):
            raise exceptions.NotFound(self.invalid_version_message)
        return self.default_version

    def reverse(
        self,
        viewname: Any,
        args: Any = None,
        kwargs: Any = None,
        request: Any = None,
        format: str | None = None,
        **extra: Any,
    ) -> str:
        """Return an address in the request's namespace."""
        if request.version is not None:
            viewname = self.get_versioned_viewname(viewname, request)
        return super().reverse(viewname, args, kwargs, request, format, **extra)

    def get_versioned_viewname(self, viewname: str, request: Any) -> str:
        """Return the name in the request's namespace."""
        return f"{request.version}:{viewname}"


class HostNameVersioning(BaseVersioning):
    """``v1.example.com``."""

    hostname_regex = re.compile(r"^([a-zA-Z0-9]+)\.[a-zA-Z0-9]+\.[a-zA-Z0-9]+$")
    invalid_version_message = _("Invalid version in hostname.")

    def determine_version(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the first part of the host."""
        hostname = request.get_host().partition(":")[0]
        matched = self.hostname_regex.match(hostname)
        if not matched:
            return self.default_version
        version = matched.group(1)
        if not self.is_allowed_version(version):
            raise exceptions.NotFound(self.invalid_version_message)
        return version


class QueryParameterVersioning(BaseVersioning):
    """``?version=1.0``."""

    invalid_version_message = _("Invalid version in query parameter.")

    def determine_version(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the version in the query."""
        version = request.query_params.get(self.version_param, self.default_version)
        if not self.is_allowed_version(version):
            raise exceptions.NotFound(self.invalid_version_message)
        return version

    def reverse(
        self,
        viewname: Any,
        args: Any = None,
        kwargs: Any = None,
        request: Any = None,
        format: str | None = None,
        **extra: Any,
    ) -> str:
        """Return an address of the request's version."""
        url = super().reverse(viewname, args, kwargs, request, format, **extra)
        return url if request.version is None else replace_query_param(url, self.version_param, request.version)


__all__ = [
    "AcceptHeaderVersioning",
    "BaseVersioning",
    "HostNameVersioning",
    "NamespaceVersioning",
    "QueryParameterVersioning",
    "URLPathVersioning",
]
