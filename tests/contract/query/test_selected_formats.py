"""Fields and expressions of one's own that say how their column is selected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.schema import CreateTable

from fastjango.apps.registry import Apps
from fastjango.db import connection, models
from fastjango.db.execute import change
from fastjango.db.models import F, Value


class Shouted(models.CharField[Any, Any]):
    def select_format(self, compiler: Any, sql: Any, params: Any) -> Any:
        return f"UPPER({sql})", params


class OneMore(Value):
    def select_format(self, compiler: Any, sql: Any, params: Any) -> Any:
        return f"({sql} + %s)", [*params, 1]


class Call(models.Model):
    word = Shouted(max_length=10)

    class Meta:
        app_label = "selected_formats"
        apps = Apps()


@pytest.fixture
def calls(library: None) -> Iterator[Any]:
    change("default", str(CreateTable(Call._meta.table).compile(dialect=connection.dialect)))
    Call.objects.create(word="hey")
    yield Call.objects
    change("default", f"DROP TABLE {Call._meta.db_table}")


def test_a_field_formats_its_column_in_the_select_list_only(calls: Any) -> None:
    for _ in range(2):
        assert calls.get(word="hey").word == "HEY"
    assert list(calls.values_list("word", flat=True)) == ["HEY"]
    assert list(calls.values_list("word").union(calls.values_list("word"))) == [("HEY",)]
    assert calls.annotate(same=F("word")).get().same == "HEY"
    assert not calls.filter(word="HEY").exists()


def test_an_expression_formats_itself(calls: Any) -> None:
    assert calls.annotate(number=OneMore(5)).get().number == 6


def test_a_field_without_a_description_is_called_by_its_class() -> None:
    class Plain(models.Field[Any, Any]):
        pass

    assert str(Plain().description) == "Field of type: Plain"
    assert str(models.CharField(max_length=3).description) == "String (up to %(max_length)s)"
