"""The application ``rest_framework``: registers its checks and adds its views to the OpenAPI document."""

from __future__ import annotations

from fastjango.apps import AppConfig
from fastjango.core.checks import Tags, register
from fastjango.core.handlers.app import openapi_contributors
from fastjango.rest.checks import pagination_system_check
from fastjango.rest.schemas.contribute import contribute


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
