"""The application ``rest_framework``: registers its checks and adds its views to the OpenAPI document."""

from __future__ import annotations

from typing import Any

from fastjango.apps import AppConfig
from fastjango.core.checks import Tags, register
from fastjango.core.handlers.contributors import openapi_contributors
from fastjango.rest.checks import pagination_system_check
from fastjango.utils.module_loading import import_string


def contribute(app: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the API views' part of the OpenAPI document; serializers are loaded when it is first asked for."""
    paths, components = import_string("fastjango.rest.schemas.contribute.contribute")(app)
    return paths, components


class RestFrameworkConfig(AppConfig):
    """Label ``rest_framework``, under which templates, static files and URLs are found."""

    name = "fastjango.rest"
    label = "rest_framework"
    verbose_name = "Django REST framework"

    def ready(self) -> None:
        """Register checks and the contribution to the API docs."""
        register(Tags.compatibility)(pagination_system_check)
        if contribute not in openapi_contributors:
            openapi_contributors.append(contribute)
