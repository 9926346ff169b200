"""SQLAdmin's forms for every kind of field: choices are selects, what nobody can type is no input."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqladmin import Admin, ModelView
from sqladmin.filters import AllUniqueStringValuesFilter, BooleanFilter, StaticValuesFilter
from tests.contract.faces.support import Client, Registry, tables_of

from fastjango.db import models
from fastjango.db.models.functions import Upper
from fastjango.db.sqlalchemy import async_session, session

registry = Registry()


class Status(models.TextChoices):
    DRAFT = "draft", "A draft"
    PAID = "paid", "Is paid"


class Color(enum.StrEnum):
    RED = "r"
    BLUE = "b"


class Everything(models.Model):
    title = models.CharField(max_length=20)
    loud = models.GeneratedField(
        expression=Upper("title"), output_field=models.CharField(max_length=20), db_persist=True
    )
    status = models.CharField(max_length=5, choices=Status.choices, default=Status.DRAFT)
    level = models.SmallIntegerField(choices=[("Low", [(1, "one"), (2, "two")]), (9, "nine")])
    mood = models.CharField(max_length=1, choices=[("g", "good"), ("b", "bad")], null=True, blank=True)
    side = models.CharField(max_length=1, choices=[("l", "left")], blank=True)
    kind = models.EnumField(Status, default=Status.DRAFT)
    color = models.EnumField(Color, null=True, blank=True)
    big = models.BigIntegerField(default=0)
    small = models.PositiveSmallIntegerField(default=0)
    huge = models.PositiveBigIntegerField(default=0)
    slug = models.SlugField(blank=True)
    file = models.FileField(upload_to="x", blank=True)
    blob = models.BinaryField(default=b"")
    amount = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    weight = models.FloatField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    moment = models.DateTimeField(null=True, blank=True)
    time = models.TimeField(null=True, blank=True)
    span = models.DurationField(null=True, blank=True)
    key = models.UUIDField(default=uuid.uuid4)
    facts = models.JSONField(default=dict, blank=True)
    host = models.GenericIPAddressField(null=True, blank=True)
    active = models.BooleanField(default=False)
    known = models.BooleanField(null=True, blank=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    twin = models.OneToOneField("self", models.SET_NULL, null=True, blank=True, related_name="+")
    friends = models.ManyToManyField("self", blank=True)

    class Meta:
        apps = registry
        app_label = "face_sqladmin_fields"

    def __str__(self) -> str:
        return f"thing {self.title}"


@pytest.fixture(autouse=True)
def tables(any_database: Any) -> Iterator[None]:
    with tables_of(registry):
        yield


@pytest.fixture(params=["async", "sync"])
def site(request: pytest.FixtureRequest) -> Client:
    class EverythingAdmin(ModelView, model=Everything):
        column_list = "__all__"
        column_details_list = "__all__"
        column_export_list = ["title", "loud", "amount", "parent", "friends", "kind", "blob", "facts"]
        column_searchable_list = [Everything.title, Everything.slug, Everything.kind]
        column_sortable_list = [Everything.title, Everything.status]
        column_filters = [
            BooleanFilter(Everything.active),
            BooleanFilter(Everything.known),
            AllUniqueStringValuesFilter(Everything.status),
            StaticValuesFilter(Everything.kind, [("draft", "A draft"), ("paid", "Is paid")]),
        ]

    app = FastAPI()
    admin = Admin(app, session_maker=async_session if request.param == "async" else session)
    admin.add_view(EverythingAdmin)
    return Client(app)


def page(site: Client, path: str) -> str:
    found = site.get(f"/admin/everything/{path}")
    assert found.status_code == 200, found.text[:2000]
    return found.text


def save(site: Client, path: str, **values: Any) -> None:
    found = site.request("POST", f"/admin/everything/{path}", data=values)
    errors = re.findall(r"invalid-feedback[^>]*>\s*([^<]*)", found.text)
    assert found.status_code == 302, (found.status_code, errors, re.findall(r"alert[^>]*>\s*([^<]*)", found.text))


def options(text: str, name: str) -> list[tuple[str, str, bool]]:
    """Return value, label and whether it is selected, of the options of a select."""
    found = re.search(rf'<select[^>]*name="{name}"[^>]*>(.*?)</select>', text, re.S)
    assert found is not None, f"no select for {name}"
    return [
        (value, label.strip(), "selected" in rest or "selected" in before)
        for before, value, rest, label in re.findall(
            r'<option([^>]*?)value="([^"]*)"([^>]*)>([^<]*)</option>', found[1], re.S
        )
    ]


FORM: dict[str, Any] = {
    "title": "one", "status": "paid", "level": "2", "mood": "b", "side": "", "kind": "paid", "color": "b", "big": "-5",
    "small": "1", "huge": "5000000000", "slug": "a-b", "file": "x/y.txt", "amount": "1.25", "weight": "0.5",
    "day": "2024-02-29", "moment": "2024-02-29 10:00:00", "time": "10:30", "span": "1 02:00:00",
    "key": "12345678123456781234567812345678", "facts": "[1]", "host": "::1", "active": "y", "known": "False",
}  # fmt: skip


def test_choices_are_selects(site: Client) -> None:
    text = page(site, "create")

    assert options(text, "status") == [("draft", "A draft", True), ("paid", "Is paid", False)]
    assert options(text, "level") == [("1", "one", False), ("2", "two", False), ("9", "nine", False)]
    assert [value for value, _, _ in options(text, "mood")] == ["__None", "g", "b"]
    assert [value for value, _, _ in options(text, "side")] == ["", "l"]
    assert options(text, "kind") == [("draft", "A draft", True), ("paid", "Is paid", False)]
    assert [value for value, _, _ in options(text, "color")] == ["__None", "r", "b"]


def test_what_nobody_can_type_is_no_input(site: Client) -> None:
    text = page(site, "create")

    assert 'name="blob"' not in text and 'name="loud"' not in text


def test_every_kind_is_written_shown_and_exported(site: Client) -> None:
    other = Everything.objects.create(title="zero", level=1)

    save(site, "create", **FORM, parent=str(other.pk), twin=str(other.pk), friends=[str(other.pk)])

    made = Everything.objects.get(title="one")
    assert (made.status, made.level, made.mood, made.side, made.kind, made.color) == (
        Status.PAID, 2, "b", "", Status.PAID, Color.BLUE
    )  # fmt: skip
    assert (made.big, made.small, made.huge, made.slug, made.file.name) == (-5, 1, 5_000_000_000, "a-b", "x/y.txt")
    assert (made.amount, made.weight, made.day) == (decimal.Decimal("1.25"), 0.5, dt.date(2024, 2, 29))
    assert (made.moment, made.time) == (dt.datetime(2024, 2, 29, 10, tzinfo=dt.UTC), dt.time(10, 30))
    assert (made.span, made.key.hex, made.facts, made.host) == (dt.timedelta(1, 7200), FORM["key"], [1], "::1")
    assert (made.active, made.known, made.loud) == (True, False, "ONE")
    assert (made.parent, made.twin, list(made.friends.all())) == (other, other, [other])
    details = page(site, f"details/{made.pk}")
    assert "ONE" in details and "thing zero" in details
    assert "x/y.txt" in page(site, "list")
    rows = json.loads(page(site, "export/json"))
    assert {row["title"]: row["loud"] for row in rows} == {"one": "ONE", "zero": "ZERO"}
    assert "1.25" in page(site, "export/csv")


def test_every_kind_is_changed_and_emptied(site: Client) -> None:
    made = Everything.objects.create(title="a", level=9, mood="g", color=Color.RED, kind=Status.PAID, blob=b"kept")
    text = page(site, f"edit/{made.pk}")
    assert ("9", "nine", True) in options(text, "level") and ("g", "good", True) in options(text, "mood")
    assert ("paid", "Is paid", True) in options(text, "kind") and ("r", "Red", True) in options(text, "color")

    empty = dict.fromkeys(("weight", "day", "moment", "time", "span", "host", "file"), "")
    save(
        site,
        f"edit/{made.pk}",
        **{**FORM, **empty, "level": "1", "mood": "__None", "color": "__None", "known": "__None"},
    )

    made.refresh_from_db()
    assert (made.level, made.mood, made.color, made.known, made.weight, made.span) == (1, None, None, None, None, None)
    assert (bytes(made.blob), made.loud) == (b"kept", "ONE")


def test_a_value_that_is_no_choice_is_refused(site: Client) -> None:
    found = site.request("POST", "/admin/everything/create", data={**FORM, "status": "lost"})

    assert found.status_code == 400
    assert not Everything.objects.exists()


def test_lists_are_filtered_and_searched(site: Client) -> None:
    Everything.objects.create(title="a", level=1, active=True, known=None, status="paid", kind="paid")
    Everything.objects.create(title="b", level=1, active=False, known=True)

    def titles(query: str) -> str:
        body = page(site, f"list?{query}").split("<tbody>")[1].split("</tbody>")[0]
        return "".join(title for title in "ab" if re.search(rf">\s*{title}\s*<", body))

    assert titles("active=true") == "a" and titles("active=false") == "b" and titles("known=true") == "b"
    assert titles("status=paid") == "a" and titles("kind=draft") == "b" and titles("search=pai") == "a"
    assert titles("sortBy=status&sort=asc") == "ab"


def test_objects_are_deleted(site: Client) -> None:
    first = Everything.objects.create(title="a", level=1)
    second = Everything.objects.create(title="b", level=1, parent=first, twin=first)
    second.friends.add(first)

    assert site.request("DELETE", f"/admin/everything/delete?pks={first.pk}").status_code == 200

    second.refresh_from_db()
    assert (second.parent, second.twin, second.friends.count()) == (None, None, 0)
