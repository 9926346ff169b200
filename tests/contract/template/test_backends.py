"""The configured backends: rendering with a request, Jinja2's names, responses."""

from __future__ import annotations

from typing import Any

import pytest

from fastjango.template import TemplateDoesNotExist
from fastjango.template.backends.django import DjangoTemplates
from fastjango.template.backends.jinja2 import Jinja2
from fastjango.template.response import ContentNotRenderedError, SimpleTemplateResponse


class Request:
    """As little of a request as the token needs."""

    def __init__(self) -> None:
        self.META: dict[str, Any] = {}


def backend(kind: Any, **options: Any) -> Any:
    """Return a backend without folders."""
    return kind({"NAME": "x", "DIRS": [], "APP_DIRS": False, "OPTIONS": options})


def test_the_csrf_token_is_in_every_page_made_for_a_request() -> None:
    html = backend(DjangoTemplates).from_string("{% csrf_token %}").render({}, Request())

    assert html.startswith('<input type="hidden" name="csrfmiddlewaretoken" value="')


def test_jinja2_has_the_token_escaping_static_and_gettext() -> None:
    template = backend(Jinja2).from_string("{{ csrf_input }}|{{ a }}|{{ static('x.css') }}|{{ _('Yes') }}")

    html = template.render({"a": "<"}, Request())

    assert html.startswith("<input ")
    assert html.split("|")[1] == "&lt;"
    assert html.split("|")[2].endswith("x.css")
    assert html.split("|")[3] == "Yes"


def test_a_missing_template_says_who_looked_for_it() -> None:
    engine = backend(DjangoTemplates)

    with pytest.raises(TemplateDoesNotExist) as caught:
        engine.get_template("nowhere.html")

    assert caught.value.backend is engine


def test_a_template_response_is_rendered_once_and_late() -> None:
    context = {"word": "early"}
    response = SimpleTemplateResponse(backend(DjangoTemplates).from_string("{{ word }}"), context)
    with pytest.raises(ContentNotRenderedError):
        _ = response.content
    context["word"] = "late"

    response.render()
    context["word"] = "too late"
    response.render()

    assert response.content == b"late"
