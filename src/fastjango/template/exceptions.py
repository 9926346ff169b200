"""What can go wrong with templates.

``TemplateDoesNotExist``  no loader found the template
``TemplateSyntaxError``   the template is wrong; with ``debug`` it says where
"""

from __future__ import annotations

from typing import Any

__all__ = ["TemplateDoesNotExist", "TemplateSyntaxError"]


class TemplateDoesNotExist(Exception):
    """
    No loader found the template.

    Args:
        tried: ``(origin, reason)`` for each place that was looked at.
        backend: The backend that looked.
        chain: The errors of the other backends or templates that were tried.
    """

    # Set with debug: what the DEBUG page shows of the place of the error.
    template_debug: dict[str, Any]

    def __init__(
        self, msg: Any, tried: list[tuple[Any, str]] | None = None, backend: Any = None, chain: list[Any] | None = None
    ) -> None:
        self.backend = backend
        self.tried: list[tuple[Any, str]] = [] if tried is None else tried
        self.chain: list[Any] = [] if chain is None else chain
        super().__init__(msg)


class TemplateSyntaxError(Exception):
    """The template is wrong."""
