"""A JSON field of one's own reads the text of the database itself, with the help of the one it stands on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.db import connection, models


class Wrapped(models.JSONField[Any, Any]):
    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return ("wrapped", super().from_db_value(value, expression, connection))


class Own(models.JSONField[Any, Any]):
    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        assert value is None or isinstance(value, str)
        return None if value is None else {"own": json.loads(value)}


class Letter(models.Model):
    first = Wrapped(null=True)
    second = Own(null=True)
    plain = models.JSONField(null=True)

    class Meta:
        app_label = "json_readers"
        db_table = "fj_letter"
        apps = Apps()


@pytest.fixture(
    params=[
        pytest.param("memory"),
        pytest.param("postgresql", marks=pytest.mark.service("postgresql")),
        pytest.param("mariadb", marks=pytest.mark.service("mariadb")),
    ]
)
def letters(request: Any) -> Iterator[Any]:
    connection = request.getfixturevalue(request.param)
    with connection.schema_editor() as editor:
        editor.create_model(Letter)
    yield Letter.objects.using(connection.alias)
    with connection.schema_editor() as editor:
        editor.delete_model(Letter)


def test_a_reader_of_ones_own_gets_the_text(letters: Any) -> None:
    pk = letters.create(first={"a": [1]}, second={"b": 2}, plain="1").pk
    expected = (("wrapped", {"a": [1]}), {"own": {"b": 2}}, "1")

    for _ in range(2):
        letter = letters.get(pk=pk)
        assert (letter.first, letter.second, letter.plain) == expected
    assert list(letters.values_list("first", "second", "plain")) == [expected]
    assert list(letters.values_list("first__a", flat=True)) == [("wrapped", [1])]
    letter = letters.only("pk").get()
    assert (letter.first, letter.second) == expected[:2]
    letter = letters.raw("SELECT * FROM fj_letter")[0]
    assert (letter.first, letter.second, letter.plain) == expected


def test_nothing_stays_nothing(letters: Any) -> None:
    letters.create()

    assert list(letters.values_list("first", "second", "plain")) == [(("wrapped", None), None, None)]


def test_the_reader_of_the_field_itself() -> None:
    field: Any = models.JSONField()

    assert field.from_db_value('{"a": 1}', None, connection) == {"a": 1}
    assert [field.from_db_value(value, None, connection) for value in (None, 3, "no json")] == [None, 3, "no json"]
