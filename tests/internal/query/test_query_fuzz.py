"""
Random querysets say and find the same with the cache of plans and without it.

Compared are the statements, their parameters and all that the rows carry; in one thread and in several, across whatever
drops plans, and on every database. The short runs belong to ``make test``, the long ones to ``make test-slow``.
"""

from __future__ import annotations

import contextlib
import random
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.contract.db.conftest import file, mariadb, postgresql  # noqa: F401  # fixtures
from tests.internal.query.fuzz_asking import asked, by_structure, listed, said, uncached
from tests.internal.query.fuzz_maker import Maker
from tests.internal.query.fuzz_models import Person, Volume, create_tables, drop_tables, fill

from fastjango.core.signals import setting_changed
from fastjango.db import OperationalError, connections
from fastjango.db.models import Case, CharField, IntegerField, Q, Value, When, Window
from fastjango.db.models.expressions.texts import Texts
from fastjango.db.models.functions import RowNumber
from fastjango.db.models.lookups import Exact
from fastjango.db.models.query.shape import Trie
from fastjango.test import override_settings

SHORT, LONG = 80, 2500
SERVERS = ["postgresql", "mariadb"]


@contextlib.contextmanager
def filled(wrapper: Any) -> Iterator[str]:
    create_tables(wrapper)
    fill(wrapper.alias)
    try:
        yield wrapper.alias
    finally:
        drop_tables(wrapper)


@pytest.fixture
def sqlite(file: Any) -> Iterator[str]:  # noqa: F811  # the fixture above
    with filled(file) as alias:
        yield alias


@pytest.fixture(params=["sqlite", *SERVERS])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    wrapper = request.getfixturevalue("file" if request.param == "sqlite" else request.param)
    with filled(wrapper) as alias:
        yield alias


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    with filled(request.getfixturevalue(request.param)) as alias:
        yield alias


class Same(Exact):
    lookup_name = "exact"


def with_other_lookup(rounds: int) -> None:
    """Give a class of fields a lookup of its own, and take it away again."""
    field: Any = random.Random(rounds).choice([CharField, IntegerField])
    field.register_lookup(Same)
    field._unregister_lookup(Same)


def with_other_settings(rounds: int) -> None:
    with override_settings(TIME_ZONE="Asia/Tokyo"):
        pass


def with_another_order(rounds: int) -> None:
    """Tell a model another order, as a test does that exchanges options."""
    options = Volume._meta
    before = options.ordering
    options.ordering = ["-pk"]
    options.ordering = before


def drop(rounds: int) -> None:
    Trie.drop()


CHANGES: list[Callable[[int], None]] = [with_other_lookup, with_other_settings, with_another_order, drop]


def compare(rounds: int, alias: str, first: int = 0, changes: float = 0.0) -> int:
    """Compare so many random querysets; return how many gave an answer."""
    chance = random.Random(first)
    answers = 0
    for number in range(first, first + rounds):
        form = number % (first + rounds // 2)
        # Warm, and with other values.
        asked(form, number * 7 + 1, alias)
        if chance.random() < changes:
            chance.choice(CHANGES)(number)
        cached = asked(form, number, alias)

        fresh = uncached(form, number, alias)
        assert cached == fresh, f"form {form}, values {number} on {alias}"
        assert by_structure(form, number, alias) == fresh, f"form {form}, values {number} on {alias}"

        answers += not isinstance(cached[0], type)
    return answers


def test_cached_and_fresh_plans_say_and_find_the_same(sqlite: str) -> None:
    assert compare(SHORT, sqlite) > SHORT // 2


def test_cached_and_fresh_plans_say_and_find_the_same_on_servers(server: str) -> None:
    assert compare(SHORT // 3, server, first=500) > SHORT // 6


def test_whatever_drops_plans_changes_nothing(sqlite: str) -> None:
    assert compare(SHORT // 3, sqlite, first=900, changes=0.5) > SHORT // 6


@pytest.mark.slow
@pytest.mark.parametrize("seed", [10_000, 20_000, 30_000])
def test_many_cached_and_fresh_plans_say_and_find_the_same(database: str, seed: int) -> None:
    assert compare(LONG // 3, database, first=seed, changes=0.05) > LONG // 6


def in_threads(alias: str, forms: range, threads: int, seconds: float, disturb: Callable[[int], None] | None) -> None:
    """Ask the same forms from several threads at once and compare with the answers without the cache."""
    expected = {
        (form, values): uncached(form, values, alias, record=False)
        for form in forms
        for values in (form, form + 1, form + 2)
    }
    Trie.drop()
    wrong: list[Any] = []
    asked_for = [0] * threads
    stop = threading.Event()

    def work(number: int) -> None:
        chance = random.Random(number)
        keys = list(expected)
        while not stop.is_set():
            key = chance.choice(keys)
            found = asked(*key, alias, record=False)
            while found[0] is OperationalError and "Deadlock found" in found[1]:
                # MariaDB lets one of two transactions that change the same rows begin anew.
                found = asked(*key, alias, record=False)
            asked_for[number] += 1
            if found != expected[key]:
                wrong.append((key, found, expected[key]))
                stop.set()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    try:
        for worker in workers:
            worker.start()
        for turn in range(int(seconds * 50)):
            if stop.wait(0.02):
                break
            if disturb is not None:
                disturb(turn)
    finally:
        stop.set()
        for worker in workers:
            worker.join()
        sys.setswitchinterval(interval)

    assert wrong == []
    assert all(asked_for)


def disturb(turn: int) -> None:
    """Drop plans while others use them."""
    if turn % 3 == 0:
        Trie.drop()
    elif turn % 3 == 1:
        setting_changed.send(sender=object, setting="TIME_ZONE", value="UTC", enter=True)
    else:
        with_other_lookup(turn)


@pytest.mark.parametrize("disturbing", [None, disturb], ids=["quiet", "dropped"])
def test_threads_share_shapes_and_never_values(sqlite: str, disturbing: Callable[[int], None] | None) -> None:
    in_threads(sqlite, range(300, 312), threads=4, seconds=1.2, disturb=disturbing)


@pytest.mark.slow
@pytest.mark.parametrize("disturbing", [None, disturb], ids=["quiet", "dropped"])
def test_many_threads_share_shapes_and_never_values(database: str, disturbing: Callable[[int], None] | None) -> None:
    connections[database].settings_dict["POOL"] = {"size": 8}
    connections[database].close_pool()
    in_threads(database, range(1000, 1080), threads=8, seconds=25, disturb=disturbing)


@pytest.mark.slow
def test_one_shape_serves_several_databases(
    file: Any,  # noqa: F811
    postgresql: Any,  # noqa: F811
    mariadb: Any,  # noqa: F811
) -> None:
    with filled(file) as first, filled(postgresql) as second, filled(mariadb) as third:
        for number in range(300):
            for alias in random.Random(number).sample([first, second, third], 3):
                assert asked(number % 90, number, alias) == uncached(number % 90, number, alias)


def test_another_connection_under_the_same_alias_gets_plans_of_its_own(
    sqlite: str,
    postgresql: Any,  # noqa: F811
) -> None:
    def both() -> tuple[Any, Any]:
        queryset = Volume.objects.using("turning").filter(title__contains="1", pages__in=[10, 20])
        return said(queryset), listed(queryset)

    made = connections[sqlite]
    connections.settings["turning"] = made.settings_dict
    connections["turning"] = made
    try:
        before = both()
        with filled(postgresql):
            connections["turning"] = postgresql
            between = both()
        connections["turning"] = made
        after = both()
    finally:
        del connections["turning"], connections.settings["turning"]

    assert before == after
    assert before[0] != between[0]
    assert before[1] == between[1]


def test_a_queryset_of_before_asks_as_a_new_one(sqlite: str) -> None:
    forms = range(60, 90)
    made = []
    for form in forms:
        with contextlib.suppress(Exception):
            queryset = Maker(form, form, sqlite).queryset()
            said(queryset)
            made.append((form, queryset))

    with override_settings(TIME_ZONE="Asia/Tokyo"):
        for form, queryset in made:
            fresh = Maker(form, form, sqlite).queryset()

            assert said(queryset.all()) == said(fresh), form

    assert len(made) > 15


def test_a_queryset_in_a_class_body_does_not_keep_what_was_built_on_it(
    sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastjango.db.models.query.shape.NODE_LIMIT", 60)
    kept = Volume.objects.using(sqlite).filter(active=True)

    for number in range(400):
        kept.order_by(*["pk", "title", "pages"][: number % 3 + 1])[number : number + 2].exists()

    assert len(kept.shape.children) <= 61
    assert Trie.nodes <= 61


def test_a_list_that_changes_after_the_filter_does_not_change_the_query(sqlite: str) -> None:
    numbers = [1, 2, 3]
    for _ in range(3):
        queryset = Volume.objects.using(sqlite).filter(pk__in=numbers)
        numbers.append(len(numbers) + 1)
        asked_before = said(queryset)
        numbers.clear()
        numbers.extend([1, 2, 3])

        assert said(queryset) == asked_before
        assert queryset.count() == 3


def test_a_boolean_in_a_condition_on_a_window_is_that_of_each_call(sqlite: str) -> None:
    def found(active: bool) -> list[int]:
        numbered = Volume.objects.using(sqlite).annotate(place=Window(RowNumber(), order_by="pk"))
        return [volume.pk for volume in numbered.filter(Q(place__lt=0) | Q(active=active)).order_by("pk")]

    Trie.drop()
    yes, no = found(True), found(False)

    assert yes == list(Volume.objects.using(sqlite).filter(active=True).order_by("pk").values_list("pk", flat=True))
    assert no == list(Volume.objects.using(sqlite).filter(active=False).order_by("pk").values_list("pk", flat=True))
    assert yes != no


def test_integers_and_booleans_that_are_equal_are_not_mixed_up(sqlite: str) -> None:
    found = [
        [type(value) for _, value in said(Volume.objects.using(sqlite).filter(**{name: value}))[1]]
        for name in ("active", "pages")
        for value in (1, True, 1.0, 0, False)
    ]

    Trie.drop()
    Trie.enabled = Texts.enabled = False
    try:
        fresh = [
            [type(value) for _, value in said(Volume.objects.using(sqlite).filter(**{name: value}))[1]]
            for name in ("active", "pages")
            for value in (1, True, 1.0, 0, False)
        ]
    finally:
        Trie.enabled = Texts.enabled = True
    assert found == fresh


def test_an_inner_queryset_of_another_database_is_refused_though_the_shape_is_known(sqlite: str) -> None:
    def outer(alias: str) -> Any:
        return Volume.objects.using(sqlite).filter(author__in=Person.objects.using(alias).filter(name__gt="P"))

    assert outer(sqlite).count() > 0
    with pytest.raises(ValueError, match="across different databases"):
        outer("default").count()


def test_an_iterator_inside_an_expression_is_read_once(sqlite: str) -> None:
    found = []
    for _ in range(3):
        chosen = Case(When(Q(pages__in=iter([10, 20])), then=Value("yes")), default=Value("no"))
        rows = Volume.objects.using(sqlite).annotate(chosen=chosen).values_list("chosen", flat=True)
        found.append(sorted(rows))

    assert found[0] == found[1] == found[2]
    assert "yes" in found[0]
