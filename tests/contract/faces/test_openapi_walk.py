"""schemathesis asks every operation of an application with all sorts of fields, bodies and routes what it answers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import hypothesis
import pytest
from fastapi import Body, File, Form, HTTPException, Query, UploadFile
from pydantic import BaseModel, Field
from tests.contract.faces.support import Registry, tables_of

from fastjango import FastJango
from fastjango.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from fastjango.contrib.contenttypes.models import ContentType
from fastjango.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from fastjango.db import models
from fastjango.rest import serializers, viewsets
from fastjango.rest.permissions import AllowAny
from fastjango.rest.routers import SimpleRouter
from fastjango.rest.schemas.contribute import contribute
from fastjango.schemas import ModelSchema, Partial
from fastjango.services import crud_router
from fastjango.test import override_settings
from fastjango.urls import clear_url_caches

schemathesis: Any = pytest.importorskip("schemathesis")
builder: Any = pytest.importorskip("schemathesis.generation.hypothesis.builder")
requests: Any = pytest.importorskip("requests")
spec_validator: Any = pytest.importorskip("openapi_spec_validator")

registry = Registry()
# Data that fits the schema may still be refused, as a name that is taken; FastAPI's 405 names the methods of one route.
NOT_ASKED = {"positive_data_acceptance", "allow_header_conformance"}
# Pydantic takes numbers for dates and durations, which the JSON schema of FastAPI does not say.
TEMPORAL = {"day", "moment", "hour", "length", "made", "changed"}


class Walked(models.Model):
    class Meta:
        abstract = True
        apps = registry
        app_label = "face_walk"


class Shelf(Walked):
    name = models.CharField(max_length=20, unique=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")


class Mark(Walked):
    word = models.SlugField()


class Remark(Walked):
    text = models.TextField()
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey("content_type", "object_id")


class Thing(Walked):
    """A field of every kind."""

    class Colour(models.TextChoices):
        RED = "red", "Red"
        BLUE = "blue", "Blue"

    class Size(models.IntegerChoices):
        SMALL = 1
        LARGE = 2

    code = models.UUIDField(unique=True, null=True, blank=True)
    name = models.CharField(max_length=20, validators=[RegexValidator(r"^[a-z]*$")])
    text = models.TextField(blank=True)
    slug = models.SlugField(blank=True, allow_unicode=True)
    mail = models.EmailField(blank=True)
    page = models.URLField(null=True, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    colour = models.CharField(max_length=5, choices=Colour, default=Colour.RED)
    size = models.IntegerField(choices=Size, null=True, blank=True)
    rating = models.SmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(5)])
    number = models.BigIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)
    price = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    weight = models.FloatField(null=True, blank=True)
    is_open = models.BooleanField(default=True)
    day = models.DateField(null=True, blank=True)
    moment = models.DateTimeField(null=True, blank=True)
    hour = models.TimeField(null=True, blank=True)
    length = models.DurationField(null=True, blank=True)
    extra = models.JSONField(default=dict, blank=True)
    raw = models.BinaryField(blank=True, default=b"")
    picture = models.FileField(upload_to="walk", blank=True)
    made = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    hidden = models.IntegerField(default=0, editable=False)
    password = models.CharField(max_length=20, blank=True)
    shelf = models.ForeignKey(Shelf, models.PROTECT, related_name="things")
    marks = models.ManyToManyField(Mark, blank=True, related_name="things")
    remarks = GenericRelation(Remark)


class Part(Walked):
    thing = models.ForeignKey(Thing, models.CASCADE, related_name="parts")
    name = models.CharField(max_length=10)


class ShelfIn(ModelSchema):
    class Meta:
        model = Shelf
        fields = ["name"]


class PartIn(ModelSchema):
    class Meta:
        model = Part
        fields = ["name"]


class ThingIn(ModelSchema):
    """Nested writes: a shelf and parts are made with it."""

    shelf: ShelfIn
    parts: list[PartIn] = Field(default_factory=list, max_length=3)

    class Meta:
        model = Thing
        fields = ["name", "price", "marks", "shelf", "parts"]


class ThingOut(ModelSchema):
    shelf: ShelfIn
    parts: list[PartIn]

    class Meta:
        model = Thing
        fields = ["id", "name", "price", "marks", "shelf", "parts", "picture"]


class ShelfForm(ModelSchema):
    kind: Literal["shelf"]

    class Meta:
        model = Shelf
        fields = ["name"]


class MarkForm(ModelSchema):
    kind: Literal["mark"]

    class Meta:
        model = Mark
        fields = ["word"]


class Choice(ModelSchema):
    class Meta:
        model = Thing
        fields = ["colour", "size", "rating", "is_open", "day"]
        optional = "__all__"


class Bundle(BaseModel):
    thing: Thing
    others: list[Mark] = []
    one: Shelf | None = None


class ThingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Thing
        exclude = ["raw", "password"]


class ShelfSerializer(serializers.ModelSerializer):
    things = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = Shelf
        fields = ["id", "name", "parent", "things"]


class Things(viewsets.ModelViewSet):
    queryset = Thing.objects.order_by("pk")
    serializer_class = ThingSerializer
    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []


class Shelves(viewsets.ModelViewSet):
    queryset = Shelf.objects.order_by("pk")
    serializer_class = ShelfSerializer
    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []


rest = SimpleRouter()
rest.register("things", Things)
rest.register("shelves", Shelves)
urlpatterns = rest.urls


def add_routes(app: FastJango) -> None:
    """Put the FastAPI side on *app*."""
    problems: dict[int | str, dict[str, Any]] = {code: {"description": "Refused"} for code in (400, 404, 409)}
    app.include_router(crud_router(Thing), prefix="/crud/things")
    app.include_router(crud_router(Shelf), prefix="/crud/shelves")
    app.include_router(crud_router(Remark, prefix="/crud/remarks"))

    @app.get("/nested")
    async def nested() -> list[ThingOut]:
        return Thing.objects.order_by("pk")  # type: ignore[return-value]

    @app.get("/deep", response_model=list[Thing.schema(depth=2)])  # type: ignore[misc]
    async def deep() -> Any:
        return Thing.objects.order_by("pk")

    @app.post("/nested", responses=problems)
    async def make(data: ThingIn) -> ThingOut:
        return await data.acreate()  # type: ignore[no-any-return]

    @app.patch("/nested/{pk}", responses=problems)
    async def change(pk: int, data: Partial[ThingIn]) -> ThingOut:
        return await data.aupdate(await Thing.objects.aget(pk=pk))  # type: ignore[no-any-return]

    @app.post("/model", responses=problems)
    async def model(thing: Thing) -> Thing:
        await thing.asave()
        return thing

    @app.post("/bundle", responses=problems)
    async def bundle(data: Bundle) -> Bundle:
        return data

    @app.post("/union", responses=problems)
    async def union(data: Annotated[ShelfForm | MarkForm, Body(discriminator="kind")]) -> ShelfForm | MarkForm:
        return data

    @app.get("/choose")
    async def choose(data: Annotated[Choice, Query()]) -> list[Thing]:
        return Thing.objects.filter(**data.model_dump(exclude_unset=True))  # type: ignore[return-value]

    @app.post("/form", responses=problems)
    async def form(data: Annotated[ShelfIn, Form()]) -> ShelfIn:
        return data

    @app.post("/upload/{pk}", responses=problems)
    async def upload(pk: int, picture: Annotated[UploadFile, File()]) -> ThingOut:
        thing = await Thing.objects.aget(pk=pk)
        if (picture.size or 0) > 1000:
            raise HTTPException(400, "too large")
        thing.picture.save(picture.filename or "file", picture.file)
        return ThingOut.model_validate(thing)


@pytest.fixture
def app(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastJango]:
    """The application over one of each."""
    monkeypatch.setattr("fastjango.core.handlers.app.openapi_contributors", [contribute])
    changed = override_settings(
        ROOT_URLCONF=__name__, DEBUG=False, ALLOWED_HOSTS=["*"], MEDIA_ROOT=str(tmp_path), API_DOCS=True
    )
    with changed, tables_of(registry):
        clear_url_caches()
        shelf = Shelf.objects.create(name="a")
        thing = Thing.objects.create(name="a", shelf=shelf, picture="walk/a.txt")
        thing.marks.add(Mark.objects.create(word="x"))
        Part.objects.create(thing=thing, name="p")
        made = FastJango()
        add_routes(made)
        yield made


class Asker:
    """Sends what schemathesis makes up and keeps what is wrong with the answers."""

    def __init__(self, app: FastJango, most: int) -> None:
        self.most = most
        self.asked: Counter[str] = Counter()
        self.wrong: dict[str, str] = {}
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
        self.runner = asyncio.Runner()
        everything = schemathesis.checks.CHECKS.get_all()
        self.skipped = [check for check in everything if check.__name__ in NOT_ASKED]
        self.negative = [check for check in everything if check.__name__ == "negative_data_rejection"]

    def ask(self, case: Any) -> None:
        label = case.operation.label
        self.asked[label] += 1
        if self.asked[label] > self.most or any("." in str(value) for value in case.path_parameters.values()):
            # URL patterns of viewsets have no dots: the page of the project answers, and not the operation.
            return
        prepared = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
        answer = self.runner.run(self.send(prepared))
        skipped = self.skipped + (self.negative if TEMPORAL & set(case.query) else [])
        try:
            case.validate_response(answer, excluded_checks=skipped)
        except BaseExceptionGroup as exc:
            for one in exc.exceptions:
                self.wrong.setdefault(f"{label}: {type(one).__name__}", f"{one}\n{case.as_curl_command()}"[:1500])

    async def send(self, prepared: Any) -> httpx.Response:
        body = prepared.body or b""
        return await self.client.request(
            prepared.method,
            prepared.url,
            headers=dict(prepared.headers),
            content=body.encode() if isinstance(body, str) else body,
        )


def walk(app: FastJango, examples: int, most: int) -> Asker:
    """Ask every operation of *app*."""
    schema = schemathesis.openapi.from_dict(app.openapi())
    schema.config.update(base_url="http://testserver")
    asker = Asker(app, most)
    every_check: Any = list(hypothesis.HealthCheck)
    settings = hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=every_check,
    )
    modes = [builder.HypothesisTestMode.COVERAGE, builder.HypothesisTestMode.FUZZING]
    config = builder.HypothesisTestConfig(project=schema.config, modes=modes, settings=settings, seed=1)
    with asker.runner:
        for found in schema.get_all_operations():
            builder.create_test(operation=found.ok(), test_func=asker.ask, config=config)()
    return asker


def test_the_document_is_valid(app: FastJango) -> None:
    spec_validator.validate(app.openapi())


def test_every_operation_answers_as_it_says(app: FastJango) -> None:
    asker = walk(app, examples=2, most=25)

    assert asker.wrong == {}
    assert len(asker.asked) == 40


@pytest.mark.slow
def test_every_operation_answers_as_it_says_whatever_is_asked(app: FastJango) -> None:
    assert walk(app, examples=100, most=100_000).wrong == {}
