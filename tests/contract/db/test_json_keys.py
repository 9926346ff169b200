"""Any key of a JSON document is found, whatever letters it has, on SQLite, PostgreSQL and MariaDB alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.db import connections, models
from fastjango.db.models import F
from fastjango.db.models.fields.json import KT, KeyTransform


class Paper(models.Model):
    data = models.JSONField(null=True)

    class Meta:
        app_label = "json_keys"
        db_table = "fj_json_keys"
        apps = Apps()


DATABASES = [
    pytest.param("memory"),
    pytest.param("postgresql", marks=pytest.mark.service("postgresql")),
    pytest.param("mariadb", marks=pytest.mark.service("mariadb")),
]
KEYS = [
    'a"b',
    '"',
    '\\"',
    "a\\b",
    'x"y.z[1]',
    '"".x',
    "a'\"b",
    "a.b",
    "a[0]",
    "$",
    "*",
    "é",
    "日本",
    "😀",
    "a b",
    "it's",
]
KEYS += ["%s", "a%b", "?", ":x", "a\nb", "\u0001", "{}", "a/b", "-", "-a", "--", '-%_\\"é']


@pytest.fixture(params=DATABASES)
def alias(request: Any) -> Iterator[str]:
    connection = request.getfixturevalue(request.param)
    with connection.schema_editor() as editor:
        editor.create_model(Paper)
    yield connection.alias
    with connection.schema_editor() as editor:
        editor.delete_model(Paper)


def at(*keys: str) -> Any:
    place: Any = F("data")
    for key in keys:
        place = KeyTransform(key, place)
    return place


class Papers:
    """Three papers, one of them with the key in several places."""

    def __init__(self, alias: str, key: str) -> None:
        self.all: Any = Paper.objects.using(alias)
        self.all.all().delete()
        self.here = self.all.create(data={key: "v", "n": {key: 2, "deep": {key: {"end": [1, {key: "z"}]}}}}).pk
        self.without = self.all.create(data={"other": 1}).pk
        self.text = self.all.create(data="text").pk

    def found(self, **conditions: Any) -> list[int]:
        return sorted(self.all.filter(**conditions).values_list("pk", flat=True))

    def value(self, expression: Any) -> Any:
        return self.all.annotate(value=expression).get(pk=self.here).value


@pytest.mark.parametrize("key", [*KEYS, ""])
def test_has_key_and_its_kin(alias: str, key: str) -> None:
    papers = Papers(alias, key)

    assert papers.found(data__has_key=key) == [papers.here]
    assert papers.found(data__has_keys=[key, "n"]) == [papers.here]
    assert papers.found(data__has_keys=["n", key, "other"]) == []
    assert papers.found(data__has_any_keys=["nothing", key]) == [papers.here]
    assert papers.found(data__n__has_key=key) == [papers.here]
    assert papers.found(data__has_key=at("n", key)) == [papers.here]
    assert sorted(papers.all.exclude(data__has_key=key).values_list("pk", flat=True)) == [papers.without, papers.text]
    # A plain key after it is another question.
    assert papers.found(data__has_key="other") == [papers.without]


@pytest.mark.parametrize("key", KEYS)
def test_lookups_behind_a_key(alias: str, key: str) -> None:
    papers = Papers(alias, key)
    here = [papers.here]

    assert papers.found(**{f"data__{key}": "v"}) == here
    assert papers.found(**{f"data__{key}__isnull": False}) == here
    assert papers.found(**{f"data__{key}__isnull": True}) == [papers.without, papers.text]
    assert papers.found(**{f"data__{key}__in": ["v", "w"]}) == here
    assert papers.found(**{f"data__{key}__icontains": "V"}) == here
    assert papers.found(**{f"data__n__{key}__gt": 1}) == here
    assert papers.found(**{f"data__n__deep__{key}__has_key": "end"}) == here
    assert papers.found(**{f"data__n__deep__{key}__end__1__{key}": "z"}) == here
    assert papers.found(**{f"data__{key}__{key}": "v"}) == []
    ordered = papers.all.exclude(pk=papers.text).order_by(F(f"data__{key}").asc(nulls_last=True))
    assert [paper.pk for paper in ordered] == [papers.here, papers.without]


@pytest.mark.parametrize("key", [*KEYS, ""])
def test_values_under_a_key(alias: str, key: str) -> None:
    papers = Papers(alias, key)

    assert papers.value(at(key)) == "v"
    assert papers.value(at("n", key)) == 2
    assert papers.value(at("n", "deep", key, "end", "1", key)) == "z"
    assert papers.value(at(key, key)) is None
    assert papers.all.annotate(value=at(key, key, "x")).get(pk=papers.text).value is None
    if key:
        assert papers.value(KT(f"data__{key}")) == "v"
    if connections[alias].features.supports_json_field_contains:
        assert papers.found(data__contains={key: "v"}) == [papers.here]
        assert papers.found(data__n__contains={key: 2}) == [papers.here]


@pytest.mark.parametrize("value", [True, False, None, 0, 1.5, "x", "", [1], {"q": 1}])
@pytest.mark.parametrize("key", ['a"b', "é", "plain"])
def test_every_kind_of_value_comes_back(alias: str, key: str, value: Any) -> None:
    papers = Papers(alias, key)
    papers.all.filter(pk=papers.here).update(data={key: value})

    found = papers.value(at(key))

    assert found == value
    assert type(found) is type(value)
    assert papers.all.annotate(value=at(key)).filter(value=value).get().pk == papers.here


def test_a_number_is_a_place_in_a_list_and_a_key_for_has_key(alias: str) -> None:
    papers = Papers(alias, "1")
    listed = papers.all.create(data=["o", "v"]).pk

    assert papers.found(data__has_key="1") == [papers.here]
    assert papers.found(data__1="v") == [listed]


def test_a_document_of_another_writer_on_sqlite(memory: Any) -> None:
    """Its letters need not be escaped as ours are."""
    with memory.schema_editor() as editor:
        editor.create_model(Paper)
    with memory.cursor() as cursor:
        cursor.execute("INSERT INTO fj_json_keys (data) VALUES (%s)", ['{"é": {"日本": 3}}'])
    papers: Any = Paper.objects.using("memory")

    assert papers.filter(data__has_key="é", data__é__日本=3, data__é__has_keys=["日本"]).exists()
