"""
``crud_router``: list, create, get, change and delete a model over HTTP, typed and documented.

    app.include_router(crud_router(Product), prefix="/products")

The list takes a filter for each column, ``order_by``, ``page`` and ``page_size``; ``X-Total-Count`` says how many there are.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from types import GenericAlias
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, HTTPException, Query, Response

from fastjango.core.exceptions import ObjectDoesNotExist, ValidationError
from fastjango.db.errors import IntegrityError
from fastjango.db.models import Model, QuerySet
from fastjango.db.models.faces.annotations import filter_type, is_secret, python_type
from fastjango.db.models.faces.partial import partial_of
from fastjango.http.problems import problems_of
from fastjango.services.crud import CRUDService

M = TypeVar("M", bound=Model)

ALL = ("list", "create", "get", "update", "replace", "delete")
_FILTERED = {"JSONField", "BinaryField", "FileField", "ImageField"}


def crud_router(
    model: type[M],
    *,
    prefix: str = "",
    tags: Sequence[str] | None = None,
    service: CRUDService[M, Any, Any] | None = None,
    schema: Any = None,
    create_schema: Any = None,
    update_schema: Any = None,
    routes: Sequence[Literal["list", "create", "get", "update", "replace", "delete"]] = ALL,  # type: ignore[assignment]
    page_size: int = 20,
    max_page_size: int = 100,
    dependencies: Sequence[Any] | None = None,
) -> APIRouter:
    """
    Return a router with the routes of *model*.

    Args:
        prefix: Where it stands; or give it to ``include_router``.
        schema: What is put out; the model's own output by default.
        create_schema: The body of POST and PUT; the model's input schema by default.
        update_schema: The body of PATCH; the create schema with every field optional by default.
        routes: Which of the routes to make.
    """
    # A plain SQLAlchemy class has a model of its own.
    model = model._meta.model
    router = APIRouter(
        prefix=prefix, tags=list(tags) if tags is not None else [model.__name__], dependencies=dependencies
    )
    out = schema or model.schema(name=f"{model.__name__}Out")
    incoming = create_schema or model.schema(mode="input", name=f"{model.__name__}In")
    maker = _Routes(model, service or CRUDService(model), out, incoming, update_schema or partial_of(incoming))
    for name in routes:
        getattr(maker, f"add_{name}")(router, page_size, max_page_size)
    return router


# What a body may meet besides errors at its fields.
_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body cannot be read"},
    409: {"description": "Conflict"},
}


class _Routes:
    """Makes the endpoints of one model."""

    def __init__(self, model: Any, service: CRUDService[Any, Any, Any], out: Any, incoming: Any, patch: Any) -> None:
        self.model = model
        self.service = service
        self.out = out
        self.incoming = incoming
        self.patch = patch
        self.name = model._meta.model_name
        self.key = python_type(model._meta.pk)
        self.missing: dict[int | str, dict[str, Any]] = {404: {"description": "Not found"}}

    def add_list(self, router: APIRouter, page_size: int, max_page_size: int) -> None:
        """Add ``GET /``."""
        service = self.service
        filters = self._filters()

        async def endpoint(response: Response, page: int, page_size: int, order_by: str | None, **given: Any) -> Any:
            chosen = {name: value for name, value in given.items() if value is not None}
            if any(isinstance(value, str) and "\x00" in value for value in chosen.values()):
                response.headers["X-Total-Count"] = "0"
                return []
            rows: QuerySet[Any] = service.find(filters=chosen, order_by=order_by or ())
            response.headers["X-Total-Count"] = str(await rows.acount())
            return rows[(page - 1) * page_size : page * page_size]

        size = Annotated[int, Query(ge=1, le=max_page_size)]
        names = [name for field in filters for name in (field.attname, f"-{field.attname}")]
        order: Any = Literal[tuple(names)] if names else str
        parameters = [
            _parameter("response", Response),
            _parameter("page", Annotated[int, Query(ge=1, le=1_000_000)], 1),
            _parameter("page_size", size, page_size),
            _parameter("order_by", order | None, None),
            *(_parameter(field.attname, filter_type(field) | None, None) for field in filters),
        ]
        self._finish(endpoint, parameters, f"list_{self.name}", GenericAlias(list, (self.out,)))
        for path, shown in (("", True), ("/", False)) if not router.prefix else (("", True),):
            router.add_api_route(
                path, endpoint, methods=["GET"], response_model=GenericAlias(list, (self.out,)), include_in_schema=shown
            )

    def add_create(self, router: APIRouter, page_size: int, max_page_size: int) -> None:
        """Add ``POST /``."""
        service = self.service

        async def endpoint(payload: Any) -> Any:
            return await _refused(service.acreate(payload))

        self._finish(endpoint, [_parameter("payload", self.incoming)], f"create_{self.name}", self.out)
        for path, shown in (("", True), ("/", False)) if not router.prefix else (("", True),):
            router.add_api_route(
                path,
                endpoint,
                methods=["POST"],
                status_code=201,
                response_model=self.out,
                include_in_schema=shown,
                responses={**_REFUSALS},
            )

    def add_get(self, router: APIRouter, page_size: int, max_page_size: int) -> None:
        """Add ``GET /{pk}``."""
        service = self.service

        async def endpoint(pk: Any) -> Any:
            return await _refused(service.aget(pk))

        self._finish(endpoint, [_parameter("pk", self.key)], f"get_{self.name}", self.out)
        router.add_api_route("/{pk}", endpoint, methods=["GET"], response_model=self.out, responses=self.missing)

    def add_update(self, router: APIRouter, page_size: int, max_page_size: int) -> None:
        """Add ``PATCH /{pk}``."""
        self._add_change(router, "PATCH", f"update_{self.name}", self.patch)

    def add_replace(self, router: APIRouter, page_size: int, max_page_size: int) -> None:
        """Add ``PUT /{pk}``."""
        self._add_change(router, "PUT", f"replace_{self.name}", self.incoming)

    def _add_change(self, router: APIRouter, method: str, name: str, body: Any) -> None:
        service = self.service

        async def endpoint(pk: Any, payload: Any) -> Any:
            return await _refused(service.aupdate(pk, payload))

        self._finish(endpoint, [_parameter("pk", self.key), _parameter("payload", body)], name, self.out)
        router.add_api_route(
            "/{pk}",
            endpoint,
            methods=[method],
            response_model=self.out,
            responses={**self.missing, **_REFUSALS},
        )

    def add_delete(self, router: APIRouter, page_size: int, max_page_size: int) -> None:
        """Add ``DELETE /{pk}``."""
        service = self.service

        async def endpoint(pk: Any) -> None:
            await _refused(service.adelete(pk))

        self._finish(endpoint, [_parameter("pk", self.key)], f"delete_{self.name}", None)
        router.add_api_route(
            "/{pk}",
            endpoint,
            methods=["DELETE"],
            status_code=204,
            responses={**self.missing, 409: {"description": "Conflict"}},
        )

    def _filters(self) -> list[Any]:
        taken = {"response", "page", "page_size", "order_by"}
        members = getattr(self.out, "model_fields", None)
        shown = None if members is None else set(members)
        return [
            field
            for field in self.model._meta.concrete_fields
            if field.get_internal_type() not in _FILTERED
            and not is_secret(field)
            and field.attname not in taken
            and field.attname.isidentifier()
            # What is not put out cannot be found out by filters or by the order either.
            and (shown is None or not shown.isdisjoint((field.name, field.attname)))
            and python_type(field) is not Any
        ]

    @staticmethod
    def _finish(endpoint: Any, parameters: list[inspect.Parameter], name: str, result: Any) -> None:
        """Give an endpoint the signature that FastAPI reads."""
        endpoint.__name__ = endpoint.__qualname__ = name
        endpoint.__signature__ = inspect.Signature(parameters, return_annotation=result)


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


async def _refused(step: Any) -> Any:
    """Await *step*; what the model refuses becomes the response that FastAPI gives for such a thing."""
    try:
        return await step
    except ObjectDoesNotExist:
        raise HTTPException(404, "Not Found") from None
    except ValidationError as exc:
        raise HTTPException(422, problems_of(exc)) from None
    except IntegrityError:
        raise HTTPException(409, "The change conflicts with other objects.") from None


__all__ = ["crud_router"]
