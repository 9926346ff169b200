"""``get_db`` and ``get_async_db`` in FastAPI routes: one session per request, committed or rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from tests.contract.faces.support import Client, Registry, tables_of

from fastjango.db import models, transaction
from fastjango.db.sqlalchemy import get_async_db, get_db
from fastjango.test import Client as SiteClient
from fastjango.test import override_settings
from fastjango.urls import include, path

registry = Registry()


class Room(models.Model):
    name = models.CharField(max_length=20, unique=True)
    house = models.ForeignKey("House", models.CASCADE, null=True, related_name="rooms")

    class Meta:
        apps = registry
        app_label = "face_routes"


class House(models.Model):
    street = models.CharField(max_length=20)

    class Meta:
        apps = registry
        app_label = "face_routes"


class HouseOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    street: str


class RoomOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    name: str
    house: HouseOut | None


Async = Annotated[AsyncSession, Depends(get_async_db, scope="function")]
Blocking = Annotated[Session, Depends(get_db, scope="function")]

app = FastAPI()


@app.post("/async/{name}", response_model=RoomOut)
async def create_async(name: str, db: Async) -> Any:
    room = Room(name=name, house=House(street="s"))
    db.add(room)
    await db.flush()
    if name == "bad":
        raise HTTPException(400, "bad")
    return room


@app.post("/sync/{name}", response_model=RoomOut)
def create_sync(name: str, db: Blocking) -> Any:
    room = Room(name=name)
    db.add(room)
    db.flush()
    if name == "bad":
        raise HTTPException(400, "bad")
    return room


@app.get("/rooms", response_model=list[RoomOut])
async def rooms(db: Async) -> Any:
    return (await db.scalars(select(Room).order_by(Room.name))).all()


router = APIRouter()
router.add_api_route("/rooms", rooms, response_model=list[RoomOut])
router.add_api_route("/async/{name}", create_async, methods=["POST"], response_model=RoomOut)
router.add_api_route("/sync/{name}", create_sync, methods=["POST"], response_model=RoomOut)
urlpatterns = [path("api/", include(router))]


@pytest.fixture(autouse=True)
def tables(transactional_db: None) -> Iterator[None]:
    with tables_of(registry):
        yield


@pytest.mark.parametrize("kind", ["async", "sync"])
def test_a_request_is_committed_or_rolled_back(kind: str) -> None:
    client = Client(app)

    assert client.post(f"/{kind}/good").json()["name"] == "good"
    assert client.post(f"/{kind}/bad").status_code == 400
    assert [room.name for room in Room.objects.all()] == ["good"]


def test_a_lazy_relation_is_awaited_while_the_response_is_written() -> None:
    Room.objects.create(name="r", house=House.objects.create(street="s"))
    Room.objects.create(name="q")

    listed = Client(app).get("/rooms").json()

    assert [row["house"] for row in listed] == [None, {"street": "s"}]


def test_dependencies_can_be_overridden() -> None:
    async def other() -> Any:
        yield None

    app.dependency_overrides[get_async_db] = other
    try:
        with pytest.raises(AttributeError):
            Client(app).get("/rooms")
    finally:
        app.dependency_overrides.clear()


@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[])
def test_a_test_client_sees_what_is_not_committed_and_leaves_nothing() -> None:
    client = SiteClient()
    block = transaction.atomic()
    block._from_testcase = True  # as TestCase opens it: threads of the request take part
    with block:
        Room.objects.create(name="django")
        for kind in ("async", "sync"):
            assert client.post(f"/api/{kind}/{kind}").status_code == 200
            assert client.post(f"/api/{kind}/bad").status_code == 400
        seen = [row["name"] for row in client.get("/api/rooms").json()]
        here = Room.objects.count()
        transaction.set_rollback(True)

    assert (seen, here) == (["async", "django", "sync"], 3)
    assert not Room.objects.exists()


def test_what_the_commit_refuses_is_no_success(any_database: Any) -> None:
    """With ``scope="function"`` the commit comes before the response: a constraint that waits for it is heard."""
    broken = FastAPI()

    @broken.exception_handler(IntegrityError)
    async def conflict(request: Any, exc: Any) -> JSONResponse:
        return JSONResponse({}, 409)

    @broken.post("/rooms")
    async def create(db: Async) -> dict[str, bool]:
        db.add(Room(name="homeless", house_id=12345))
        await db.flush()
        return {"ok": True}

    with tables_of(registry):
        assert Client(broken).post("/rooms").status_code == 409
        assert not Room.objects.exists()
