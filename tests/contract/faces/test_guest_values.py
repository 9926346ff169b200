"""Columns of guests: sessions and querysets store and read the same, on every database and with time zones."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contract.faces.test_guests import NAME, guest_database, make_project, run
from tests.fixtures.databases import VENDORS

MODELS = """
import datetime
import json
import uuid
from decimal import Decimal

from sqlalchemy import JSON, DateTime, Numeric, Text, TypeDecorator, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Document(TypeDecorator):
    impl = Text
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value if value is None else "doc:" + json.dumps(value)

    def process_result_value(self, value, dialect):
        return value if value is None else json.loads(value[4:])


class Base(DeclarativeBase):
    pass


class Visit(Base):
    __tablename__ = "heroes_visit"
    id: Mapped[int] = mapped_column(primary_key=True)
    plain: Mapped[datetime.datetime]
    aware: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    made: Mapped[datetime.datetime] = mapped_column(server_default=func.now())
    day: Mapped[datetime.date]
    time: Mapped[datetime.time]
    span: Mapped[datetime.timedelta]
    key: Mapped[uuid.UUID]
    facts: Mapped[dict] = mapped_column(JSON)
    blob: Mapped[bytes]
    weight: Mapped[float]
    paid: Mapped[bool]
    amount: Mapped[Decimal] = mapped_column(DIGITS_TYPE)
    note: Mapped[str]
    document: Mapped[list | None] = mapped_column(Document)
"""

PROGRAM = """
import fastjango
fastjango.setup()
import datetime as dt
import uuid
from decimal import Decimal
from sqlalchemy import select
from fastjango.db.sqlalchemy import session
from heroes.models import Visit
noon = dt.datetime(2024, 5, 5, 12, 0)
aware = noon.replace(tzinfo=dt.timezone(dt.timedelta(hours=2)))
values = {
    "day": dt.date(2024, 1, 2), "time": dt.time(1, 2, 3), "span": dt.timedelta(1, 2, 3), "key": uuid.uuid4(),
    "facts": {"a": [1, None]}, "blob": b"\\0x", "weight": 1.5, "paid": True, "amount": Decimal("1.25"), "note": "\\u00e9",
    "document": [1, "x"],
}
with session() as db:
    db.add(Visit(plain=noon, aware=aware, **values))
    db.commit()
made = Visit.objects.create(plain=noon.replace(tzinfo=dt.timezone.utc), aware=aware, **values)
with session() as db:
    for own in db.scalars(select(Visit)):
        assert (own.plain, own.aware, own.made.tzinfo) == (noon, aware, None), (own.plain, own.aware, own.made)
        assert {name: getattr(own, name) for name in values} == values
for found in Visit.objects.all():
    assert (found.plain, found.aware) == (noon.replace(tzinfo=dt.timezone.utc), aware)
    assert found.made.tzinfo is not None
    assert {name: getattr(found, name) for name in values} == values
for name, value in {**values, "plain": made.plain, "aware": aware}.items():
    if name not in ("facts", "blob"):
        assert Visit.objects.filter(**{name: value}).count() == 2, name
        if name != "plain":
            with session() as db:
                assert len(db.scalars(select(Visit).where(getattr(Visit, name) == value)).all()) == 2, name
with session() as db:
    assert len(db.scalars(select(Visit).where(Visit.plain == noon)).all()) == 2
"""


@pytest.mark.parametrize("vendor", VENDORS)
def test_sessions_and_querysets_store_and_read_the_same(vendor: str, tmp_path: Path) -> None:
    # MariaDB would round a Numeric without digits.
    digits = "Numeric(12, 4)" if vendor == "mysql" else "Numeric()"
    models = MODELS.replace("DIGITS_TYPE", digits)
    with guest_database(vendor, f"{NAME}_values") as conf:
        project = make_project(tmp_path, models, conf, more_settings="USE_TZ = True\nTIME_ZONE = 'Europe/Berlin'\n")
        run(project, "-c", PROGRAM)
        assert "No changes detected" in run(project, "-m", "fastjango", "makemigrations", "--check")


@pytest.mark.service("mariadb")
def test_a_number_without_digits_is_refused_where_it_would_be_rounded(tmp_path: Path) -> None:
    models = MODELS.replace("DIGITS_TYPE", "Numeric()")
    with guest_database("mysql", f"{NAME}_values") as conf, pytest.raises(AssertionError) as found:
        make_project(tmp_path, models, conf)

    assert "heroes.Visit.amount: (fields.E132)" in str(found.value)
    assert "would round a Numeric without a precision to whole numbers" in str(found.value)
