"""
API v2: a FastAPI router on the same models.

Plain ``Product.objects`` calls in ``async def`` endpoints do not block the event loop: the framework awaits the database.
"""

import asyncio
import logging
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from catalogue.models import Category, Product
from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException, Query, Request, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field

from fastjango.db.models import F, Sum

logger = logging.getLogger("shop.stock")
router = APIRouter(tags=["catalogue v2"])


class CategoryOut(BaseModel):
    """A category."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    slug: str


class ProductOut(BaseModel):
    """A product."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    slug: str
    price: Decimal
    stock: int
    category: CategoryOut


class ProductPage(BaseModel):
    """A page of products."""

    count: int
    items: list[ProductOut]


class StockChange(BaseModel):
    """How many pieces come in (or, when negative, go out)."""

    quantity: int = Field(ge=-10_000, le=10_000)
    reason: str = Field(default="", max_length=200)


class Page(BaseModel):
    """Which part of a list is wanted."""

    offset: int = Field(default=0, ge=0, le=1_000_000)
    limit: int = Field(default=20, ge=1, le=100)


class Problem(BaseModel):
    """Why a request was refused."""

    detail: str


# What a route answers beside its response and 422; it stands in /docs.
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "No such product."}}
CHANGES: dict[int | str, dict[str, Any]] = {
    **NOT_FOUND,
    400: {"model": Problem, "description": "The body cannot be read."},
    401: {"model": Problem, "description": "Please log in."},
    403: {"model": Problem, "description": "Only staff may do this."},
    409: {"model": Problem, "description": "There is not that much in stock."},
}


def current_user(request: Request) -> Any:
    """Return the user of the session."""
    user = request.user
    if not user.is_authenticated:
        raise HTTPException(401, "Please log in.")
    return user


def staff_user(user: Annotated[Any, Depends(current_user)]) -> Any:
    """Return the user, who is staff."""
    if not user.is_staff:
        raise HTTPException(403, "Only staff may do this.")
    return user


def record_change(slug: str, quantity: int, reason: str, username: str) -> None:
    """Write a change of stock to the log."""
    logger.info("%s changed the stock of %s by %+d: %s", username, slug, quantity, reason or "no reason given")


@router.get("/products")
async def list_products(
    page: Annotated[Page, Query()],
    q: Annotated[str, Query(max_length=100)] = "",
) -> ProductPage:
    """List what can be bought now."""
    found = Product.objects.available().select_related("category").order_by("name", "pk")
    if q:
        found = found.filter(name__icontains=q)
    items = [ProductOut.model_validate(product) async for product in found[page.offset : page.offset + page.limit]]
    return ProductPage(count=await found.acount(), items=items)


@router.get("/products/{slug}", responses=NOT_FOUND)
async def get_product(slug: str) -> ProductOut:
    """Return one product."""
    product = await Product.objects.visible().select_related("category").filter(slug=slug).afirst()
    if product is None:
        raise HTTPException(404, "No such product.")
    return ProductOut.model_validate(product)


@router.get("/categories")
async def list_categories() -> list[CategoryOut]:
    """List the outermost categories; a plain query, awaited by the framework."""
    return [CategoryOut.model_validate(category) for category in Category.objects.filter(parent=None)]


@router.post("/products/{slug}/stock", responses=CHANGES)
async def change_stock(
    slug: str,
    change: StockChange,
    tasks: BackgroundTasks,
    user: Annotated[Any, Depends(staff_user)],
) -> ProductOut:
    """Change the stock; never below zero."""
    product = await Product.objects.select_related("category").filter(slug=slug).afirst()
    if product is None:
        raise HTTPException(404, "No such product.")
    enough = Product.objects.filter(pk=product.pk, stock__gte=-change.quantity, stock__lte=2_000_000_000)
    if not await enough.aupdate(stock=F("stock") + change.quantity):
        raise HTTPException(409, "There is not that much in stock.")
    await product.arefresh_from_db(fields=["stock"])
    tasks.add_task(record_change, slug, change.quantity, change.reason, user.get_username())
    return ProductOut.model_validate(product)


@router.websocket("/ticker")
async def stock_ticker(socket: WebSocket, interval: Annotated[float, Query(ge=0.05, le=60)] = 1.0) -> None:
    """Send the size of the stock at every interval until the client goes."""
    await socket.accept()
    try:
        while True:
            totals = await Product.objects.available().aaggregate(pieces=Sum("stock"))
            await socket.send_json({"products": await Product.objects.available().acount(), **totals})
            try:
                await asyncio.wait_for(socket.receive_text(), interval)
            except TimeoutError:
                continue
    except WebSocketDisconnect:
        return
