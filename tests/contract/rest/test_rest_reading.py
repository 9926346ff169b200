"""Reading lists: generated code, rows without instances and the fields' own methods say the same."""

from __future__ import annotations

import datetime as dt
import gc
import uuid
import weakref
import zoneinfo
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.db import connection, models
from fastjango.db.models.signals import post_init
from fastjango.rest import generics, pagination, serializers, viewsets
from fastjango.rest.renderers import JSONRenderer
from fastjango.rest.response import Response
from fastjango.rest.serializers.readers import put_all
from fastjango.rest.serializers.rows import LateObjects
from fastjango.rest.test import APIRequestFactory
from fastjango.rest.utils.urls import remove_query_param, replace_query_param
from fastjango.test import override_settings
from fastjango.test.utils import CaptureQueriesContext
from fastjango.utils import timezone

registry = Apps()


class Isolated(models.Model):
    class Meta:
        abstract = True
        apps = registry
        app_label = "rest_reading_tests"


class Maker(Isolated):
    name = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"maker {self.name}"


class Tool(Isolated):
    key = models.UUIDField(default=uuid.uuid4)
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=1, choices=[("s", "sharp"), ("b", "blunt")], blank=True)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    weight = models.FloatField(null=True)
    made = models.DateTimeField()
    day = models.DateField(null=True)
    hour = models.TimeField(null=True)
    is_new = models.BooleanField(default=False)
    maker: Any = models.ForeignKey(Maker, models.CASCADE)
    rival: Any = models.ForeignKey(Maker, models.CASCADE, null=True, related_name="rivals")


MODELS: list[Any] = [Maker, Tool]


class ToolSerializer(serializers.ModelSerializer):
    maker_name = serializers.CharField(source="maker.name", read_only=True)
    rival_name = serializers.CharField(source="rival.name", read_only=True)
    rival_or_none = serializers.CharField(source="rival.name", read_only=True, allow_null=True)
    maker_slug = serializers.SlugRelatedField(source="maker", slug_field="name", read_only=True)

    class Meta:
        model = Tool
        fields = "__all__"


class LooseSerializer(ToolSerializer):
    """As the other, with fields that need an object."""

    rival_or_default = serializers.CharField(source="rival.name", read_only=True, default="nobody")
    text = serializers.StringRelatedField(source="maker", read_only=True)
    length = serializers.SerializerMethodField()

    def get_length(self, tool: Any) -> int:
        """Return the length of the name."""
        return len(tool.name) + int(self.context.get("more", 0))


MOMENTS = [
    dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
    dt.datetime(2024, 7, 2, 3, 4, 5, 60, tzinfo=dt.UTC),
    dt.datetime(1890, 7, 2, 3, 4, 5, 600000, tzinfo=dt.UTC),
]


def tools() -> list[Any]:
    """Return unsaved tools with all sorts of values."""
    maker, rival = Maker(pk=1, name="Ann"), Maker(pk=2, name="Bo")
    prices = [Decimal("1.5"), Decimal("12345.60"), Decimal("-0.00"), Decimal("1E+3"), 3, "7.10"]
    return [
        Tool(
            pk=number + 1,
            key=uuid.UUID(int=number + 1),
            name=f"tool {number}",
            kind="sb"[number % 2] if number else "",
            price=price,
            weight=None if number % 2 else 1.5,
            made=MOMENTS[number % 3],
            day=dt.date(2024, 2, 29) if number % 2 else None,
            hour=dt.time(23, 59, 58, number) if number % 2 else None,
            maker=maker,
            rival=rival if number % 2 else None,
        )
        for number, price in enumerate(prices)
    ]


@pytest.fixture
def saved(transactional_db: None) -> Iterator[list[Any]]:
    """Tables with all tools in them."""
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    Maker.objects.create(pk=1, name="Ann")
    Maker.objects.create(pk=2, name="Bo")
    Tool.objects.bulk_create(tools())
    yield list(Tool.objects.order_by("pk"))
    with connection.schema_editor() as editor:
        for model in reversed(MODELS):
            editor.delete_model(model)


def by_fields(serializer: Any, items: list[Any]) -> list[Any]:
    """Return what the fields say one by one."""
    return [put_all(list(serializer._readable_fields), item) for item in items]


def joined() -> Any:
    """Return an unevaluated query set of all tools with their makers."""
    return Tool.objects.select_related("maker", "rival").order_by("pk")


SETTINGS: list[dict[str, Any]] = [
    {},
    {"TIME_ZONE": "Europe/London"},
    {"TIME_ZONE": "America/Caracas"},
    {"REST_FRAMEWORK": {"COERCE_DECIMAL_TO_STRING": False, "COERCE_BIGINT_TO_STRING": True}},
    {"REST_FRAMEWORK": {"DATETIME_FORMAT": None, "DATE_FORMAT": "%d/%m", "TIME_FORMAT": None}},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=[" ".join(map(str, one)) or "defaults" for one in SETTINGS])
@pytest.mark.parametrize("kind", [ToolSerializer, LooseSerializer])
def test_generated_code_says_what_the_fields_say(kind: Any, settings: dict[str, Any]) -> None:
    with override_settings(**settings):
        expected = by_fields(kind(), tools())

        assert kind(tools(), many=True).data == expected
        assert [kind(tool).data for tool in tools()] == expected


@pytest.mark.parametrize("settings", SETTINGS, ids=[" ".join(map(str, one)) or "defaults" for one in SETTINGS])
def test_rows_say_what_objects_say(saved: list[Any], settings: dict[str, Any]) -> None:
    with override_settings(**settings):
        queryset = joined()
        expected = by_fields(ToolSerializer(), saved)

        assert ToolSerializer(queryset, many=True).data == expected
        assert isinstance(queryset._result_cache, LateObjects)


def test_the_activated_zone_counts(saved: list[Any]) -> None:
    with timezone.override(zoneinfo.ZoneInfo("Asia/Tokyo")):
        data = ToolSerializer(joined(), many=True).data

    assert data[0]["made"] == "2024-01-02T12:04:05+09:00"


def test_a_read_query_set_has_its_objects_without_another_query(saved: list[Any]) -> None:
    queryset = joined()

    with CaptureQueriesContext(connection) as queries:
        ToolSerializer(queryset, many=True).data  # noqa: B018 - reads
        assert len(queryset) == 6
        assert queryset.count() == 6
        assert list(queryset) == saved
        assert queryset[1] is queryset[1]
        assert queryset[1].maker.name == "Ann"

    assert len(queries) == 1


def test_objects_are_made_where_somebody_listens(saved: list[Any]) -> None:
    seen: list[Any] = []

    def note(instance: Any, **kwargs: Any) -> None:
        seen.append(instance)

    post_init.connect(note, sender=Tool)
    try:
        ToolSerializer(joined(), many=True).data  # noqa: B018 - reads
    finally:
        post_init.disconnect(note, sender=Tool)

    assert len(seen) == 6


def test_deferred_and_missing_relations_are_read_from_objects(saved: list[Any]) -> None:
    expected = by_fields(ToolSerializer(), saved)

    assert ToolSerializer(Tool.objects.order_by("pk"), many=True).data == expected
    assert ToolSerializer(joined().defer("name"), many=True).data == expected
    assert ToolSerializer(joined().prefetch_related("maker__rivals"), many=True).data == expected


def test_a_related_object_that_was_replaced_is_read_anew() -> None:
    (tool, *_rest) = tools()
    tool.maker = Maker(pk=9, name="Cy")

    assert ToolSerializer([tool], many=True).data[0]["maker_name"] == "Cy"


def test_methods_see_the_context_for_mappings_too() -> None:
    class Plain(serializers.Serializer):
        name = serializers.CharField()
        more = serializers.SerializerMethodField()

        def get_more(self, item: Any) -> Any:
            return self.context["more"]

    data = Plain([{"name": "x"}, {"name": 5}], many=True, context={"more": 3}).data

    assert data == [{"name": "x", "more": 3}, {"name": "5", "more": 3}]


class Pages(pagination.PageNumberPagination):
    page_size = 2


class ToolViewSet(viewsets.ModelViewSet):
    queryset = joined()
    serializer_class = ToolSerializer
    pagination_class = Pages
    renderer_classes = [JSONRenderer]
    authentication_classes: list[Any] = []


def get(kind: Any, query: str = "") -> Any:
    """Return the answer to a GET of the list."""
    return kind.as_view({"get": "list"})(APIRequestFactory().get(f"/tools?{query}"))


def test_a_page_is_read_with_one_query_besides_the_count(saved: list[Any]) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = get(ToolViewSet, "page=2")

    assert response.data["results"] == by_fields(ToolSerializer(), saved[2:4])
    assert response.data["next"] == "http://testserver/tools?page=3"
    assert len(queries) == 2


def test_overridden_steps_get_a_list_of_objects(saved: list[Any]) -> None:
    seen: list[Any] = []

    class Own(ToolViewSet):
        def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
            seen.append(args[0])
            return super().get_serializer(*args, **kwargs)

    get(Own)

    assert type(seen[0]) is list
    assert seen[0] == saved[:2]


def test_the_page_has_its_objects_in_the_response_hook(saved: list[Any]) -> None:
    class Named(Pages):
        def get_paginated_response(self, data: Any) -> Any:
            response = super().get_paginated_response(data)
            response.data["names"] = [tool.name for tool in self.page.object_list]
            return response

    class Own(ToolViewSet):
        pagination_class = Named

    assert get(Own).data["names"] == ["tool 0", "tool 1"]


def test_a_serializers_own_representation_is_used(saved: list[Any]) -> None:
    class Short(ToolSerializer):
        def to_representation(self, instance: Any) -> Any:
            return instance.name

    class Own(ToolViewSet):
        serializer_class = Short

    assert get(Own).data["results"] == ["tool 0", "tool 1"]


def test_an_answered_request_leaves_nothing_to_the_garbage_collector(saved: list[Any]) -> None:
    get(ToolViewSet).render()
    gc.collect()
    gc.disable()
    try:
        response = get(ToolViewSet)
        response.render()
        view = weakref.ref(response.renderer_context["view"])
        assert view().response is response  # type: ignore[union-attr]
        del response
        assert view() is None
    finally:
        gc.enable()


def test_actions_are_methods_of_the_view() -> None:
    view = ToolViewSet()
    view.action_map = {"get": "list"}

    assert view.get == view.list
    assert view.allowed_methods == ["GET", "OPTIONS"]
    with pytest.raises(AttributeError):
        view.post  # noqa: B018 - no action


def test_a_parser_context_is_complete_when_asked_for() -> None:
    class Own(generics.GenericAPIView):
        def get(self, request: Any) -> Any:
            context = request.parser_context
            assert context["view"] is self
            assert context["request"] is request
            return Response(context["encoding"])

    response = Own.as_view(authentication_classes=[], renderer_classes=[JSONRenderer])(APIRequestFactory().get("/"))

    assert response.data == "utf-8"


@pytest.mark.parametrize(
    ("url", "replaced", "removed"),
    [
        ("http://h/a?page=2&b=1", "http://h/a?b=1&page=9", "http://h/a?b=1"),
        ("http://h/?b=%C3%A9&page=2&page=3", "http://h/?b=%C3%A9&page=9", "http://h/?b=%C3%A9"),
        ("http://h/a", "http://h/a?page=9", "http://h/a"),
        ("http://h/a?c=&d#x", "http://h/a?c=&d=&page=9#x", "http://h/a?c=&d=#x"),
    ],
)
def test_links_keep_the_other_parameters(url: str, replaced: str, removed: str) -> None:
    assert replace_query_param(url, "page", 9) == replaced
    assert remove_query_param(url, "page") == removed


class MakerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Maker
        fields = ["id", "name"]


class NestingSerializer(serializers.ModelSerializer):
    """Two objects inside the object."""

    maker: Any = MakerSerializer()
    other: Any = MakerSerializer(source="rival", read_only=True)

    class Meta:
        model = Tool
        fields = ["id", "maker", "other", "made"]


class FullMakerSerializer(serializers.ModelSerializer):
    """A list inside the object."""

    tools: Any = NestingSerializer(source="tool_set", many=True, read_only=True)

    class Meta:
        model = Maker
        fields = ["name", "tools"]


def test_nested_serializers_are_read_with_the_row(saved: list[Any]) -> None:
    queryset = joined()
    expected = by_fields(NestingSerializer(), saved)

    assert NestingSerializer(saved, many=True).data == expected
    assert NestingSerializer(queryset, many=True).data == expected
    assert isinstance(queryset._result_cache, LateObjects)
    assert expected[1]["other"] == {"id": 2, "name": "Bo"}


def test_nested_lists_are_read_through_their_relation(saved: list[Any]) -> None:
    makers = Maker.objects.order_by("pk").prefetch_related("tool_set__rival", "tool_set__maker")

    data = FullMakerSerializer(makers, many=True).data

    assert data == [{"name": "Ann", "tools": by_fields(NestingSerializer(), saved)}, {"name": "Bo", "tools": []}]


def test_methods_of_nested_serializers_see_the_context(saved: list[Any]) -> None:
    class Named(MakerSerializer):
        more = serializers.SerializerMethodField()

        class Meta(MakerSerializer.Meta):
            fields = ["name", "more"]

        def get_more(self, maker: Any) -> Any:
            return self.context["more"]

    class Outer(serializers.ModelSerializer):
        maker = Named()

        class Meta:
            model = Tool
            fields = ["maker"]

    data = Outer(joined()[:1], many=True, context={"more": 4}).data

    assert data == [{"maker": {"name": "Ann", "more": 4}}]


def test_fields_follow_meta_when_it_is_changed() -> None:
    class Changing(serializers.ModelSerializer):
        class Meta:
            model = Tool
            fields = ["name"]
            extra_kwargs: dict[str, dict[str, Any]] = {"name": {"max_length": 5}}

    assert Changing().fields["name"].max_length == 5
    assert Changing().fields["name"] is not Changing().fields["name"]

    Changing.Meta.extra_kwargs["name"]["max_length"] = 7
    assert Changing().fields["name"].max_length == 7

    Changing.Meta.fields.append("price")
    assert list(Changing().fields) == ["name", "price"]


def test_all_sorts_of_query_sets_read_alike(saved: list[Any]) -> None:
    class Small(serializers.ModelSerializer):
        class Meta:
            model = Tool
            fields = ["id", "name", "price", "made", "maker"]

    class Twin(Tool):
        class Meta:
            proxy = True
            app_label = "rest_reading_tests"
            apps = registry

    tools = Tool.objects.order_by("pk")
    union = tools.filter(pk__lt=4).order_by().union(tools.filter(pk__gte=4).order_by()).order_by("id")
    counted = tools.annotate(count=models.Count("maker"))
    sorts = [tools, union, counted, tools.distinct(), tools[:6], tools.only("id"), Twin._default_manager.order_by("pk")]

    for queryset in sorts:
        assert Small(queryset, many=True).data == by_fields(Small(), saved)
        assert [tool.pk for tool in queryset] == [tool.pk for tool in saved]
