"""bulk_update() on each database: one statement, and every kind of value arrives as it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.db.bulk_models import FIELDS, FULL, MODELS, TEXTS, Everything, Loud, Post

from fastjango.db import IntegrityError, connections
from fastjango.db.models import F, Value
from fastjango.db.models.functions import Upper
from fastjango.test.databases import CaptureQueriesContext


@pytest.fixture(params=["memory", "postgresql", "mariadb"])
def alias(request: Any) -> Iterator[str]:
    connection = request.getfixturevalue(request.param)
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    yield connection.alias


def values(alias: str) -> list[tuple[Any, ...]]:
    rows = Everything.objects.using(alias).order_by("pk").values_list(*FIELDS)
    return [tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in rows]


def sent(objs: list[Everything]) -> list[tuple[Any, ...]]:
    return [tuple(getattr(obj, name) for name in FIELDS) for obj in objs]


def statements(connection: Any, verb: str) -> int:
    return sum(query["sql"].startswith(verb) or f": {verb}" in query["sql"] for query in connection)


def test_every_kind_of_value_and_none_arrives_in_one_statement(alias: str) -> None:
    manager = Everything.objects.using(alias)
    manager.bulk_create([Everything(text="x", **(FULL if place % 2 else {})) for place in range(len(TEXTS))])
    objs = list(manager.order_by("pk"))
    for place, (obj, text) in enumerate(zip(objs, TEXTS, strict=True)):
        obj.text = text
        for name, value in FULL.items():
            # What was there goes, what was not there comes.
            setattr(obj, name, None if place % 2 else value)

    with CaptureQueriesContext(connections[alias]) as captured:
        changed = manager.bulk_update(objs, FIELDS)

    assert changed == len(TEXTS)
    assert statements(captured.captured_queries, "UPDATE") == 1
    assert values(alias) == sent(objs)


def test_many_rows_find_their_values(alias: str) -> None:
    manager = Everything.objects.using(alias)
    objs = manager.bulk_create([Everything(text="x") for _ in range(2500)])
    if objs[0].pk is None:
        objs = list(manager.order_by("pk"))
    for place, obj in enumerate(objs):
        obj.number, obj.text = place, f"row {place}"

    assert manager.bulk_update(objs[:2300], ["number", "text"]) == 2300
    assert manager.filter(number=None).count() == 200
    assert list(manager.order_by("pk").values_list("number", "text")[2298:2301]) == [
        (2298, "row 2298"),
        (2299, "row 2299"),
        (None, "x"),
    ]


def test_rows_that_are_gone_are_not_counted_and_of_two_objects_the_first_counts(alias: str) -> None:
    manager = Everything.objects.using(alias)
    manager.bulk_create([Everything(text="a"), Everything(text="b")])
    first, second = manager.order_by("pk")
    twin = manager.get(pk=first.pk)
    first.text, twin.text, second.text = "first", "twin", "gone"
    Everything.objects.using(alias).filter(pk=second.pk).delete()

    assert manager.bulk_update([first, twin, second], ["text"]) == 1
    assert [obj.text for obj in manager.all()] == ["first"]


def test_keys_may_be_texts_and_values_foreign_keys(alias: str) -> None:
    manager = Loud.objects.using(alias)
    words = manager.bulk_create([Loud(word=word, number=number) for number, word in enumerate(["a", "B", "ü"])])
    for word in words:
        word.other = words[0]

    assert manager.bulk_update(words, ["other"]) == 3
    assert set(manager.values_list("other__word", flat=True)) == {"a"}


def test_batches_are_statements_of_their_own(alias: str) -> None:
    manager = Everything.objects.using(alias)
    manager.bulk_create([Everything(text="x") for _ in range(5)])
    objs = list(manager.order_by("pk"))

    with CaptureQueriesContext(connections[alias]) as captured:
        assert manager.bulk_update(objs, ["text"], batch_size=2) == 5

    assert statements(captured.captured_queries, "UPDATE") == 3


def test_expressions_are_computed_by_the_database(alias: str) -> None:
    manager = Everything.objects.using(alias)
    manager.bulk_create([Everything(text="a", number=1), Everything(text="b", number=2)])
    first, second = manager.order_by("pk")
    first.number, second.number = F("number") + 10, 7
    first.text = Upper(Value("x"))

    assert manager.bulk_update([first, second], ["number", "text"]) == 2
    assert list(manager.order_by("pk").values_list("number", "text")) == [(11, "X"), (7, "b")]


def test_rows_that_a_manager_hides_stay_as_they_are(alias: str) -> None:
    Post.every.using(alias).bulk_create([Post(title="a"), Post(title="b", gone=True)])
    posts = list(Post.every.using(alias).order_by("pk"))
    for post in posts:
        post.title = "new"

    with CaptureQueriesContext(connections[alias]) as captured:
        assert Post.objects.using(alias).bulk_update(posts, ["title"]) == 1

    assert ("CASE" in captured.captured_queries[1]["sql"]) is (alias == "mariadb")
    assert list(Post.every.using(alias).order_by("pk").values_list("title", flat=True)) == ["new", "b"]
    assert Post.every.using(alias).bulk_update(posts, ["title"]) == 2


def test_conditions_with_other_tables_and_values_hold(alias: str) -> None:
    manager = Loud.objects.using(alias)
    manager.bulk_create([Loud(word=word, number=number) for number, word in enumerate(["a", "b", "c"])])
    manager.filter(word="b").update(other="a")
    manager.filter(word="c").update(other="b")
    words = list(manager.order_by("word"))

    for least, expected in ((0, 2), (1, 1), (5, 1), (1000, 0)):
        for word in words:
            word.number += 100
        changed = manager.filter(other__number__gte=least, word__in=["a", "b", "c"]).bulk_update(words, ["number"])

        assert changed == expected, least
    assert list(manager.order_by("word").values_list("number", flat=True)) == [0, 101, 302]


def test_a_condition_looks_at_the_rows_as_they_were(alias: str) -> None:
    manager = Loud.objects.using(alias)
    manager.bulk_create([Loud(word=f"{number:03}", number=number) for number in range(250)])
    manager.exclude(word="000").update(other="000")
    words = list(manager.order_by("word"))
    for word in words:
        word.number += 10_000

    assert manager.exclude(other__number__gt=5_000).bulk_update(words, ["number"]) == 250


def test_an_error_leaves_all_rows_as_they_were(alias: str) -> None:
    manager = Loud.objects.using(alias)
    manager.bulk_create([Loud(word=word, number=number) for number, word in enumerate(["a", "b", "c"])])
    words = list(manager.order_by("word"))
    for word, number in zip(words, [10, 11, 11], strict=True):
        word.number = number

    with pytest.raises(IntegrityError):
        manager.bulk_update(words, ["number"])

    assert list(manager.order_by("word").values_list("number", flat=True)) == [0, 1, 2]


def test_the_twin_does_the_same(alias: str) -> None:
    async def work() -> tuple[int, list[str]]:
        manager = Everything.objects.using(alias)
        await manager.abulk_create([Everything(text="a"), Everything(text="b")])
        objs = [obj async for obj in manager.order_by("pk")]
        for obj in objs:
            obj.text += "!"
        changed = await manager.abulk_update(objs, ["text"])
        return changed, [obj.text async for obj in manager.order_by("pk")]

    assert asyncio.run(work()) == (2, ["a!", "b!"])
