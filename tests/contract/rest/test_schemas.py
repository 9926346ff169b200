"""The schema generator: an OpenAPI document from views, and what of it a project may change."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from fastjango.core.management import call_command
from fastjango.rest import generics, permissions, serializers, viewsets
from fastjango.rest.decorators import action
from fastjango.rest.pagination import PageNumberPagination
from fastjango.rest.response import Response
from fastjango.rest.routers import SimpleRouter
from fastjango.rest.schemas import AutoSchema, SchemaGenerator, get_schema_view
from fastjango.rest.schemas.answers import put_schema
from fastjango.rest.schemas.contribute import contribute
from fastjango.rest.test import APIRequestFactory
from fastjango.rest.views import APIView
from fastjango.test import override_settings
from fastjango.urls import include, path, re_path


class BookSerializer(serializers.Serializer):
    """A book."""

    title = serializers.CharField(max_length=40, help_text="As on the cover.")
    price = serializers.DecimalField(max_digits=6, decimal_places=2)
    pages = serializers.IntegerField(read_only=True, allow_null=True)


class Pages(PageNumberPagination):
    """Ten books a page."""

    page_size = 10


class Books(viewsets.GenericViewSet):
    """
    Books of the shop.

    list: All books.
    """

    serializer_class = BookSerializer
    pagination_class = Pages

    def list(self, request: Any) -> Response:
        return Response([])

    def create(self, request: Any) -> Response:
        """Take a book in."""
        return Response({})

    @action(detail=True, methods=["post"])
    def sell(self, request: Any, pk: str = "") -> Response:
        """Sell a book."""
        return Response({})


class Staff(APIView):
    """For staff."""

    permission_classes = (permissions.IsAdminUser,)

    def get(self, request: Any, year: str) -> Response:
        return Response({})


class Hidden(APIView):
    """In no schema."""

    schema: Any = None

    def get(self, request: Any) -> Response:
        return Response({})


class OwnWords(AutoSchema):
    """An operation in the project's words."""

    def get_operation(self, path: str, method: str) -> dict[str, Any]:
        return {"operationId": "own", "responses": {}}


class Described(generics.GenericAPIView):
    """Says itself what it does."""

    serializer_class = BookSerializer
    schema = OwnWords()

    def get(self, request: Any) -> Response:
        return Response({})


router = SimpleRouter()
router.register("books", Books, basename="book")
urlpatterns: list[Any] = [
    path("api/", include(router.urls)),
    re_path(r"^staff/(?P<year>[0-9]{4}|[^)/]+)/list\.all/$", Staff.as_view()),
    path("hidden/", Hidden.as_view()),
]
described: Any = ModuleType("described")
described.urlpatterns = [path("described/", Described.as_view())]


@pytest.fixture
def schema() -> Iterator[dict[str, Any]]:
    """The document of the views above."""
    yield SchemaGenerator(title="Shop", version="2", patterns=urlpatterns).get_schema()


def test_paths_are_templates_without_regular_expressions(schema: dict[str, Any]) -> None:
    assert sorted(schema["paths"]) == ["/api/books/", "/api/books/{id}/sell/", "/staff/{year}/list.all/"]
    assert schema["info"] == {"title": "Shop", "version": "2"}


def test_operations_are_named_after_what_they_do(schema: dict[str, Any]) -> None:
    books = schema["paths"]["/api/books/"]

    assert books["get"]["operationId"] == "listBooks"
    assert books["post"]["operationId"] == "createBook"
    assert schema["paths"]["/api/books/{id}/sell/"]["post"]["operationId"] == "sellBook"


def test_descriptions_come_from_the_method_or_the_section_of_the_class(schema: dict[str, Any]) -> None:
    books = schema["paths"]["/api/books/"]

    assert books["get"]["description"] == "All books."
    assert books["post"]["description"] == "Take a book in."


def test_docstrings_of_generic_views_describe_no_endpoint() -> None:
    class Shelf(generics.CreateAPIView):
        serializer_class = BookSerializer

    found = SchemaGenerator(patterns=[path("shelf/", Shelf.as_view())]).get_schema()

    assert found["paths"]["/shelf/"]["post"]["description"] == ""


def test_lists_are_pages_and_have_the_paginators_parameters(schema: dict[str, Any]) -> None:
    operation = schema["paths"]["/api/books/"]["get"]
    page = operation["responses"]["200"]["content"]["application/json"]["schema"]

    assert [one["name"] for one in operation["parameters"]] == ["page"]
    assert page["properties"]["results"] == {"type": "array", "items": {"$ref": "#/components/schemas/Book"}}


def test_components_say_what_serializers_take_and_give(schema: dict[str, Any]) -> None:
    book = schema["components"]["schemas"]["Book"]

    assert book["required"] == ["title", "price"]
    assert book["properties"] == {
        "title": {"type": "string", "description": "As on the cover.", "maxLength": 40},
        "price": {"type": "string", "format": "decimal", "multipleOf": 0.01, "maximum": 10000, "minimum": -10000},
        "pages": {"type": "integer", "readOnly": True, "nullable": True},
    }


def test_operations_with_the_same_name_are_told_of() -> None:
    twice = [path("a/", Staff.as_view()), path("b/", Staff.as_view())]

    with pytest.warns(UserWarning, match="duplicated operationId"):
        SchemaGenerator(patterns=twice).get_schema()


def test_a_schema_view_shows_what_the_user_may_use() -> None:
    request = APIRequestFactory().get("/", headers={"Accept": "application/vnd.oai.openapi+json"})

    shown = get_schema_view(patterns=urlpatterns)(request).render()
    everything = get_schema_view(patterns=urlpatterns, public=True)(request).render()

    assert not any(name.startswith("/staff") for name in json.loads(shown.content)["paths"])
    assert any(name.startswith("/staff") for name in json.loads(everything.content)["paths"])


def test_the_command_writes_yaml_or_json() -> None:
    with override_settings(INSTALLED_APPS=["fastjango.rest"], ROOT_URLCONF=__name__):
        out = io.StringIO()
        call_command("generateschema", "--format=openapi-json", "--title=Shop", stdout=out)
        text = io.StringIO()
        call_command("generateschema", stdout=text)

    assert json.loads(out.getvalue())["info"]["title"] == "Shop"
    assert text.getvalue().startswith("openapi: 3.0.2\n")


def test_an_operation_of_ones_own_stands_in_the_applications_document_too() -> None:
    with override_settings(ROOT_URLCONF=described):
        paths, components = contribute(None)

    assert paths["/described/"]["get"]["operationId"] == "own"
    assert "Book" in components["schemas"]


class Shelf(serializers.Serializer):
    """What every sort of field says of itself."""

    price = serializers.DecimalField(max_digits=6, decimal_places=2, min_value=0)
    colour = serializers.ChoiceField(["red", "blue"], allow_blank=True, allow_null=True)
    words = serializers.ListField(child=serializers.CharField(), allow_empty=False, max_length=3)
    sizes = serializers.DictField(child=serializers.IntegerField())
    open = serializers.SerializerMethodField()
    secret = serializers.CharField(write_only=True, required=False)
    note = serializers.CharField(read_only=True)

    def get_open(self, shelf: Any) -> bool:
        return True


class Shelves(viewsets.ModelViewSet):
    """Standard methods, an action that says what it answers, and one that does not."""

    serializer_class = Shelf
    pagination_class = Pages
    permission_classes = (permissions.IsAuthenticated,)

    @action(detail=True, methods=["post"], schema=AutoSchema(responses={200: [BookSerializer], 409: "It is full."}))
    def fill(self, request: Any, pk: str = "") -> Response:
        return Response([])

    @action(detail=True)
    def dust(self, request: Any, pk: str = "") -> Response:
        return Response({})


@pytest.fixture
def application_document() -> tuple[dict[str, Any], dict[str, Any]]:
    """Paths and schemas of the viewset above as they stand in /openapi.json."""
    shelves = SimpleRouter()
    shelves.register("shelves", Shelves, basename="shelf")
    urls: Any = ModuleType("shelf_urls")
    urls.urlpatterns = [path("", include(shelves.urls))]
    with override_settings(ROOT_URLCONF=urls):
        paths, components = contribute(None)
    return paths, components["schemas"]


def test_what_comes_in_has_limits_and_what_comes_out_says_what_is_there(
    application_document: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    _, schemas = application_document
    coming, going = schemas["ShelfInput"], schemas["Shelf"]

    assert coming["required"] == ["price", "colour", "words", "sizes"]
    assert coming["properties"]["price"]["anyOf"][0] == {"type": "number", "minimum": 0}
    assert coming["properties"]["colour"]["enum"] == ["red", "blue", "", None]
    assert (coming["properties"]["words"]["minItems"], coming["properties"]["words"]["maxItems"]) == (1, 3)
    assert coming["properties"]["secret"] == {"type": "string", "minLength": 1}
    assert "secret" not in going["properties"]
    assert going["properties"]["price"] == {"type": "string", "format": "decimal"}
    assert going["properties"]["sizes"]["additionalProperties"] == {"type": "integer"}
    assert going["properties"]["open"] == {"type": "boolean"}
    assert going["required"] == ["price", "colour", "words", "sizes", "open"]


def test_answers_are_documented_by_what_a_view_is_made_of(
    application_document: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    paths, schemas = application_document

    answers = {(path, method): sorted(one["responses"]) for path, ways in paths.items() for method, one in ways.items()}
    assert answers["/shelves/", "get"] == ["200", "403", "404"]
    assert answers["/shelves/", "post"] == ["201", "400", "403", "415"]
    assert answers["/shelves/{pk}/", "delete"] == ["204", "403", "404"]
    assert answers["/shelves/{pk}/dust/", "get"] == ["2XX", "403", "404"]
    assert schemas["ErrorDetail"]["required"] == ["detail"]


def test_an_action_says_what_it_answers(application_document: tuple[dict[str, Any], dict[str, Any]]) -> None:
    paths, schemas = application_document

    answers = paths["/shelves/{pk}/fill/"]["post"]["responses"]
    assert answers["200"]["content"]["application/json"]["schema"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/Book"},
    }
    assert answers["409"] == {"description": "It is full."}
    assert "Book" in schemas


def test_two_serializers_of_one_name_have_two_schemas() -> None:
    components: dict[str, Any] = {}

    first = put_schema(components, "Book", {"type": "object"})
    again = put_schema(components, "Book", {"type": "object"})
    other = put_schema(components, "Book", {"type": "array"})

    assert (first, again, other["$ref"]) == (again, first, "#/components/schemas/Book2")
