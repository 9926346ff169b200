"""Models with a composite key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.db import connection, models
from fastjango.db.models import Value

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


MODELS: list[Any] = [Line, Note]


@pytest.fixture(autouse=True)
def tables(transactional_db: None) -> Iterator[None]:
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
