"""The Django template language against Jinja2: one page, both engines, one process.

A table of 100 rows with an attribute behind a foreign key, a date, a decimal and an ``if`` per row,
everything escaped; a second page is mostly text and variables. Prints microseconds per rendering and the
ratio FastJango / Jinja2 (smaller is better). Run: ``python benchmarks/template_render.py``.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import jinja2

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from fastjango.conf import settings

if not settings.configured:
    settings.configure(USE_TZ=True)

from fastjango.template import Context, Engine
from fastjango.utils.formats import date_format, number_format

ROUNDS, REPEAT = 30, 15

TABLE = """<h1>{{ title }}</h1><table>
{% for row in rows %}<tr{% if row.stock == 0 %} class="empty"{% endif %}>
<td>@COUNTER@</td><td>{{ row.name }}</td><td>{{ row.category.name }}</td><td>@DATE@</td>
<td>@PRICE@</td><td>{{ row.stock }}</td></tr>
{% endfor %}</table>"""
PAGE = """<html><head><title>{{ title }}</title></head><body><ul>
{% for link in links %}<li><a href="{{ link.url }}">{{ link.label }}</a></li>{% endfor %}</ul>
{% if user.is_authenticated %}<p>Hello {{ user.name }}</p>{% else %}<p>Log in</p>{% endif %}
<div>{{ body }}</div>{% for tag in tags %}<span>{{ tag|upper }}</span>{% endfor %}</body></html>"""


class Thing:
    """A plain object with attributes, as a model instance is one."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def table_context() -> dict[str, Any]:
    """Return 100 rows."""
    categories = [Thing(name=f"Category <{number}>") for number in range(5)]
    rows = [
        Thing(
            name=f"Product {number} & Co",
            category=categories[number % 5],
            made=dt.date(2026, 1 + number % 12, 1 + number % 28),
            price=Decimal(number) * Decimal("1.37"),
            stock=number % 7,
        )
        for number in range(100)
    ]
    return {"title": "Stock", "rows": rows}


def page_context() -> dict[str, Any]:
    """Return what a small page needs."""
    return {
        "title": "A page",
        "links": [Thing(url=f"/p/{number}/", label=f"Page {number}") for number in range(10)],
        "user": Thing(is_authenticated=True, name="Ann"),
        "body": "Some text <b>with</b> signs & letters. " * 20,
        "tags": ["red", "green", "blue"],
    }


def engines() -> tuple[
    Callable[[str], Callable[[dict[str, Any]], str]], Callable[[str], Callable[[dict[str, Any]], str]]
]:
    """Return for both engines a function from source to a renderer."""
    django = Engine()

    def fastjango(source: str) -> Callable[[dict[str, Any]], str]:
        source = (
            source.replace("@COUNTER@", "{{ forloop.counter }}")
            .replace("@DATE@", '{{ row.made|date:"N j, Y" }}')
            .replace("@PRICE@", "{{ row.price|floatformat:2 }}")
        )
        template = django.from_string(source)
        return lambda values: template.render(Context(values))

    environment = jinja2.Environment(autoescape=True)
    # The same work behind the filters, so that the engines are compared and not the filters.
    environment.filters["date"] = date_format
    environment.filters["floatformat"] = lambda value, places: number_format(
        value.quantize(Decimal(1).scaleb(-places)), places
    )

    def jinja(source: str) -> Callable[[dict[str, Any]], str]:
        source = (
            source.replace("@COUNTER@", "{{ loop.index }}")
            .replace("@DATE@", '{{ row.made|date("N j, Y") }}')
            .replace("@PRICE@", "{{ row.price|floatformat(2) }}")
        )
        template = environment.from_string(source)
        return lambda values: template.render(values)

    return fastjango, jinja


def microseconds(render: Callable[[dict[str, Any]], str], values: dict[str, Any]) -> float:
    """Return the median time of one rendering."""
    for _ in range(5):
        render(values)
    times = []
    for _ in range(REPEAT):
        start = time.perf_counter()
        for _ in range(ROUNDS):
            render(values)
        times.append((time.perf_counter() - start) / ROUNDS * 1e6)
    return statistics.median(times)


def main() -> None:
    """Measure and print."""
    fastjango, jinja = engines()
    plain = TABLE.replace("@DATE@", "{{ row.made }}").replace("@PRICE@", "{{ row.price }}")
    cases = [
        ("table, date and number filters", TABLE, table_context()),
        (
            "table, attributes only",
            plain.replace("{{ row.made }}", "{{ row.name }}").replace("{{ row.price }}", "{{ row.name }}"),
            table_context(),
        ),
        ("small page", PAGE, page_context()),
    ]
    print(f"{'page':34}{'FastJango us':>14}{'Jinja2 us':>12}{'ratio':>8}")
    for name, source, values in cases:
        ours, theirs = microseconds(fastjango(source), values), microseconds(jinja(source), values)
        print(f"{name:34}{ours:14.0f}{theirs:12.0f}{ours / theirs:8.2f}")


if __name__ == "__main__":
    main()
