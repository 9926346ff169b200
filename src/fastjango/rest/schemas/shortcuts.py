"""``get_schema_view()``: a schema at an address, in one line of ``urls.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastjango.rest.schemas.openapi import SchemaGenerator
from fastjango.rest.schemas.views import SchemaView
from fastjango.rest.settings import api_settings


def get_schema_view(
    title: str | None = None,
    url: str | None = None,
    description: str | None = None,
    urlconf: Any = None,
    renderer_classes: Any = None,
    public: bool = False,
    patterns: Any = None,
    generator_class: Any = None,
    authentication_classes: Any = None,
    permission_classes: Any = None,
    version: str | None = None,
) -> Callable[..., Any]:
    """
    Return a view function that answers with the schema.

    Args:
        title, description, version: Of the API.
        url: What stands in front of all paths: ``https://api.example.com/``.
        patterns, urlconf: What is described; ``ROOT_URLCONF`` when neither is given.
        public: Whether everybody sees all of it; else each user what they have permission for.
        generator_class: In place of ``openapi.SchemaGenerator``.
        renderer_classes, authentication_classes, permission_classes: Of the view, in place of the defaults.
    """
    generator = (generator_class or SchemaGenerator)(
        title=title, url=url, description=description, urlconf=urlconf, patterns=patterns, version=version
    )
    if authentication_classes is None:
        authentication_classes = api_settings.DEFAULT_AUTHENTICATION_CLASSES
    if permission_classes is None:
        permission_classes = api_settings.DEFAULT_PERMISSION_CLASSES
    return SchemaView.as_view(
        renderer_classes=renderer_classes,
        schema_generator=generator,
        public=public,
        authentication_classes=authentication_classes,
        permission_classes=permission_classes,
    )


__all__ = ["get_schema_view"]
