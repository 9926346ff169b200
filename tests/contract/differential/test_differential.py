"""
FastJango against Django itself: random querysets, written as data, give the same rows, values and exceptions.

Each framework runs in a process of its own on a copy of one database that Django filled; `differences.py` lists what may
differ and why.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest
from tests.contract.differential.fuzz import Run, programs, sqlite_databases
from tests.contract.differential.pair import Pair, raised

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("django") is None, reason="Django is not installed (extra: test)"
)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    both = Pair(sqlite_databases(tmp_path_factory.mktemp("differential")))
    yield both
    both.close()


def test_a_few_hundred_random_querysets_answer_as_django_does(pair: Pair) -> None:
    run = Run(pair)

    run.run(programs(range(100)))

    assert run.count == 200
    assert not run.findings, "\n\n".join(run.findings)
    # Most programs must answer with rows, else the comparison says little.
    assert sum(run.raised.values()) < run.count / 3


def test_columns_of_a_parent_model_are_updated_by_expressions(pair: Pair) -> None:
    """The names in the expression are the parent's own columns; the rows are found on the child."""
    nick = ["call", "Concat", [["call", "F", ["name"], {}], ["call", "F", ["nick"], {}]], {}]
    update = {"model": "Author", "steps": [["filter", [], {"pk__gt": 12}]], "writes": ["Author"]}

    expected, given = pair.run({**update, "final": ["call", "update", [], {"nick": nick, "bio": "new"}]})

    assert given == expected
    assert raised(given) is None


@pytest.mark.slow
def test_five_thousand_random_querysets_answer_as_django_does(pair: Pair) -> None:
    run = Run(pair)

    run.run(programs(range(5000)))

    assert run.count == 10_000
    assert not run.findings, "\n\n".join(run.findings)


@pytest.mark.slow
def test_deep_random_querysets_answer_as_django_does(pair: Pair) -> None:
    run = Run(pair)

    run.run(programs(range(100_000, 101_000), depth=4))

    assert not run.findings, "\n\n".join(run.findings)
