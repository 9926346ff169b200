"""``generateschema``: the OpenAPI document of the project's API, on standard output or in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastjango.core.management.base import BaseCommand
from fastjango.rest.renderers import JSONOpenAPIRenderer, OpenAPIRenderer
from fastjango.rest.schemas.openapi import SchemaGenerator
from fastjango.utils.module_loading import import_string

_RENDERERS: dict[str, Any] = {"openapi": OpenAPIRenderer, "openapi-json": JSONOpenAPIRenderer}


class Command(BaseCommand):
    """Writes the schema as YAML, or with ``--format openapi-json`` as JSON."""

    help = "Generates configured API schema for project."

    def add_arguments(self, parser: Any) -> None:
        """Add the arguments."""
        parser.add_argument("--title", dest="title", default="", type=str)
        parser.add_argument("--url", dest="url", default=None, type=str)
        parser.add_argument("--description", dest="description", default=None, type=str)
        parser.add_argument("--format", dest="format", choices=list(_RENDERERS), default="openapi", type=str)
        parser.add_argument("--urlconf", dest="urlconf", default=None, type=str)
        parser.add_argument("--generator_class", dest="generator_class", default=None, type=str)
        parser.add_argument("--file", dest="file", default=None, type=str)
        parser.add_argument("--api_version", dest="api_version", default="", type=str)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the schema and write it."""
        path = options["generator_class"]
        generator_class: Any = import_string(path) if path else SchemaGenerator
        generator = generator_class(
            url=options["url"],
            title=options["title"],
            description=options["description"],
            urlconf=options["urlconf"],
            version=options["api_version"],
        )
        schema = generator.get_schema(request=None, public=True)
        output: bytes = self.get_renderer(options["format"]).render(schema, renderer_context={})
        if options["file"]:
            Path(options["file"]).write_bytes(output)
        else:
            self.stdout.write(output.decode())

    def get_renderer(self, format: str) -> Any:  # noqa: A002 - DRF's name
        """Return the renderer of a format."""
        return _RENDERERS[format]()
