"""The documented programs of all three faces, as a type checker sees them; checked by mypy and pyright, never run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, assert_type

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, String, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)

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


class Base(DeclarativeBase):
    """Plain SQLAlchemy, as a guest of the app."""


class Team(Base):
    __tablename__ = "shop_team"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    heroes: Mapped[list[Hero]] = relationship(back_populates="team")


class Hero(Base):
    __tablename__ = "shop_hero"
    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("shop_team.id"))
    team: Mapped[Team | None] = relationship(back_populates="heroes")


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


def statements_have_their_types(db: Session) -> None:
    """Columns, relations and statements of the SQLAlchemy face."""
    cheap = select(Product).where(Product.price > 5, Product.is_active == True)  # noqa: E712
    assert_type(db.scalars(cheap).all()[0], Product)
    assert_type(db.scalars(cheap.order_by(Product.title.desc()).limit(3)).one_or_none(), Product | None)
    assert_type(db.get_one(Product, 1), Product)
    assert_type(db.merge(Product(title="x")), Product)
    other = aliased(Category)
    joined = select(Product).join(Product.category).where(Category.name.in_(["a", "b"]))
    db.scalars(joined.options(contains_eager(Product.category), selectinload(Product.category)))
    db.scalars(select(Category).where(Category.products.any(Product.price < 3)))
    db.scalars(select(Product).where(Product.category.has(Category.name == "a")))
    db.execute(select(Product.title, func.count()).join(other, Product.category).group_by(Product.title))
    db.execute(update(Product).where(Product.price < 3).values(is_active=False))
    db.scalars(select(Product).where(Product.title.like("%a%")))


def members_of_a_session_are_a_collection(db: Session) -> None:
    """A relation to many is a manager outside of a session and a collection inside of one."""
    category = db.get_one(Category, 1)
    category.products.append(Product(title="x"))
    for product in category.products:
        assert_type(product, Product)
    assert_type(category.products.filter(price__gt=3).first(), Product | None)
    db.add(Category(name="new", products=[Product(title="y")]))


def guests_are_typed_by_sqlalchemy(db: Session) -> None:
    """A guest is what SQLAlchemy says it is; its models side has the manager."""
    assert_type(db.scalars(select(Hero).join(Hero.team).where(Team.name == "a")).all()[0], Hero)
    hero = db.get_one(Hero, 1)
    assert_type(hero.team, Team | None)


async def services_are_typed() -> None:
    """A service gives instances of its model, from each of its methods."""
    assert_type(products.list(filters={"price__lt": 3}), list[Product])
    assert_type(await products.alist(order_by="-title"), list[Product])
    assert_type(await products.acreate({"title": "x"}), Product)
    assert_type(products.update(1, Partial[ProductIn].model_validate({})), Product)
    assert_type(products.count(), int)
    service: CRUDService[Product, ProductIn, Partial[ProductIn]] = CRUDService(Product)
    assert_type(service.get(3), Product)


def schemas_are_typed() -> None:
    """A schema of a model builds, creates and updates instances."""
    made = ProductIn.model_validate({"title": "x"})
    assert_type(made.build(), Any)
    assert_type(ProductOut.model_validate(Product(title="x")), ProductOut)
    assert_type(list(Product.objects.all().into(ProductOut)), list[ProductOut])
