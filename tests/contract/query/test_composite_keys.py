"""Models with a composite key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.core import serializers
from fastjango.db import IntegrityError, connection, models, transaction
from fastjango.db.models import Count, Value

registry = Apps()


class Isolated(models.Model):
    class Meta:
        abstract = True
        apps = registry
        app_label = "composite_tests"


class Line(Isolated):
    pk = models.CompositePrimaryKey("order", "number")
    order = models.IntegerField()
    number = models.IntegerField()
    text = models.CharField(max_length=20)


class Note(Isolated):
    order = models.IntegerField()
    number = models.IntegerField()
    line: Any = models.ForeignObject(
        Line, models.CASCADE, from_fields=("order", "number"), to_fields=("order", "number"), related_name="notes"
    )


class Remark(Isolated):
    line: Any = models.CompositeForeignKey("Line", models.CASCADE, related_name="remarks")
    text = models.CharField(max_length=20)


class Mark(Isolated):
    order = models.IntegerField()
    number = models.IntegerField(null=True)
    line: Any = models.CompositeForeignKey(Line, models.SET_NULL, from_fields=("order", "number"), related_name="marks")


class Unfinished(Isolated):
    order = models.IntegerField()
    line: Any = models.CompositeForeignKey(Line, models.CASCADE, from_fields=("order", "nr"), related_name="+")


MODELS: list[Any] = [Line, Note, Remark, Mark]


@pytest.fixture(autouse=True)
def tables(transactional_db: None) -> Iterator[None]:
    registry.get_models = lambda *args, **kwargs: MODELS  # type: ignore[method-assign]
    for model in MODELS:
        model._meta._expire_cache()
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    Line.objects.bulk_create([Line(order=1, number=1, text="a"), Line(order=1, number=2, text="b")])
    yield
    with connection.schema_editor() as editor:
        for model in reversed(MODELS):
            editor.delete_model(model)


def test_rows_with_expressions_are_not_taken_for_rows_of_values() -> None:
    def found(row: tuple[Any, Any]) -> list[str]:
        return [line.text for line in Line.objects.filter(pk__in=[row])]

    assert found((1, Value(0) + 1)) == ["a"]
    assert found((1, 2)) == ["b"]


def test_values_of_a_relation_with_several_columns_are_a_tuple() -> None:
    Note.objects.create(order=1, number=2)

    assert list(Note.objects.values("line", "id")) == [{"line": (1, 2), "id": 1}]
    assert list(Note.objects.values_list("line", flat=True)) == [(1, 2)]


def lines() -> tuple[Any, Any]:
    first, second = Line.objects.order_by("pk")
    return first, second


def test_a_foreign_key_to_a_composite_key_adds_its_columns() -> None:
    remark: Any = Remark.objects.create(line=lines()[1], text="x")

    assert (remark.line_order, remark.line_number) == (1, 2)
    assert Remark._meta.get_field("line").from_fields == ("line_order", "line_number")


def test_it_is_followed_in_both_directions() -> None:
    first, second = lines()
    first.remarks.create(text="x")
    Remark.objects.create(line_order=1, line_number=2, text="y")

    assert Remark.objects.get(line=second).text == "y"
    assert Remark.objects.get(line=(1, 1)).text == "x"
    assert Remark.objects.filter(line__in=[first, second], line__text="a").count() == 1
    assert list(Line.objects.annotate(n=Count("remarks")).values_list("pk", "n")) == [((1, 1), 1), ((1, 2), 1)]


def test_related_objects_are_joined_and_prefetched(queries: Any) -> None:
    for line in lines():
        line.remarks.create(text=line.text)

    with queries(5):
        assert [remark.line.text for remark in Remark.objects.select_related("line")] == ["a", "b"]
        assert [remark.line.text for remark in Remark.objects.prefetch_related("line")] == ["a", "b"]
        with_remarks: list[Any] = list(Line.objects.prefetch_related("remarks"))
        assert [[r.text for r in line.remarks.all()] for line in with_remarks] == [
            ["a"],
            ["b"],
        ]


def test_a_changed_column_leads_to_another_object() -> None:
    remark: Any = Remark.objects.create(line=lines()[0], text="x")
    joined: Any = Remark.objects.select_related("line").get()

    remark.line_number = joined.line_number = 2

    assert remark.line.text == joined.line.text == "b"


def test_the_database_refuses_a_key_that_is_not_there() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Remark.objects.create(line_order=1, line_number=77, text="x")


def test_update_takes_an_object() -> None:
    first, second = lines()
    first.remarks.create(text="x")

    assert Remark.objects.update(line=second) == 1
    assert second.remarks.count() == 1


def test_deletion_cascades_and_sets_null_only_where_a_column_allows_it() -> None:
    first, _ = lines()
    first.remarks.create(text="x")
    mark = Mark.objects.create(line=first)

    first.delete()

    assert not Remark.objects.exists()
    mark.refresh_from_db()
    assert (mark.order, mark.number, mark.line) == (1, None, None)


def test_a_fixture_has_the_columns() -> None:
    lines()[1].remarks.create(text="x")

    (entry,) = serializers.serialize("python", Remark.objects.all())

    assert entry["fields"] == {"line_order": 1, "line_number": 2, "text": "x"}


def test_a_plain_key_wants_a_plain_foreign_key() -> None:
    with pytest.raises(ValueError, match="whose primary key 'id' is one column"):

        class Wrong(Isolated):
            note: Any = models.CompositeForeignKey(Note, models.CASCADE)


def test_columns_that_do_not_exist_are_found_by_the_checks() -> None:
    assert [(error.id, error.msg) for error in Unfinished._meta.get_field("line").check()] == [
        ("fields.E610", "The from_field 'nr' doesn't exist on the model 'composite_tests.Unfinished'.")
    ]
