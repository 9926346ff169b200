"""A richer project that comes from Django, on each database: nothing is to be done, and the next edit works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.contract.migrations.conftest import make_project
from tests.contract.migrations.town import FOURTH, Town
from tests.fixtures.databases import VENDORS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=VENDORS)
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The project after Django made it and its imports were renamed; tests leave it as it is, but for the last one."""
    folder = tmp_path_factory.mktemp("town")
    for project in make_project(request.param, folder):
        made = Town(folder, project.database)
        made.built()
        yield made


def test_nothing_is_to_be_applied(town: Town) -> None:
    assert "No migrations to apply." in town.manage("migrate")


def test_nothing_is_to_be_written(town: Town) -> None:
    assert "No changes detected" in town.manage("makemigrations", "--check")


def test_the_tables_are_those_that_our_migrations_make(town: Town) -> None:
    assert "as the applied migrations say" in town.manage("migrate", "--drift")


def test_the_rows_are_read_as_django_reads_them(town: Town) -> None:
    assert town.rows() == town.rows_of_django


def test_makemigrations_writes_the_operations_in_the_same_order(town: Town) -> None:
    """... some of Django's fewer: more of them are part of the operation that makes the model."""
    theirs = iter(town.written_by_django.splitlines())

    assert [line for line in town.written_anew().splitlines() if line not in theirs] == []


def test_the_project_goes_on(town: Town) -> None:
    """An edit, its migrations, back to nothing, and all of it again."""
    town.edit(FOURTH)
    town.manage("makemigrations", "--name", "moved")
    town.manage("migrate")

    assert "as the applied migrations say" in town.manage("migrate", "--drift")
    assert "No changes detected" in town.manage("makemigrations", "--check")
    assert town.rows() == town.rows_of_django.replace("accounts.Team | ", "accounts.Team | [] | ")

    for app in [*reversed(town.apps), "admin", "redirects", "flatpages", "sites", "sessions", "auth", "contenttypes"]:
        town.manage("migrate", app, "zero")
    assert town.tables() <= {"django_migrations"}

    town.manage("migrate")
    assert "as the applied migrations say" in town.manage("migrate", "--drift")
