"""upsert() on each database: what is new is said right, whatever decides that a row is there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.db.bulk_models import Isolated

from fastjango.db import DatabaseError, IntegrityError, NotSupportedError, connections, models
from fastjango.db.models import F, Q, Value
from fastjango.db.models.functions import Lower, Upper
from fastjango.test.databases import CaptureQueriesContext


class Word(Isolated):
    text = models.CharField(max_length=10)
    language = models.CharField(max_length=2)
    count = models.IntegerField(default=0)
    changed = models.DateTimeField(auto_now=True)

    class Meta(Isolated.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["text", "language"], name="word_once")]


class Draft(Isolated):
    slug = models.CharField(max_length=10)
    live = models.BooleanField(default=True)
    count = models.IntegerField(default=0)

    class Meta(Isolated.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["slug"], condition=Q(live=True, slug__gt="%"), name="one_live"),
        ]


class Tag(Isolated):
    name = models.CharField(max_length=10)
    count = models.IntegerField(default=0)

    class Meta(Isolated.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_once")]


@pytest.fixture(params=["memory", "postgresql", "mariadb"])
def alias(request: Any) -> Iterator[str]:
    connection = request.getfixturevalue(request.param)
    with connection.schema_editor() as editor:
        editor.create_model(Word)
        if connection.vendor != "mysql":
            editor.create_model(Draft)
            editor.create_model(Tag)
    yield connection.alias


def words(*texts: str, count: int = 0) -> list[Word]:
    return [Word(text=text, language="en", count=count) for text in texts]


def flags(found: Any) -> list[tuple[str, bool]]:
    return [(obj.text, is_new) for obj, is_new in found]


@pytest.mark.parametrize("by", [{"unique_fields": ["text", "language"]}, {"constraint": "word_once"}])
def test_it_says_which_rows_are_new_and_gives_keys(alias: str, by: dict[str, Any]) -> None:
    manager = Word.objects.using(alias)
    manager.upsert(words("a", "b", count=1), **by)

    found = manager.upsert([*words("b", "c", count=2), Word(text="b", language="de")], **by)

    assert flags(found) == [("b", False), ("c", True), ("b", True)]
    assert list(manager.order_by("language", "text").values_list("text", "count")) == [
        ("b", 0),
        ("a", 1),
        ("b", 2),
        ("c", 2),
    ]
    assert [obj.pk for obj, _ in found] == [
        manager.get(text=text, language=language).pk for text, language in (("b", "en"), ("c", "en"), ("b", "de"))
    ]
    assert not any(obj._state.adding for obj, _ in found)


def test_an_update_in_the_same_transaction_is_no_new_row(alias: str) -> None:
    manager = Word.objects.using(alias)
    manager.upsert(words("a"), constraint="word_once")
    for _ in range(3):
        assert flags(manager.upsert(words("a"), constraint="word_once")) == [("a", False)]


def test_of_two_objects_for_one_row_the_second_changes_the_first(alias: str) -> None:
    manager = Word.objects.using(alias)

    found = manager.upsert([*words("a", count=1), *words("b"), *words("a", count=5)], constraint="word_once")

    assert flags(found) == [("a", True), ("b", True), ("a", False)]
    assert manager.get(text="a").count == 5
    assert found[0][0].pk == found[2][0].pk


def test_many_rows_are_few_statements_on_postgresql(alias: str) -> None:
    manager = Word.objects.using(alias)
    manager.upsert(words(*(f"w{number}" for number in range(0, 300, 2))), constraint="word_once")

    with CaptureQueriesContext(connections[alias]) as captured:
        found = manager.upsert(words(*(f"w{number}" for number in range(300))), constraint="word_once")

    assert sum(is_new for _, is_new in found) == 150
    assert [is_new for _, is_new in found[:4]] == [False, True, False, True]
    # Between BEGIN and COMMIT.
    assert len(captured) - 2 == (1 if alias == "pg" else 450)


def test_values_may_be_expressions(alias: str) -> None:
    manager = Word.objects.using(alias)
    shouted = [Word(text=Upper(Value("a")), language="en"), Word(text="b", language="en")]

    assert [is_new for _, is_new in manager.upsert(shouted, constraint="word_once")] == [True, True]
    assert flags(manager.upsert(words("A", "b"), constraint="word_once")) == [("A", False), ("b", False)]


def test_errors_of_values_are_errors_and_nothing_is_cut_off(alias: str) -> None:
    manager = Word.objects.using(alias)
    bad: list[Any] = [Word(text="a", language=None)]
    if alias != "memory":
        bad.append(Word(text="far too long a text", language="en"))

    for word in bad:
        with pytest.raises(DatabaseError):
            manager.upsert([*words("fine"), word], constraint="word_once")

    assert manager.count() == 0


@pytest.mark.parametrize("alias", ["memory", "postgresql"], indirect=True)
def test_a_conflict_with_another_constraint_is_an_error(alias: str) -> None:
    manager = Word.objects.using(alias)
    ((first, _),) = manager.upsert(words("a"), constraint="word_once")

    with pytest.raises(IntegrityError):
        manager.upsert([Word(pk=first.pk, text="b", language="en")], constraint="word_once")


@pytest.mark.parametrize("alias", ["memory", "postgresql"], indirect=True)
def test_partial_constraints_decide_only_where_they_hold(alias: str) -> None:
    manager = Draft.objects.using(alias)
    manager.upsert([Draft(slug="a", count=1), Draft(slug="a", live=False)], constraint="one_live")

    found = manager.upsert([Draft(slug="a", count=2), Draft(slug="a", live=False)], constraint="one_live")

    assert [is_new for _, is_new in found] == [False, True]
    assert sorted(manager.values_list("live", "count")) == [(False, 0), (False, 0), (True, 2)]


@pytest.mark.parametrize("alias", ["memory", "postgresql"], indirect=True)
def test_constraints_on_expressions_decide(alias: str) -> None:
    manager = Tag.objects.using(alias)
    manager.upsert([Tag(name="One")], constraint="tag_once")

    found = manager.upsert([Tag(name="ONE", count=3), Tag(name="two")], constraint="tag_once", update_fields=["count"])

    assert [is_new for _, is_new in found] == [False, True]
    assert list(manager.order_by("name").values_list("name", "count")) == [("One", 3), ("two", 0)]


def test_the_twin_says_the_same(alias: str) -> None:
    async def work() -> list[list[tuple[str, bool]]]:
        manager = Word.objects.using(alias)
        return [
            flags(await manager.aupsert(words(*texts), constraint="word_once")) for texts in (["a"], ["a", "b"], ["b"])
        ]

    assert asyncio.run(work()) == [[("a", True)], [("a", False), ("b", True)], [("b", False)]]


def test_two_at_once_make_one_new_row(postgresql: Any) -> None:
    with postgresql.schema_editor() as editor:
        editor.create_model(Word)

    async def work() -> list[bool]:
        manager = Word.objects.using("pg")
        made = await asyncio.gather(*(manager.aupsert(words("a"), constraint="word_once") for _ in range(8)))
        return [is_new for ((_, is_new),) in made]

    assert sorted(asyncio.run(work())) == [False] * 7 + [True]
    assert Word.objects.using("pg").count() == 1


def test_unknown_constraints_and_no_target_are_refused(memory: Any) -> None:
    manager = Word.objects.using("memory")

    with pytest.raises(ValueError, match="no unique constraint 'once'") as caught:
        manager.upsert(words("a"), constraint="once")
    assert "word_once" in caught.value.__notes__[0]
    with pytest.raises(ValueError, match="unique_fields is empty"):
        manager.upsert(words("a"))
    with pytest.raises(ValueError, match="both unique_fields and constraint"):
        manager.upsert(words("a"), unique_fields=["text"], constraint="word_once")


def test_databases_without_such_constraints_say_so(mariadb: Any) -> None:
    with pytest.raises((NotSupportedError, DatabaseError)):
        Draft.objects.using("mariadb").upsert([Draft(slug="a")], constraint="one_live")


def test_update_fields_name_what_an_existing_row_gets(alias: str) -> None:
    manager = Word.objects.using(alias)
    manager.upsert(words("a", count=1), constraint="word_once")
    manager.filter(text="a").update(count=F("count") + 1)

    manager.upsert(words("a", count=9), constraint="word_once", update_fields=["changed"])

    assert manager.get(text="a").count == 2
