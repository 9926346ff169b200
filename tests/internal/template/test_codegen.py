"""The generated code: names of loops are local variables unless a node may look at the context."""

from __future__ import annotations

from typing import Any

from fastjango.template import Engine, Library, Node
from fastjango.template.codegen import program_source


def source_of(template: str, *libraries: Library) -> str:
    """Return the code generated for *template*."""
    engine = Engine()
    engine.template_builtins.extend(libraries)
    return program_source(engine.from_string(template).nodelist)[0]


def test_a_plain_loop_never_touches_the_context() -> None:
    code = source_of("{% for a in rows %}{{ a.name }}{{ forloop.counter }}{{ title }}{% endfor %}")

    assert "push" not in code
    assert code.count("context.get('title'") == 1


def test_a_loop_around_a_custom_node_keeps_the_context_up_to_date() -> None:
    class Custom(Node):
        def render(self, context: Any) -> str:
            return ""

    register = Library()
    register.tag("custom", lambda parser, token: Custom())

    code = source_of("{% for a in rows %}{% custom %}{{ a }}{% endfor %}", register)

    assert "context.push(forloop=" in code
    assert "first(context, 'a')" in code


def test_the_index_is_counted_only_where_it_is_shown() -> None:
    assert "enumerate" not in source_of("{% for a in rows %}{{ a }}{% endfor %}")
    assert "enumerate" in source_of("{% for a in rows %}{{ forloop.last }}{% endfor %}")


def test_too_many_nested_loops_are_rendered_node_by_node() -> None:
    from fastjango.template import Context

    depth = 25
    template = Engine().from_string("{% for a in x %}" * depth + "!" + "{% endfor %}" * depth)

    assert [template.render(Context({"x": [1]})) for _ in range(3)] == ["!"] * 3
