"""Whatever a project does to its models: migrations follow, rows survive, tables are as if made from scratch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.migrations.conftest import make_project
from tests.contract.migrations.walks import squashed_walk, walk
from tests.fixtures.databases import VENDORS, database_under

ALIAS = "walk"


@pytest.fixture(params=VENDORS)
def alias(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The alias of an empty database, once for each kind."""
    for project in make_project(request.param, tmp_path):
        with database_under(ALIAS, project.database):
            yield ALIAS


@pytest.mark.parametrize("seed", range(3))
def test_a_short_walk_loses_nothing(seed: int, alias: str) -> None:
    walk(seed, alias, steps=15)


@pytest.mark.parametrize("seed", range(2))
def test_fifty_squashed_migrations_give_the_same_tables(seed: int, alias: str) -> None:
    assert squashed_walk(seed, alias, steps=50) > 0


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 300, 10))
def test_three_hundred_walks_lose_nothing(first: int, alias: str) -> None:
    for seed in range(first, first + 10):
        walk(seed, alias, steps=25)
