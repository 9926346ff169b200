"""Columns that only PostgreSQL has, in guests: arrays and addresses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.faces.test_guests import NAME, guest_database, make_project, run

MODELS = """
import datetime
import enum
import uuid
from decimal import Decimal

from sqlalchemy import ARRAY as PlainArray
from sqlalchemy import DateTime, Enum, Integer, Numeric, String, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"


class Doc(Base):
    __tablename__ = "heroes_doc"
    id: Mapped[int] = mapped_column(primary_key=True)
    tags: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list)
    nums: Mapped[list[int]] = mapped_column(MutableList.as_mutable(ARRAY(Integer)), default=list)
    grid: Mapped[list[list[int]] | None] = mapped_column(PlainArray(Integer, dimensions=2))
    keys: Mapped[list[uuid.UUID] | None] = mapped_column(ARRAY(Uuid))
    colors: Mapped[list[Color] | None] = mapped_column(ARRAY(Enum(Color)))
    moments: Mapped[list[datetime.datetime] | None] = mapped_column(ARRAY(DateTime(timezone=True)))
    prices: Mapped[list[Decimal] | None] = mapped_column(ARRAY(Numeric(10, 2)))
    words: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    address: Mapped[str | None] = mapped_column(INET)
    facts: Mapped[dict] = mapped_column(JSONB, server_default='{"a": 1}')
"""

START = """
import fastjango
fastjango.setup()
import datetime as dt
import uuid
from decimal import Decimal
from sqlalchemy import select
from fastjango.db.sqlalchemy import session
from heroes.models import Color, Doc
values = {
    "tags": ["a", "b,c"], "nums": [1, 2], "grid": [[1, 2], [3, 4]], "keys": [uuid.uuid4()], "colors": [Color.RED],
    "moments": [dt.datetime(2026, 1, 2, tzinfo=dt.timezone.utc)], "prices": [Decimal("1.50")], "address": "10.0.0.1",
}
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    with guest_database("postgresql", f"{NAME}_arrays") as conf:
        yield make_project(tmp_path, MODELS, conf, more_settings="USE_TZ = True\n")


@pytest.mark.service("postgresql")
def test_arrays_and_addresses_are_the_same_in_sessions_and_querysets(project: Path) -> None:
    program = START + (
        "with session() as db:\n"
        "    doc = Doc(**values)\n"
        "    db.add(doc)\n"
        "    db.commit()\n"
        "    doc.nums.append(3)\n"
        "    db.commit()\n"
        "    assert db.scalars(select(Doc).where(Doc.tags.contains(['a']))).one() is doc\n"
        "values['nums'] = [1, 2, 3]\n"
        "found = Doc.objects.get()\n"
        "assert {name: getattr(found, name) for name in values} == values\n"
        "assert (found.words, found.facts) == ([], {'a': 1})\n"
        "for name, value in values.items():\n"
        "    assert Doc.objects.filter(**{name: value}).count() == 1, name\n"
        "assert Doc.objects.filter(tags__contains=['a'], nums__len=3, grid__0__1=2, colors__contains=[Color.RED]).exists()\n"
        "Doc.objects.create(**values)\n"
        "with session() as db:\n"
        "    for own in db.scalars(select(Doc)):\n"
        "        assert {name: getattr(own, name) for name in values} == values\n"
    )

    run(project, "-c", program)
    assert "No changes detected" in run(project, "-m", "fastjango", "makemigrations", "--check")


@pytest.mark.service("postgresql")
def test_arrays_and_addresses_in_forms_schemas_and_alembic(project: Path) -> None:
    program = START + (
        "from alembic.autogenerate import compare_metadata\n"
        "from alembic.migration import MigrationContext\n"
        "from fastjango.db import connection\n"
        "from fastjango.db.sqlalchemy import metadata\n"
        "from fastjango.forms import modelform_factory\n"
        "from fastjango.schemas import ModelSchema\n"
        "form = modelform_factory(Doc, fields=['tags', 'colors', 'address', 'words'])(\n"
        "    {'tags': 'x,y', 'colors': 'r', 'address': '::1', 'words': ''})\n"
        "assert form.is_valid(), form.errors\n"
        "form.save()\n"
        "doc = Doc.objects.get()\n"
        "assert (doc.tags, doc.colors, doc.address, doc.words) == (['x', 'y'], [Color.RED], '::1', [])\n"
        "class DocOut(ModelSchema):\n"
        "    class Meta:\n"
        "        model = Doc\n"
        "        fields = ['tags', 'colors', 'address']\n"
        'assert Doc.objects.into(DocOut).json() == b\'[{"tags":["x","y"],"colors":["r"],"address":"::1"}]\'\n'
        "schema = DocOut.model_json_schema()['properties']['tags']\n"
        "assert schema['items']['type'] == 'string', schema\n"
        "with connection.engine.connect() as db:\n"
        "    assert compare_metadata(MigrationContext.configure(db), metadata) == []\n"
    )

    run(project, "-c", program)
