"""Templates of any configured backend, by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.template import engines
from fastjango.template.exceptions import TemplateDoesNotExist

__all__ = ["get_template", "render_to_string", "select_template"]


def get_template(template_name: str, using: str | None = None) -> Any:
    """
    Return the template *template_name* of the first backend that has it.

    Args:
        using: The alias of the only backend to ask.
    Raises:
        TemplateDoesNotExist: None has it.
    """
    chain: list[TemplateDoesNotExist] = []
    for engine in _engine_list(using):
        try:
            return engine.get_template(template_name)
        except TemplateDoesNotExist as exc:
            chain.append(exc)
    raise TemplateDoesNotExist(template_name, chain=chain)


def select_template(template_name_list: Iterable[str], using: str | None = None) -> Any:
    """
    Return the first template of the list that some backend has.

    Args:
        using: The alias of the only backend to ask.
    Raises:
        TypeError: The list is a string.
        TemplateDoesNotExist: None exists, or the list is empty.
    """
    if isinstance(template_name_list, str):
        raise TypeError(
            "select_template() takes an iterable of template names but got a "
            f"string: {template_name_list!r}. Use get_template() if you want to load a "
            "single template by name."
        )
    names = list(template_name_list)
    chain: list[TemplateDoesNotExist] = []
    engines_to_ask = _engine_list(using)
    for template_name in names:
        for engine in engines_to_ask:
            try:
                return engine.get_template(template_name)
            except TemplateDoesNotExist as exc:
                chain.append(exc)
    if names:
        raise TemplateDoesNotExist(", ".join(names), chain=chain)
    raise TemplateDoesNotExist("No template names provided")


def render_to_string(template_name: Any, context: Any = None, request: Any = None, using: str | None = None) -> str:
    """Return the text of a template, or of the first of several that exists."""
    if isinstance(template_name, (list, tuple)):
        template = select_template(template_name, using=using)
    else:
        template = get_template(template_name, using=using)
    text: str = template.render(context, request)
    return text


def _engine_list(using: str | None = None) -> list[Any]:
    return engines.all() if using is None else [engines[using]]
