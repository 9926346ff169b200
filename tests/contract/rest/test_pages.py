"""Pages for browsers: serializers as forms, the page of the admin kind, descriptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fastjango.rest import permissions, serializers
from fastjango.rest.renderers import AdminRenderer, BrowsableAPIRenderer, HTMLFormRenderer, JSONRenderer
from fastjango.rest.response import Response
from fastjango.rest.test import APIRequestFactory
from fastjango.rest.utils.formatting import markup_description
from fastjango.rest.views import APIView
from fastjango.test import modify_settings


@pytest.fixture(autouse=True)
def rest_app() -> Iterator[None]:
    """The application, whose templates are asked for."""
    with modify_settings(INSTALLED_APPS={"append": "fastjango.rest"}):
        yield


class Appointment(serializers.Serializer):
    """When, and for whom."""

    name = serializers.CharField(max_length=5)
    at = serializers.DateTimeField(required=False, format="%d.%m.%Y %H:%M", input_formats=["%d.%m.%Y %H:%M"])


class Appointments(APIView):
    """Those of today."""

    renderer_classes = (AdminRenderer, JSONRenderer)
    serializer_class = Appointment

    def get(self, request: Any) -> Response:
        return Response([{"name": "Ann"}, {"name": "Bob"}])

    def post(self, request: Any) -> Response:
        serializer = Appointment(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(serializer.data, status=201, headers={"Location": "/made/"})


class ForWriters(permissions.BasePermission):
    """Nobody may read."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return bool(request.method == "POST")


def field_html(data: dict[str, Any], name: str) -> str:
    """Return a field of the form as HTML."""
    serializer = Appointment(data=data)
    serializer.is_valid()
    return str(HTMLFormRenderer().render_field(serializer[name], {}))


def page(view: Any, request: Any) -> Any:
    """Return the rendered response."""
    return view.as_view()(request).render()


def test_moments_are_written_as_inputs_take_them() -> None:
    assert 'value="2024-12-24T18:30:00.000"' in field_html({"name": "Ann", "at": "24.12.2024 18:30"}, "at")


def test_what_is_no_moment_is_shown_as_it_was_typed() -> None:
    assert 'value="tomorrow"' in field_html({"name": "Ann", "at": "tomorrow"}, "at")


def test_forms_of_the_browsable_page_join_labels_and_inputs() -> None:
    class Browsable(Appointments):
        renderer_classes = (BrowsableAPIRenderer, JSONRenderer)

    html = page(Browsable, APIRequestFactory().get("/")).content.decode()

    assert '<label for="field_name">Name</label>' in html
    assert 'id="field_name"' in html


def test_a_list_is_a_table() -> None:
    html = page(Appointments, APIRequestFactory().get("/")).content.decode()

    assert "<th>Name</th>" in html
    assert "Bob" in html


def test_after_making_an_object_the_page_is_loaded_again() -> None:
    response = page(Appointments, APIRequestFactory().post("/today/", {"name": "Ann"}))

    assert (response.status_code, response["Location"], response.content) == (303, "http://testserver/today/", b"")


def test_a_wrong_form_is_shown_again_above_what_may_be_read() -> None:
    response = page(Appointments, APIRequestFactory().post("/", {"name": "Annabell"}))
    html = response.content.decode()

    assert response.status_code == 400
    assert "no more than 5 characters" in html
    assert "Bob" in html


def test_a_wrong_form_shows_nothing_that_may_not_be_read() -> None:
    class WriteOnly(Appointments):
        permission_classes = (ForWriters,)

    html = page(WriteOnly, APIRequestFactory().post("/", {"name": "Annabell"})).content.decode()

    assert "no more than 5 characters" in html
    assert "Bob" not in html


def test_code_in_descriptions_has_colours_where_its_language_is_known() -> None:
    assert 'class="highlight"' in markup_description('```json\n{"a": 1}\n```')
    assert "language-klingon" in markup_description("```klingon\nqapla\n```")
