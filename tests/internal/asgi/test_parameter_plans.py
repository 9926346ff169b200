"""Parameters read by a plan are what FastAPI reads, errors included."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import APIRouter, Cookie, Header, Path, Query
from fastapi.dependencies import utils
from pydantic import BaseModel
from starlette.datastructures import Headers, QueryParams

from fastjango.core.handlers.params import Reader, plan_for

router = APIRouter()


class Size(Enum):
    small = "s"


class Filters(BaseModel):
    limit: int = 3


@router.get("/{pk}/{code}")
async def plain(
    pk: int,
    code: Annotated[UUID, Path()],
    needed: Annotated[int, Query(ge=1)],
    x_token: Annotated[str, Header(min_length=3)],
    size: Size = Size.small,
    search: str | None = None,
    page: Annotated[int, Query(ge=1, alias="p")] = 1,
    checked: Annotated[int, Query(validate_default=True, ge=2)] = 2,
    visits: Annotated[int | None, Cookie()] = None,
) -> None: ...


@router.get("/other")
async def other(names: Annotated[list[str], Query()], search: str = "") -> None: ...


@router.get("/model")
async def model(filters: Annotated[Filters, Query()]) -> None: ...


def _dependant(path: str) -> Any:
    return next(route.dependant for route in router.routes if getattr(route, "path", "") == path)  # type: ignore[attr-defined]


PLAIN = _dependant("/{pk}/{code}")
ORIGINAL: Any = getattr(utils.request_params_to_args, "_original", utils.request_params_to_args)
CASES: list[tuple[Any, Any]] = [
    (PLAIN.path_params, {"pk": "7", "code": "2b0b7c8e-5f2c-4b69-9f61-2d36f7f0a111"}),
    (PLAIN.path_params, {"pk": "x", "code": "no"}),
    *(
        (PLAIN.query_params, QueryParams(text))
        for text in (
            *("needed=3", "needed=0", "", "needed=1&needed=2", "needed=3&size=s&search=&p=9", "needed=x&size=q&p=0"),
            *("needed=3&page=5", "needed=3&checked=1"),
        )
    ),
    *(
        (PLAIN.header_params, Headers({name: value}))
        for name, value in (("x-token", "abcd"), ("X-Token", "a"), ("y", ""))
    ),
    *((PLAIN.cookie_params, cookies) for cookies in ({}, {"visits": "3"}, {"visits": "three"})),
    *((_dependant("/other").query_params, QueryParams(text)) for text in ("names=a&names=b", "", "search=x")),
    *((_dependant("/model").query_params, QueryParams(text)) for text in ("limit=4", "limit=x", "")),
]


@pytest.mark.parametrize(("fields", "received"), CASES)
def test_a_plan_reads_what_fastapi_reads(fields: Any, received: Any) -> None:
    reader = Reader(ORIGINAL)

    for _ in range(2):
        assert reader(fields, received) == ORIGINAL(fields, received)


def test_plain_parameters_have_a_plan_and_lists_do_not() -> None:
    assert all(plan_for(field) for field in PLAIN.query_params)
    assert plan_for(_dependant("/other").query_params[0]) is None
    assert plan_for(_dependant("/model").query_params[0]) is None
