"""``migrate --drift`` says how a live database differs from its applied migrations."""

from __future__ import annotations

from typing import Any

import pytest

MODELS = """
    class Shelf(models.Model):
        name = models.CharField(max_length=20, db_index=True)
        code = models.SlugField(unique=True)
        depth = models.PositiveIntegerField(null=True)
        price = models.DecimalField(max_digits=8, decimal_places=2, db_default=0)
        made = models.DateTimeField(auto_now_add=True)
        notes = models.JSONField(default=dict)

        class Meta:
            indexes = [models.Index(fields=["-name", "code"], name="by_both")]
            constraints = [models.UniqueConstraint(fields=["name", "depth"], name="one_each")]

    class Book(models.Model):
        shelf = models.ForeignKey(Shelf, models.CASCADE)
        others = models.ManyToManyField("self")
"""


@pytest.fixture
def migrated(project: Any) -> Any:
    project.add_app("shop", MODELS)
    project.apps += ["fastjango.contrib.contenttypes", "fastjango.contrib.auth"]
    project.write_settings()
    project.manage("makemigrations", "shop")
    project.manage("migrate")
    return project


def run(project: Any, *statements: str) -> None:
    project.python("\n".join(f"connection.cursor().execute({sql!r})" for sql in statements))


def test_a_database_made_by_migrations_does_not_differ(migrated: Any) -> None:
    output = migrated.manage("migrate", "--drift")

    assert output == "The database is as the applied migrations say.\n"


def test_what_was_changed_by_hand_is_named(migrated: Any) -> None:
    run(
        migrated,
        "ALTER TABLE shop_shelf ADD COLUMN extra integer",
        "DROP INDEX by_both" + (" ON shop_shelf" if migrated.vendor == "mysql" else ""),
        "CREATE INDEX mine ON shop_book (id, shelf_id)",
        "DROP TABLE shop_book_others",
    )

    output = migrated.manage("migrate", "--drift", ok=False)

    assert "shop_shelf: column extra is unknown to the migrations" in output
    assert "is missing (by_both)" in output
    assert "is unknown to the migrations (mine)" in output
    assert "shop_book_others: the table is missing" in output
    assert "Fix: " in output
    assert "'sqlmigrate shop <migration>'" in output
    assert "'migrate shop --fake'" in output


def test_types_and_nulls_are_compared(postgresql_project: Any) -> None:
    postgresql_project.add_app("shop", MODELS)
    postgresql_project.manage("makemigrations", "shop")
    postgresql_project.manage("migrate")
    run(
        postgresql_project,
        "ALTER TABLE shop_shelf ALTER name TYPE varchar(10)",
        "ALTER TABLE shop_shelf ALTER code DROP NOT NULL",
    )

    lines = postgresql_project.manage("migrate", "--drift", ok=False).splitlines()

    assert lines[-1].startswith("Fix: ")
    assert lines[:-1] == [
        "shop_shelf: column name: type is character varying(10), the migrations say character varying(20)",
        "shop_shelf: column code: null is NULL, the migrations say NOT NULL",
    ]


def test_nothing_is_left_behind_by_the_comparison(migrated: Any) -> None:
    before = migrated.tables()

    migrated.manage("migrate", "--drift")

    assert migrated.tables() == before


SPELLINGS = """
    from fastjango.db.models import F, Q, Value
    from fastjango.db.models.functions import Concat

    class Guest(models.Model):
        first = models.CharField(max_length=20)
        last = models.CharField(max_length=20)
        gone = models.BooleanField(db_default=False)
        paid = models.DecimalField(max_digits=6, decimal_places=2, db_default=-1)
        full = models.GeneratedField(
            expression=Concat("first", Value(" "), "last"), output_field=models.CharField(max_length=41), db_persist=True
        )

        class Meta:
            indexes = [models.Index(fields=["last"], condition=Q(gone=False), name="there")]
"""


def test_another_spelling_is_no_difference(postgresql_project: Any) -> None:
    """... where PostgreSQL shows an expression with the casts and brackets of the one who wrote it."""
    postgresql_project.add_app("shop", SPELLINGS)
    postgresql_project.manage("makemigrations", "shop")
    postgresql_project.manage("migrate")
    run(
        postgresql_project,
        "DROP INDEX there",
        "CREATE INDEX there ON shop_guest (last) WHERE ((gone = false))",
        "ALTER TABLE shop_guest ALTER paid SET DEFAULT '-1'::integer::numeric",
        'ALTER TABLE shop_guest DROP COLUMN "full"',
        'ALTER TABLE shop_guest ADD COLUMN "full" varchar(41) GENERATED ALWAYS AS '
        "(coalesce(first, '') || (coalesce((coalesce(' '::text, '')) || coalesce(last, ''), ''::text))) STORED",
    )

    output = postgresql_project.manage("migrate", "--drift")

    assert output == "The database is as the applied migrations say.\n"


def test_another_expression_is_a_difference(postgresql_project: Any) -> None:
    postgresql_project.add_app("shop", SPELLINGS)
    postgresql_project.manage("makemigrations", "shop")
    postgresql_project.manage("migrate")
    run(
        postgresql_project,
        "DROP INDEX there",
        "CREATE INDEX there ON shop_guest (last) WHERE gone",
        "COMMENT ON COLUMN shop_guest.first IS 'given'",
    )

    lines = postgresql_project.manage("migrate", "--drift", ok=False).splitlines()

    assert lines[-1].startswith("Fix: ")
    assert lines[:-1] == [
        "shop_guest: column first: comment is 'given', the migrations say none",
        "shop_guest: CREATE INDEX ON USING btree (last) WHERE (NOT gone) is missing (there)",
        "shop_guest: CREATE INDEX ON USING btree (last) WHERE gone is unknown to the migrations (there)",
    ]


def test_a_check_that_says_no_more_than_the_type_is_no_difference(mysql_project: Any) -> None:
    """Django's tables on MariaDB say of an unsigned column once more that it is not below zero."""
    mysql_project.add_app("shop", MODELS)
    mysql_project.manage("makemigrations", "shop")
    mysql_project.manage("migrate")
    run(mysql_project, "ALTER TABLE shop_shelf MODIFY depth integer UNSIGNED NULL CHECK (`depth` >= 0)")

    assert "as the applied migrations say" in mysql_project.manage("migrate", "--drift")
