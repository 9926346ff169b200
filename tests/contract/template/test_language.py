"""What templates may rely on: variables, filters, tags, and one answer however they are rendered."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from fastjango.template import Context, Engine, Library, Node, TemplateSyntaxError
from fastjango.utils.safestring import mark_safe

TEMPLATES = {
    "base.html": "<{% block title %}base{% endblock %}>{% block body %}[{{ x }}]{% endblock %}",
    "child.html": '{% extends "base.html" %}{% block title %}child {{ block.super }}{% endblock %}',
    "row.html": "({{ row }}/{{ forloop.counter }}/{{ extra }})",
}


class Person:
    """An object with attributes, a method and one that must not be called."""

    name = "Ann <3"

    def greet(self) -> str:
        """Say hello."""
        return "hello"

    def erase(self) -> str:
        """Change data."""
        raise AssertionError("called")

    erase.alters_data = True  # type: ignore[attr-defined]


def render(source: str, **values: Any) -> str:
    """Render three times: node by node, then twice as a generated function; all must agree."""
    engine = Engine(loaders=[("fastjango.template.loaders.locmem.Loader", TEMPLATES)])
    template = engine.from_string(source)
    results = [template.render(Context(dict(values))) for _ in range(3)]
    assert results[0] == results[1] == results[2]
    text: str = results[0]
    return text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ person.name }}", "Ann &lt;3"),
        ("{{ person.name|safe }}", "Ann <3"),
        ("{{ person.greet }}", "hello"),
        ("{{ person.erase }}", ""),
        ("{{ person.missing }}{{ missing }}{{ missing.a.b }}", ""),
        ("{{ items.0 }}{{ items.1 }}{{ mapping.key }}", "abv"),
        ("{{ number }}|{{ number|add:2 }}|{{ 1.5 }}|{{ True }}|{{ None }}", "7|9|1.5|True|None"),
        ("{% for i in items %}{{ forloop.counter }}{{ i }}{% if not forloop.last %},{% endif %}{% endfor %}", "1a,2b"),
        ("{% for k, v in pairs reversed %}{{ k }}={{ v }};{% empty %}-{% endfor %}", "y=2;x=1;"),
        ("{% for i in nothing %}x{% empty %}none{% endfor %}", "none"),
        (
            "{% for i in items %}{% for j in items %}{{ forloop.parentloop.counter }}{{ j }}{% endfor %}{% endfor %}",
            "1a1b2a2b",
        ),
        ("{% if number > 5 and not missing %}big{% elif number %}some{% else %}none{% endif %}", "big"),
        ("{% if 'a' in items or items is None %}in{% endif %}", "in"),
        ("{% if number > 'text' %}never{% else %}false{% endif %}", "false"),
        ("{% with total=items|length name=person.name %}{{ total }}{{ name }}{% endwith %}{{ total }}", "2Ann &lt;3"),
        (
            "{% autoescape off %}{{ person.name }}{% autoescape on %}{{ person.name }}{% endautoescape %}{% endautoescape %}",
            "Ann <3Ann &lt;3",
        ),
        ("{% filter upper %}a {{ person.greet }}{% endfilter %}", "A HELLO"),
        ("{% spaceless %}<p> <b>x</b> </p>{% endspaceless %}", "<p><b>x</b></p>"),
        ("{% verbatim %}{{ no }}{% endverbatim %}{# gone #}{% comment %}gone{% endcomment %}", "{{ no }}"),
        ("{% for i in items %}{% cycle 'odd' 'even' as c %}-{{ c }} {% endfor %}", "odd-odd even-even "),
        ("{% for i in 'aab' %}{% ifchanged i %}{{ i }}{% else %}.{% endifchanged %}{% endfor %}", "a.b"),
        ("{% firstof missing number 'x' %}{% firstof missing '<' %}", "7<"),
        (
            "{% regroup people by sex as groups %}{% for g in groups %}{{ g.grouper }}:{{ g.list|length }} {% endfor %}",
            "f:1 m:2 ",
        ),
        ("{% widthratio number 14 100 %}", "50"),
        ("{{ day|date:'Y-m-d' }} {{ day|date:'jS F' }}", "2026-05-03 3rd May"),
        ("{{ price|floatformat:2 }} {{ price|floatformat:'-1' }}", "3.14 3.1"),
        ("{{ markup }}{{ markup|upper }}{{ markup|lower }}", "<b>B</b>&lt;B&gt;B&lt;/B&gt;<b>b</b>"),
        ("{% for row in items %}{% include 'row.html' with extra=row|upper %}{% endfor %}", "(a/1/A)(b/2/B)"),
        ("{% for row in items %}{% include 'row.html' only %}{% endfor %}", "(//)(//)"),
        ("{% for f in functions %}{{ f }}{% endfor %}", "called"),
    ],
)
def test_a_template_gives_the_same_text_interpreted_and_compiled(source: str, expected: str) -> None:
    values: dict[str, Any] = {
        "person": Person(),
        "items": ["a", "b"],
        "nothing": None,
        "mapping": {"key": "v"},
        "number": 7,
        "pairs": [("x", 1), ("y", 2)],
        "people": [{"sex": "f"}, {"sex": "m"}, {"sex": "m"}],
        "day": dt.date(2026, 5, 3),
        "price": 3.14159,
        "markup": mark_safe("<b>B</b>"),
        "functions": [lambda: "called"],
    }

    assert render(source, **values) == expected


def test_a_child_replaces_blocks_and_can_show_what_it_replaced() -> None:
    engine = Engine(loaders=[("fastjango.template.loaders.locmem.Loader", TEMPLATES)])

    texts = {engine.get_template("child.html").render(Context({"x": 1})) for _ in range(3)}

    assert texts == {"<child base>[1]"}


def test_a_custom_node_sees_and_sets_names_inside_a_loop() -> None:
    class Tag(Node):
        def render(self, context: Any) -> str:
            context["seen"] = f"<{context['item']}>"
            return str(context["forloop"]["counter"])

    register = Library()
    register.tag("probe", lambda parser, token: Tag())
    engine = Engine()
    engine.template_builtins.append(register)
    template = engine.from_string("{% for item in items %}{% probe %}{{ seen|safe }}{% endfor %}{{ seen }}")

    texts = {template.render(Context({"items": "ab"})) for _ in range(3)}

    assert texts == {"1<a>2<b>"}


def test_simple_and_inclusion_tags_take_arguments_and_context() -> None:
    register = Library()

    @register.simple_tag
    def join_all(*args: Any, sep: str = "-") -> str:
        return sep.join(map(str, args))

    @register.simple_tag(takes_context=True)
    def where(context: Any) -> str:
        return f"{context['place']}"

    @register.simple_block_tag
    def shout(content: str) -> str:
        return content.upper()

    @register.inclusion_tag("row.html")
    def show_row(row: str) -> dict[str, Any]:
        return {"row": row, "extra": "!"}

    engine = Engine(loaders=[("fastjango.template.loaders.locmem.Loader", TEMPLATES)])
    engine.template_builtins.append(register)
    template = engine.from_string(
        "{% join_all 1 place sep='<' %} {% where as w %}{{ w }} {% shout %}a{{ place }}{% endshout %} {% show_row 'r' %}"
    )

    texts = {template.render(Context({"place": "here"})) for _ in range(3)}

    assert texts == {"1&lt;here here AHERE (r//!)"}


def test_string_if_invalid_is_shown_for_missing_variables() -> None:
    engine = Engine(string_if_invalid="[%s]")

    assert engine.from_string("{{ a.b }}{% if a %}x{% endif %}").render(Context()) == "[a.b]"


def test_an_unknown_tag_names_what_was_expected() -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        Engine().from_string("{% if x %}{% endfor %}")

    assert "'endfor', expected 'elif', 'else' or 'endif'" in str(caught.value)


def test_with_debug_an_error_knows_its_place_in_the_template() -> None:
    template = Engine(debug=True).from_string("line\n{{ value.boom }}")

    class Value:
        @property
        def boom(self) -> str:
            raise ZeroDivisionError("no")

    with pytest.raises(ZeroDivisionError) as caught:
        template.render(Context({"value": Value()}))

    debug = caught.value.template_debug  # type: ignore[attr-defined]
    assert (debug["line"], debug["during"]) == (2, "{{ value.boom }}")


def test_a_private_attribute_cannot_be_reached() -> None:
    with pytest.raises(TemplateSyntaxError):
        Engine().from_string("{{ person._secret }}")
