"""Tags of a project's own beside loops, ``with`` and ``filter``: the first rendering and every later one agree."""

from __future__ import annotations

from typing import Any

import pytest

from fastjango.template.context import Context
from fastjango.template.engine import Engine
from fastjango.template.library import Library
from fastjango.template.nodes import Node

register = Library()


class Setter(Node):
    """A node that says nothing about what it sets."""

    def render(self, context: Any) -> str:
        """Set ``names``."""
        context["names"] = ["ada", "bob"]
        return ""


@register.tag
def give_names(parser: Any, token: Any) -> Setter:
    """Parse ``{% give_names %}``."""
    return Setter()


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{% for n in names %}[{{ n }}]{% endfor %}", "[ada][bob]"),
        ("{% for n in names %}{{ forloop.counter }}{{ n }}{% endfor %}", "1ada2bob"),
        ("{% with n=names.0 %}{{ n }}{% endwith %}", "ada"),
        ("{% for n in names %}{% filter capfirst %}{{ n }}{% endfilter %}{% endfor %}", "AdaBob"),
        ("{% for n in names %}{% give_names %}{{ n }}{% endfor %}", "adabob"),
    ],
)
def test_every_rendering_shows_the_same(source: str, shown: str) -> None:
    engine = Engine()
    engine.template_builtins.append(register)
    template = engine.from_string("{% give_names %}" + source)

    found = [template.render(Context()) for _ in range(4)]

    assert found == [shown] * 4
