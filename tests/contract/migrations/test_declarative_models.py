"""Plain SQLAlchemy models of an app take part in makemigrations, with all that their tables have, and with later edits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.contract.migrations.conftest import make_project

MODELS = """
import enum

from sqlalchemy import (
    CheckConstraint, Column, Enum, ForeignKey, ForeignKeyConstraint, Index, Numeric, String, Table, UniqueConstraint, func,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


tags = Table(
    "shop_item_tags",
    Base.metadata,
    Column("item_id", ForeignKey("shop_item.id"), primary_key=True),
    Column("tag_id", ForeignKey("shop_tag.id"), primary_key=True),
)


class Note(Base):
    __tablename__ = "shop_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_no: Mapped[int]
    line_no: Mapped[int]
    __table_args__ = (ForeignKeyConstraint(["order_no", "line_no"], ["shop_line.order_no", "shop_line.line_no"]),)


class Tag(Base):
    __tablename__ = "shop_tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(20), index=True)


class Item(Base):
    __tablename__ = "shop_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(50))
    price: Mapped[float] = mapped_column(Numeric(10, 2), server_default="0")
    colour: Mapped[Colour] = mapped_column(Enum(Colour), server_default="RED")
    tags: Mapped[list[Tag]] = relationship(secondary=tags)
    # more
    __table_args__ = (
        Index("title_and_price", "title", "price"),
        Index("by_price", "price"),
        Index("lowered", func.lower(title)),
        UniqueConstraint("title", "colour"),
        CheckConstraint("price >= 0", name="price_not_negative"),
    )


class Line(Base):
    __tablename__ = "shop_line"
    order_no: Mapped[int] = mapped_column(primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("shop_item.id"))
"""
USE = """
from fastjango.db.sqlalchemy import session
from shop.models import Colour, Item, Line, Note, Tag
with session() as db:
    item = Item(title="lamp", colour=Colour.BLUE, tags=[Tag(word="light")])
    db.add(item)
    db.flush()
    db.add(Line(order_no=1, line_no=2, item_id=item.id))
    db.flush()
    db.add(Note(order_no=1, line_no=2))
    db.commit()
found = Item.objects.get()
print(found.title, found.colour.name, Note.objects.filter(line__order_no=1).count())
"""


@pytest.fixture(params=["sqlite3", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    for made in make_project(request.param, tmp_path):
        made.add_app("shop")
        (made.folder / "shop" / "models.py").write_text(MODELS)
        made.manage("makemigrations")
        made.manage("migrate")
        yield made


def test_tables_have_what_the_classes_say(project: Any) -> None:
    text = (project.folder / "shop" / "migrations" / "0001_initial.py").read_text()

    for part in (
        "title_and_price",
        "by_price",
        "lowered",
        "('title', 'colour')",
        "price_not_negative",
        "CompositeForeignKey",
    ):
        assert part in text
    assert "shop_item_tags" in project.tables()
    assert "as the applied migrations say" in project.manage("migrate", "--drift")
    assert project.python(USE) == "lamp BLUE 1"


def test_edits_of_a_class_become_migrations(project: Any) -> None:
    changed = (
        MODELS.replace("String(50)", "String(80)")
        .replace("price >= 0", "price >= 1")
        .replace(
            "    # more\n",
            "    weight: Mapped[int | None]\n    owner_id: Mapped[int | None] = mapped_column(ForeignKey('shop_tag.id'))\n",
        )
    )
    (project.folder / "shop" / "models.py").write_text(changed)
    output = project.manage("makemigrations")
    project.manage("migrate")

    for part in ("Add field weight", "Add field owner", "Alter field title", "Remove constraint price_not_negative"):
        assert part in output
    assert "No changes detected" in project.manage("makemigrations", "--check")
    assert "as the applied migrations say" in project.manage("migrate", "--drift")
    project.manage("migrate", "shop", "zero")
    assert not {name for name in project.tables() if name.startswith("shop_")}
