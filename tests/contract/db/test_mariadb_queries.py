"""What a queryset means on MariaDB: order of updates, intervals, JSON, dates, patterns, conflicts, and clear refusals."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.db import DatabaseError, IntegrityError, NotSupportedError, models, transaction
from fastjango.db.execute import change, fetch
from fastjango.db.models import Avg, Count, ExpressionWrapper, F, Max, Q, StdDev, Subquery, Sum, Value, Window
from fastjango.db.models.functions import (
    Cast,
    Collate,
    Concat,
    ExtractWeekDay,
    Lag,
    TruncDay,
    TruncHour,
    TruncMonth,
    TruncQuarter,
    TruncWeek,
    TruncYear,
)
from fastjango.test.databases import CaptureQueriesContext
from fastjango.utils.timezone import get_current_timezone

UTC = dt.UTC
MOMENT = dt.datetime(2024, 5, 15, 13, 45, 30, 123456, tzinfo=UTC)


class Event(models.Model):
    name = models.CharField(max_length=40, unique=True)
    rank = models.PositiveIntegerField(unique=True, null=True)
    began = models.DateTimeField(default=MOMENT)
    took = models.DurationField(default=dt.timedelta(hours=1))
    price = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal("0.50"))
    data = models.JSONField(default=dict)
    key = models.UUIDField(default=uuid.uuid4)

    class Meta:
        app_label = "mariadb_queries"
        db_table = "fj_event"
        apps = Apps()


@pytest.fixture
def events(mariadb: Any) -> Iterator[Any]:
    with mariadb.schema_editor() as editor:
        editor.create_model(Event)
    yield Event.objects.using("mariadb")
    change("mariadb", "DROP TABLE fj_event")


def names(queryset: Any) -> list[str]:
    return sorted(queryset.values_list("name", flat=True))


def test_an_ordered_update_changes_the_rows_in_that_order(events: Any) -> None:
    for rank in (1, 2, 3):
        events.create(name=str(rank), rank=rank)

    changed = events.order_by("-rank").update(rank=F("rank") + 1)

    assert changed == 3
    assert list(events.order_by("rank").values_list("rank", flat=True)) == [2, 3, 4]
    with pytest.raises(IntegrityError):
        events.order_by("rank").update(rank=F("rank") + 1)


def test_an_update_ordered_by_an_annotation(events: Any) -> None:
    for rank in (1, 2):
        events.create(name=str(rank), rank=rank)

    assert events.annotate(place=F("rank") * 2).order_by("-place").update(rank=F("rank") + 1) == 2


def test_a_table_is_changed_by_what_a_subquery_finds_in_it(events: Any) -> None:
    for rank in (1, 2, 3):
        events.create(name=str(rank), rank=rank)

    events.filter(pk__in=events.filter(rank__gt=1)).update(name=Concat("name", Value("!")))
    deleted, _ = events.filter(pk__in=events.annotate(n=Count("name")).filter(n=1, rank=1)).delete()

    assert deleted == 1
    assert names(events) == ["2!", "3!"]


def test_durations_are_added_multiplied_and_summed(events: Any) -> None:
    events.create(name="a", took=dt.timedelta(minutes=90, microseconds=7))
    events.create(name="b", began=MOMENT + dt.timedelta(days=1), took=dt.timedelta(minutes=30))

    a = events.annotate(ended=ExpressionWrapper(F("began") + F("took"), models.DateTimeField())).get(name="a")
    later = events.filter(began__gt=F("began") - dt.timedelta(seconds=1)).count()
    twice = events.annotate(twice=ExpressionWrapper(F("took") * 2, models.DurationField())).get(name="b").twice
    between = events.aggregate(d=Max("began") - Value(MOMENT, models.DateTimeField()))["d"]

    assert a.ended == MOMENT + dt.timedelta(minutes=90, microseconds=7)
    assert later == 2
    assert twice == dt.timedelta(hours=1)
    assert between == dt.timedelta(days=1)
    assert events.aggregate(Sum("took"), Avg("took")) == {
        "took__sum": dt.timedelta(hours=2, microseconds=7),
        "took__avg": dt.timedelta(hours=1, microseconds=3.5),
    }


def test_half_a_microsecond_of_a_mean_is_rounded_as_the_server_rounds(events: Any) -> None:
    for number in (0, 5):
        events.create(name=str(number), took=dt.timedelta(microseconds=number))

    assert events.aggregate(mean=Avg("took"))["mean"] == dt.timedelta(microseconds=3)


def test_groups_without_an_order_are_not_sorted_by_the_server(events: Any) -> None:
    grouped = events.values("price").annotate(number=Count("pk"))

    assert "filesort" not in grouped.explain()
    assert "filesort" in grouped.order_by("number").explain()


def test_groups_are_chosen_by_what_holds_for_each(events: Any) -> None:
    """MariaDB gives too few groups here when it sorts them by itself."""
    for number in range(6):
        events.create(name=str(number), rank=number, price=number // 2)
    odd = Q(price__gte=0) ^ Q(deviation=0)

    single = events.values("price", "rank").annotate(deviation=StdDev("price", sample=True)).filter(odd)
    double = events.values("price").annotate(deviation=StdDev("price", sample=True)).filter(odd)

    assert len(single) == 6
    assert len(double) == 0


def test_the_quarter_of_a_moment_as_a_time_is_its_time(events: Any) -> None:
    events.create(name="a")

    found = events.annotate(at=TruncQuarter("began", output_field=models.TimeField())).get().at

    assert found == MOMENT.astimezone(get_current_timezone()).time()


def test_an_impossible_operation_with_a_duration_is_refused(events: Any) -> None:
    with pytest.raises(DatabaseError, match="Invalid connector for timedelta"):
        list(events.annotate(x=ExpressionWrapper(F("began") % F("took"), models.DateTimeField())))


def test_decimals_are_calculated_exactly(events: Any) -> None:
    event = events.create(name="a")

    events.filter(pk=event.pk).update(price=F("price") - Decimal("0.4"))

    assert events.get().price == Decimal("0.10")


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (Q(data__a=1), ["number"]),
        (Q(data__a="text"), ["text"]),
        (Q(data__a=None), ["null"]),
        (Q(data__a=True), ["true"]),
        (Q(data__a={"b": [1, 2]}), ["deep"]),
        (Q(data__a__b__1=2), ["deep"]),
        (Q(data__a__gt=0), ["number"]),
        (Q(data__a__in=[1, "text"]), ["number", "text"]),
        (Q(data__a__icontains="EX"), ["text"]),
        (Q(data__a__startswith="te"), ["text"]),
        (Q(data__a__iregex="^T.XT$"), ["text"]),
        (Q(data__has_key="z"), ["other"]),
        (Q(data__has_any_keys=["z", "y"]), ["other"]),
        (Q(data__contains={"a": 1}), ["number"]),
        (Q(data__contained_by={"z": 1, "y": 2}), ["other"]),
        (Q(data={"z": 1}), ["other"]),
        (Q(data__a__isnull=True), ["other"]),
    ],
)
def test_json_lookups(events: Any, condition: Any, found: list[str]) -> None:
    documents = {
        "number": {"a": 1},
        "text": {"a": "text"},
        "null": {"a": None},
        "true": {"a": True},
        "deep": {"a": {"b": [1, 2]}},
        "other": {"z": 1},
    }
    for name, data in documents.items():
        events.create(name=name, data=data)

    assert names(events.filter(condition)) == sorted(found)


def test_dates_are_cut_and_taken_apart(events: Any) -> None:
    events.create(name="a")

    units = {
        TruncYear: dt.datetime(2024, 1, 1, tzinfo=UTC),
        TruncQuarter: dt.datetime(2024, 4, 1, tzinfo=UTC),
        TruncMonth: dt.datetime(2024, 5, 1, tzinfo=UTC),
        TruncWeek: dt.datetime(2024, 5, 13, tzinfo=UTC),
        TruncDay: dt.datetime(2024, 5, 15, tzinfo=UTC),
        TruncHour: dt.datetime(2024, 5, 15, 13, tzinfo=UTC),
    }
    for trunc, expected in units.items():
        assert events.annotate(x=trunc("began")).get().x == expected
    assert events.annotate(x=ExtractWeekDay("began")).get().x == 4
    assert events.filter(began__year=2024, began__month=5, began__hour=13, began__date=MOMENT.date()).exists()


def test_offsets_need_no_tables_of_zones(events: Any) -> None:
    events.create(name="a")
    zone = dt.timezone(dt.timedelta(hours=-5, minutes=-30))

    cut = events.annotate(x=TruncHour("began", tzinfo=zone)).get().x

    assert cut == dt.datetime(2024, 5, 15, 8, tzinfo=zone)


def test_patterns_look_at_case_as_asked(events: Any) -> None:
    for name in ("Alpha", "a%b", "a_b", "back\\slash"):
        events.create(name=name)

    assert names(events.filter(name__contains="alp")) == []
    assert names(events.filter(name__icontains="ALP")) == ["Alpha"]
    assert names(events.filter(name__startswith="a%")) == ["a%b"]
    assert names(events.filter(name__contains="_")) == ["a_b"]
    assert names(events.filter(name__endswith="\\slash")) == ["back\\slash"]
    assert names(events.filter(name__regex="^A")) == ["Alpha"]
    assert names(events.filter(name__iregex="^ALPHA$")) == ["Alpha"]


def test_a_collation_decides_about_equality(events: Any) -> None:
    events.create(name="Alpha")

    assert events.annotate(x=Collate("name", "utf8mb4_bin")).filter(x="alpha").count() == 0
    assert events.annotate(x=Collate("name", "utf8mb4_general_ci")).filter(x="alpha").count() == 1


def test_bulk_create_leaves_out_or_updates_rows_that_are_there(events: Any) -> None:
    events.create(name="a", rank=1)

    events.bulk_create([Event(name="a", rank=5), Event(name="b", rank=2)], ignore_conflicts=True)
    assert list(events.order_by("name").values_list("name", "rank")) == [("a", 1), ("b", 2)]

    events.bulk_create([Event(name="a", rank=7), Event(name="c")], update_conflicts=True, update_fields=["rank"])
    assert list(events.order_by("name").values_list("name", "rank")) == [("a", 7), ("b", 2), ("c", None)]


def test_bulk_create_gives_the_keys(events: Any) -> None:
    made = events.bulk_create([Event(name=str(number)) for number in range(3)])

    assert [event.pk for event in made] == list(events.order_by("pk").values_list("pk", flat=True))


def test_keys_are_native_uuids(events: Any) -> None:
    event = events.create(name="a")

    column = fetch(
        "mariadb",
        "SELECT data_type FROM information_schema.columns WHERE table_name = 'fj_event' AND column_name = 'key' "
        "AND table_schema = DATABASE()",
    )
    assert column == [("uuid",)]
    assert events.get(key=event.key).key == event.key
    assert events.filter(key__startswith=str(event.key)[:13]).exists()


def test_numbers_without_a_sign_reach_as_far_as_the_column(events: Any) -> None:
    events.create(name="a", rank=2**32 - 1)

    assert events.filter(rank__gte=2**32 - 1).exists()
    assert not events.filter(rank__gt=2**32).exists()


def test_casts_name_types_that_the_server_can_cast_to(events: Any) -> None:
    events.create(name="12")

    found = events.annotate(
        number=Cast("name", models.IntegerField()),
        text=Cast("rank", models.TextField()),
        price_text=Cast("price", models.CharField(max_length=10)),
        ratio=Cast("name", models.FloatField()),
    ).get()

    assert (found.number, found.text, found.price_text, found.ratio) == (12, None, "0.50", 12.0)


def test_plans_are_explained(events: Any) -> None:
    assert "fj_event" in events.all().explain()
    assert '"query_block"' in events.all().explain(format="json")
    assert '"r_total_time_ms"' in events.all().explain(format="json", analyze=True)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda q: q.distinct("name"), "DISTINCT ON fields is not supported by this database backend"),
        (lambda q: q.select_for_update(of=("self",)), "FOR UPDATE OF is not supported on this database backend."),
        (lambda q: q.select_for_update(no_key=True), "FOR NO KEY UPDATE is not supported on this database backend."),
        (
            lambda q: q.annotate(x=Window(Lag("rank", default=0), order_by="name")),
            "This backend does not support default values in LAG.",
        ),
        (lambda q: q.filter(pk__in=Subquery(q.values("pk")[:1])), "LIMIT & IN/ALL/ANY/SOME subquery"),
    ],
)
def test_what_the_server_cannot_do_is_refused_by_name(events: Any, make: Any, message: str) -> None:
    with transaction.atomic("mariadb"), pytest.raises(NotSupportedError, match=message):
        list(make(events.all()))


def test_conflicts_cannot_be_tied_to_fields(events: Any) -> None:
    with pytest.raises(NotSupportedError, match="does not support updating conflicts with specifying unique fields"):
        events.bulk_create([Event(name="a")], update_conflicts=True, update_fields=["rank"], unique_fields=["name"])


def test_locks_that_the_server_knows_are_sent(events: Any, mariadb: Any) -> None:
    with transaction.atomic("mariadb"), CaptureQueriesContext(mariadb) as captured:
        list(events.select_for_update(skip_locked=True))
        list(events.select_for_update(nowait=True))

    assert [query["sql"].rpartition("FOR ")[2] for query in captured.captured_queries] == [
        "UPDATE SKIP LOCKED",
        "UPDATE NOWAIT",
    ]
