"""Responses as values in templates."""

from __future__ import annotations

from fastjango.http import HttpResponse
from fastjango.template import Context, Engine


def test_a_template_reads_a_response_and_does_not_call_it() -> None:
    template = Engine().from_string("{{ response.status_code }} {{ response.reason_phrase }}")

    assert template.render(Context({"response": HttpResponse("gone", status=410)})) == "410 Gone"
