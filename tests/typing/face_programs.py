"""The documented programs of all three faces, as a type checker sees them; checked by mypy and pyright, never run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, assert_type

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, joinedload, selectinload

from fastjango import FastJango
from fastjango.db import models
from fastjango.db.sqlalchemy import async_session, get_async_db, get_db, metadata, session
from fastjango.schemas import ModelSchema, Partial
from fastjango.services import CRUDService, crud_router

if TYPE_CHECKING:
    from sqlalchemy import MetaData

    from fastjango.db.models.relations.related_types import Related


class Category(models.Model):
    name = models.CharField(max_length=50)
    products: Related[Product]


class Product(models.Model):
    title = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    is_active = models.BooleanField(default=True)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="products")


class ProductOut(ModelSchema):
    class Meta:
        model = Product
        fields = ["id", "title", "price"]


class ProductIn(ModelSchema):
    class Meta:
        model = Product
        exclude = ["id"]


class Card(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    title: str


class ProductService(CRUDService[Product, ProductIn, Partial[ProductIn]]):
    """Products that are for sale."""


app = FastJango(title="Shop")
router = APIRouter()
products = ProductService()


@router.get("/products")
async def list_products() -> list[ProductOut]:
    """Give the rows as objects of the schema."""
    return await Product.objects.filter(is_active=True).into(ProductOut)


@router.get("/cards", response_model=list[Card])
def list_cards() -> Any:
    """Give a queryset: the response model reads it."""
    return Product.objects.filter(is_active=True)


@router.post("/products", status_code=201)
async def create(payload: Product) -> Product:
    """Take a model as the body."""
    await payload.asave()
    return payload


@router.patch("/products/{pk}")
async def change(pk: int, payload: Partial[ProductIn]) -> Product:
    """Change what was sent."""
    return await products.aupdate(pk, payload)


@router.get("/cheap")
async def cheap(db: Annotated[AsyncSession, Depends(get_async_db)]) -> list[Product]:
    """Ask through SQLAlchemy's ORM."""
    statement = (
        select(Product)
        .join(Product.category)
        .where(Product.is_active == True, Product.price < 5)  # noqa: E712 - SQLAlchemy's own way to say it
        .options(joinedload(Product.category))
        .order_by(Product.title.desc())
    )
    found = (await db.scalars(statement)).all()
    return list(found)


@router.get("/count")
def count(db: Annotated[Session, Depends(get_db)]) -> int:
    """Count through SQLAlchemy's ORM."""
    return db.scalar(select(func.count()).select_from(Product)) or 0


app.include_router(router)
app.include_router(crud_router(Product), prefix="/crud")


def values_have_their_types(product: Product) -> None:
    """What each face gives is known."""
    assert_type(Product.schema(depth=1), type[ModelSchema])
    assert_type(list(Product.objects.all().into(Card)), list[Card])
    assert_type(products.get(1), Product)
    assert_type(products.create({"title": "x"}), Product)
    with session() as db:
        assert_type(db.get(Product, 1), Product | None)
        assert_type(db.scalars(select(Product)).first(), Product | None)
        assert_type(list(Product.objects.from_statement(select(Product))), list[Product])
    tables: MetaData = metadata
    assert tables is not None


async def asynchronous_sessions() -> None:
    """The same, awaited."""
    async with async_session() as db:
        assert_type(await db.get(Product, 1), Product | None)
        assert_type((await db.scalars(select(Category).options(selectinload(Category.products)))).all()[0], Category)
    assert_type(await products.aget(1), Product)
