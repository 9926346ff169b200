"""The service as FastAPI routes on FastJango's models."""

import os
import random
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import jwt
from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AliasPath, BaseModel, ConfigDict, Field

os.environ.setdefault("FASTJANGO_SETTINGS_MODULE", "settings")

from fastjango import FastJango  # noqa: E402

app = FastJango(openapi_url=None)

from fastjango.contrib.auth.models import User  # noqa: E402
from fastjango.db import transaction  # noqa: E402
from fastjango.db.models import Q  # noqa: E402
from fastjango.shortcuts import render  # noqa: E402
from fastjango.urls import include, path  # noqa: E402
from fastjango.utils import timezone  # noqa: E402
from shop.models import Category, Product  # noqa: E402

SECRET = os.environ["BENCH_JWT_SECRET"]
router = APIRouter()
bearer = HTTPBearer()
ORDERING = {"id", "price", "name"}


class ProductOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    name: str
    slug: str
    description: str
    price: Decimal
    stock: int
    is_active: bool
    category_id: int
    created_at: datetime
    updated_at: datetime


class ProductListOut(ProductOut):
    category_name: Annotated[str, Field(validation_alias=AliasPath("category", "name"))]


class Page(BaseModel):
    count: int
    next: str | None
    previous: str | None
    results: list[ProductListOut]


class ProductIn(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    slug: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[-a-zA-Z0-9_]+$")]
    description: str = ""
    price: Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]
    stock: Annotated[int, Field(ge=0)] = 0
    is_active: bool = True
    category_id: int


class StockIn(BaseModel):
    id: Annotated[int, Field(ge=1)]
    stock: Annotated[int, Field(ge=0)]


class UserOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    username: str


class MeOut(BaseModel):
    user: UserOut
    product: ProductOut


class Message(BaseModel):
    message: str


async def current_user(cred: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> User:
    try:
        claims = jwt.decode(cred.credentials, SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise HTTPException(401, "invalid token") from None
    user = await User.objects.filter(pk=int(claims["sub"]), is_active=True).afirst()
    if user is None:
        raise HTTPException(401, "no such user")
    return user


@router.get("/json")
async def hello() -> Message:
    return Message(message="Hello, World!")


@router.get("/products", response_model=Page)
async def list_products(
    request: Request,
    page: Annotated[int, Query(ge=1)] = 1,
    page_size: Annotated[int, Query(ge=1, le=100)] = 20,
    search: str | None = None,
    category: int | None = None,
    is_active: bool | None = None,
    ordering: str = "id",
):
    products = Product.objects.all()
    if category is not None:
        products = products.filter(category=category)
    if is_active is not None:
        products = products.filter(is_active=is_active)
    if search:
        products = products.filter(Q(name__icontains=search) | Q(description__icontains=search))
    count = await products.acount()
    start = (page - 1) * page_size
    order = ordering if ordering.lstrip("-") in ORDERING else "id"
    rows = products.order_by(order)[start : start + page_size]
    return {
        "count": count,
        "next": str(request.url.include_query_params(page=page + 1)) if start + page_size < count else None,
        "previous": str(request.url.include_query_params(page=page - 1)) if page > 1 else None,
        "results": rows,
    }


@router.patch("/products/stock", response_model=list[ProductOut])
async def patch_stock(items: list[StockIn]):
    wanted = {item.id: item.stock for item in items}
    stamp = timezone.now()
    async with transaction.atomic():
        rows = await Product.objects.select_for_update().filter(id__in=list(wanted)).order_by("id")
        for product in rows:
            product.stock, product.updated_at = wanted[product.id], stamp
        await Product.objects.abulk_update(rows, ["stock", "updated_at"])
    return rows


@router.get("/products/{pk}", response_model=ProductOut)
async def get_product(pk: int):
    try:
        return await Product.objects.aget(pk=pk)
    except Product.DoesNotExist:
        raise HTTPException(404, "not found") from None


@router.post("/products", response_model=ProductOut, status_code=201)
async def create_product(payload: ProductIn):
    if not await Category.objects.filter(pk=payload.category_id).aexists():
        raise HTTPException(422, "unknown category")
    return await Product.objects.acreate(**payload.model_dump())


@router.get("/queries", response_model=list[ProductOut])
async def queries(n: int = 1):
    return [await Product.objects.aget(pk=random.randint(1, 10000)) for _ in range(min(max(n, 1), 100))]


@router.get("/me/products/{pk}", response_model=MeOut)
async def me_product(pk: int, user: Annotated[User, Depends(current_user)]):
    try:
        product = await Product.objects.aget(pk=pk)
    except Product.DoesNotExist:
        raise HTTPException(404, "not found") from None
    return {"user": user, "product": product}


def html(request):
    rows = Product.objects.select_related("category").order_by("id")[:100]
    return render(request, "products.html", {"title": "Products", "products": rows})


urlpatterns = [path("html", html), path("", include(router))]
