"""``InclusionAdminNode``: an inclusion tag whose template an app or a model may override, as pages of the admin may be."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getfullargspec
from typing import Any

from fastjango.template.library import InclusionNode, parse_bits


class InclusionAdminNode(InclusionNode):
    """
    Shows the first template found of ``admin/<app>/<model>/``, ``admin/<app>/`` and ``admin/``.

    The context's ``opts`` name app and model.
    """

    def __init__(
        self, parser: Any, token: Any, func: Callable[..., Any], template_name: str, takes_context: bool = True
    ) -> None:
        self.template_name = template_name
        spec = getfullargspec(func)
        bits = token.split_contents()
        args, kwargs = parse_bits(
            parser, bits[1:], spec.args, spec.varargs, spec.varkw, spec.defaults, spec.kwonlyargs,
            spec.kwonlydefaults, takes_context, bits[0],
        )  # fmt: skip
        super().__init__(func, takes_context, args, kwargs, filename=None)

    def render(self, context: Any) -> str:
        """Choose the template for the context's model, then render it."""
        opts = context["opts"]
        app_label = opts.app_label.lower()
        object_name = opts.model_name
        template = context.render_context.get(self)
        if template is None:
            context.render_context[self] = context.template.engine.select_template(
                [
                    f"admin/{app_label}/{object_name}/{self.template_name}",
                    f"admin/{app_label}/{self.template_name}",
                    f"admin/{self.template_name}",
                ]
            )
        return super().render(context)
