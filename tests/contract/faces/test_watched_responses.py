"""The N+1 detector names the relation, and the route or the line, where a Pydantic model reads instances attribute by attribute."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from tests.contract.faces.support import Client, Registry, tables_of
from tests.fixtures.databases import default_database, sqlite_file

from fastjango import FastJango
from fastjango.db import models
from fastjango.test import override_settings

registry = Registry()


class Writer(models.Model):
    name = models.CharField(max_length=10)

    class Meta:
        apps = registry
        app_label = "face_watched"


class Novel(models.Model):
    title = models.CharField(max_length=10)
    writer = models.ForeignKey(Writer, models.CASCADE)

    class Meta:
        apps = registry
        app_label = "face_watched"


class WriterOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    name: str


class NovelOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    title: str
    writer: WriterOut


router = APIRouter()


@router.get("/awaited/{page}")
async def awaited(page: int) -> list[NovelOut]:
    return list(Novel.objects.all())  # type: ignore[arg-type]  # read by its attributes


@router.get("/threaded")
def threaded() -> list[NovelOut]:
    return list(Novel.objects.all())  # type: ignore[arg-type]  # as above


@router.get("/by-hand")
async def by_hand() -> list[NovelOut]:
    found = [novel async for novel in Novel.objects.all()]
    return [NovelOut.model_validate(novel) for novel in found]


@router.get("/by-hand-threaded")
def by_hand_threaded() -> list[NovelOut]:
    return [NovelOut.model_validate(novel) for novel in Novel.objects.all()]


@pytest.fixture(autouse=True)
def novels(tmp_path: Path) -> Iterator[None]:
    with default_database(sqlite_file(tmp_path / "db.sqlite3")), tables_of(registry):
        for name in "ab":
            Novel.objects.create(title=name, writer=Writer.objects.create(name=name))
        with override_settings(N_PLUS_ONE="log"):
            yield


def app() -> FastJango:
    """Return an application with the routes above."""
    made = FastJango()
    made.include_router(router)
    return made


def line_of(function: Callable[..., object], text: str) -> int:
    """Return the number of the line of *function* that has *text*."""
    lines, first = inspect.getsourcelines(function)
    return first + next(number for number, line in enumerate(lines) if text in line)


@pytest.mark.parametrize(
    ("path", "route", "endpoint"),
    [("/awaited/3", "GET /awaited/{page} (awaited)", awaited), ("/threaded", "GET /threaded (threaded)", threaded)],
)
def test_a_relation_that_a_response_loads_one_by_one_is_named_with_the_route(
    path: str, route: str, endpoint: Callable[..., object], caplog: pytest.LogCaptureFixture
) -> None:
    assert len(Client(app()).get(path).json()) == 2

    (said,) = [record.getMessage() for record in caplog.records if record.name == "fastjango.db.n_plus_one"]
    line = endpoint.__code__.co_firstlineno
    assert said.startswith(
        f"Novel.writer is loaded once per object (N+1 queries) at {__file__}:{line}, in the response of {route}. "
        "Add select_related('writer')"
    )


@pytest.mark.parametrize(("path", "endpoint"), [("/by-hand", by_hand), ("/by-hand-threaded", by_hand_threaded)])
def test_a_relation_that_a_schema_loads_one_by_one_is_named_with_the_line(
    path: str, endpoint: Callable[..., object], caplog: pytest.LogCaptureFixture
) -> None:
    assert len(Client(app()).get(path).json()) == 2

    (said,) = [record.getMessage() for record in caplog.records if record.name == "fastjango.db.n_plus_one"]
    assert f"at {__file__}:{line_of(endpoint, 'model_validate')}. Add select_related('writer')" in said
