"""Guests with many-to-many relations, empty defaults, checks and binary columns, on every database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.faces.test_guests import NAME, guest_database, make_project, run
from tests.fixtures.databases import VENDORS

MODELS = """
import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, LargeBinary, String, Table, Text, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


links = Table(
    "heroes_links",
    Base.metadata,
    Column("order_id", ForeignKey("heroes_order.id"), primary_key=True),
    Column("tag_id", ForeignKey("heroes_tag.id"), primary_key=True),
)


class Tag(Base):
    __tablename__ = "heroes_tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(20))
    orders: Mapped[list["Order"]] = relationship(secondary=links, back_populates="tags")


class Order(Base):
    __tablename__ = "heroes_order"
    __table_args__ = (CheckConstraint("total >= 0", name="total_not_negative"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    total: Mapped[int]
    note: Mapped[str] = mapped_column(String(50), default="")
    made: Mapped[datetime.datetime] = mapped_column(server_default=func.now())
    photo: Mapped[bytes | None] = mapped_column(LargeBinary)
    raw: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    tags: Mapped[list[Tag]] = relationship(secondary=links, back_populates="orders")
"""

ADMIN = """
from fastjango.contrib import admin
from heroes.models import Order, Tag

admin.site.register(Order)
admin.site.register(Tag)
"""

START = """
import logging
import fastjango
fastjango.setup()
from sqlalchemy import select
from fastjango.db.sqlalchemy import async_session, session
from heroes.models import Order, Tag
"""


@pytest.fixture(params=VENDORS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    with guest_database(request.param, f"{NAME}_many") as conf:
        yield make_project(tmp_path, MODELS, conf, ADMIN)


def test_a_relation_over_a_table_between_works_in_querysets_and_sessions(project: Path) -> None:
    program = START + (
        "with session() as db:\n"
        "    db.add(Order(total=1, tags=[Tag(label='a'), Tag(label='b')]))\n"
        "    db.commit()\n"
        "order = Order.objects.get(tags__label='a')\n"
        "assert sorted(tag.label for tag in order.tags.all()) == ['a', 'b']\n"
        "assert Tag.objects.get(label='a').orders.get() == order\n"
        "new = Tag.objects.create(label='c')\n"
        "order.tags.add(new)\n"
        "order.tags.remove(Tag.objects.get(label='a'))\n"
        "assert [tag.label for tag in Order.objects.prefetch_related('tags').get().tags.order_by('label')] == ['b', 'c']\n"
        "with session() as db:\n"
        "    found = db.scalars(select(Order)).one()\n"
        "    assert sorted(tag.label for tag in found.tags) == ['b', 'c']\n"
        "    assert len(db.scalars(select(Order).where(Order.tags.any(Tag.label == 'c'))).all()) == 1\n"
        "with session() as db:\n"
        "    db.add(order)\n"
        "    order.tags.append(Tag(label='d'))\n"
        "    db.commit()\n"
        "assert Order.objects.get().tags.count() == 3\n"
        "assert Order._meta.get_field('tags').remote_field.related_name == 'orders'\n"
    )

    assert "No changes detected" in run(project, "-m", "fastjango", "makemigrations", "--check")
    run(project, "-c", program)


def test_serializers_schemas_and_forms_set_such_a_relation(project: Path) -> None:
    program = START + (
        "from fastjango.forms import modelform_factory\n"
        "from fastjango.rest import serializers\n"
        "tag = Tag.objects.create(label='a')\n"
        "class OrderSerializer(serializers.ModelSerializer):\n"
        "    class Meta:\n"
        "        model = Order\n"
        "        fields = ['total', 'tags']\n"
        "made = OrderSerializer(data={'total': 1, 'tags': [tag.pk]})\n"
        "assert made.is_valid(), made.errors\n"
        "made.save()\n"
        "assert made.data == {'total': 1, 'tags': [tag.pk]}, made.data\n"
        "from fastjango.schemas import ModelSchema\n"
        "class OrderIn(ModelSchema):\n"
        "    class Meta:\n"
        "        model = Order\n"
        "        fields = ['total', 'tags']\n"
        "order = OrderIn(total=2, tags=[tag.pk]).create()\n"
        "assert list(order.tags.all()) == [tag]\n"
        "form = modelform_factory(Order, fields=['total', 'note', 'tags'])({'total': '3', 'note': '', 'tags': [tag.pk]})\n"
        "assert form.is_valid(), form.errors\n"
        "assert list(form.save().tags.all()) == [tag]\n"
    )

    run(project, "-c", program)


def test_what_has_a_default_may_be_left_empty_in_the_admin(project: Path) -> None:
    program = START + (
        "from fastjango.contrib.auth.models import User\n"
        "from fastjango.test import Client\n"
        "from fastjango.conf import settings\n"
        "settings.ALLOWED_HOSTS = ['testserver']\n"
        "User.objects.create_superuser('root', 'root@example.com', 'pw')\n"
        "client = Client()\n"
        "client.login(username='root', password='pw')\n"
        "tag = Tag.objects.create(label='a')\n"
        "empty = {'note': '', 'made_0': '', 'made_1': ''}\n"
        "answer = client.post('/admin/heroes/order/add/', {'total': '1', 'tags': [tag.pk], **empty})\n"
        "assert answer.status_code == 302, answer.content[-3000:]\n"
        "order = Order.objects.get()\n"
        "assert order.made is not None and list(order.tags.all()) == [tag]\n"
        "answer = client.post(f'/admin/heroes/order/{order.pk}/change/', {'total': '2', 'tags': [], **empty})\n"
        "assert answer.status_code == 302, answer.content[-3000:]\n"
        "changed = Order.objects.get()\n"
        "assert (changed.total, changed.made, changed.tags.count()) == (2, order.made, 0)\n"
    )

    run(project, "-c", program)


def test_a_check_in_sql_is_left_to_the_database(project: Path) -> None:
    program = START + (
        "from fastjango.db import IntegrityError\n"
        "records = []\n"
        "class Keep(logging.Handler):\n"
        "    def emit(self, record):\n"
        "        records.append(record)\n"
        "logging.getLogger('fastjango').addHandler(Keep())\n"
        "Order.objects.create(total=1).full_clean()\n"
        "assert records == []\n"
        "try:\n"
        "    Order.objects.create(total=-1)\n"
        "except IntegrityError:\n"
        "    pass\n"
        "else:\n"
        "    raise AssertionError('the database has no check')\n"
    )

    assert "W045" not in run(project, "-m", "fastjango", "check")
    run(project, "-c", program)


def test_sqladmin_leaves_binary_columns_as_they_are(project: Path) -> None:
    program = START + (
        "from fastapi import FastAPI\n"
        "from fastapi.testclient import TestClient\n"
        "from sqladmin import Admin, ModelView\n"
        "app = FastAPI()\n"
        "admin = Admin(app, session_maker=async_session)\n"
        "class OrderAdmin(ModelView, model=Order):\n"
        "    column_list = '__all__'\n"
        "admin.add_view(OrderAdmin)\n"
        "client = TestClient(app)\n"
        "order = Order.objects.create(total=1, photo=b'\\x89PNG\\xff', raw=b'\\xff\\x00')\n"
        "for path in ('list', 'create', f'details/{order.pk}', f'edit/{order.pk}', 'export/csv', 'export/json'):\n"
        "    assert client.get(f'/admin/order/{path}').status_code == 200, path\n"
        "assert 'name=\"photo\"' not in client.get(f'/admin/order/edit/{order.pk}').text\n"
        "values = {'total': '2', 'note': '', 'made': '2026-01-01 00:00:00'}\n"
        "answer = client.post(f'/admin/order/edit/{order.pk}', data=values, follow_redirects=False)\n"
        "assert answer.status_code == 302, answer.text[-2000:]\n"
        "changed = Order.objects.get()\n"
        "assert (changed.total, bytes(changed.photo), bytes(changed.raw)) == (2, b'\\x89PNG\\xff', b'\\xff\\x00')\n"
        "assert client.post('/admin/order/create', data=values, follow_redirects=False).status_code == 302\n"
        "assert bytes(Order.objects.latest('id').raw) == b''\n"
    )

    run(project, "-c", program)
