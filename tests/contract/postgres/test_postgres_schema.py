"""Constraints, indexes and steps of migrations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg.types.range import Range
from tests.contract.postgres.hotel_models import Book, Booking, Isolated, Lists, Spans

from fastjango.contrib.postgres import indexes, operations
from fastjango.contrib.postgres.constraints import ExclusionConstraint
from fastjango.contrib.postgres.fields import RangeOperators
from fastjango.core.exceptions import ValidationError
from fastjango.db import IntegrityError, NotSupportedError, connection, models
from fastjango.db.migrations.state import ModelState, ProjectState
from fastjango.db.models import Deferrable, F, Q
from fastjango.db.transaction import atomic

pytestmark = pytest.mark.service("postgresql")
MAY, JUNE, JULY = (dt.date(2024, month, 1) for month in (5, 6, 7))


# -- exclusion constraints


@pytest.mark.usefixtures("rolled_back")
def test_rows_that_meet_are_refused_by_the_database() -> None:
    Booking.objects.create(room=1, days=(MAY, JUNE))
    Booking.objects.create(room=1, days=(JUNE, JULY))
    Booking.objects.create(room=1, days=(MAY, JULY), cancelled=True)

    with pytest.raises(IntegrityError, match="no_two_guests"), atomic():
        Booking.objects.create(room=1, days=(MAY, JULY))


@pytest.mark.usefixtures("rolled_back")
def test_rows_that_meet_are_refused_by_validation() -> None:
    first = Booking.objects.create(room=1, days=(MAY, JUNE))
    rival = Booking(room=1, days=Range(MAY, JULY))

    with pytest.raises(ValidationError, match="no_two_guests"):
        rival.validate_constraints()

    first.validate_constraints()
    Booking(room=2, days=Range(MAY, JULY)).validate_constraints()
    Booking(room=1, days=Range(MAY, JULY), cancelled=True).validate_constraints()
    rival.validate_constraints(exclude={"room"})


def test_operators_are_part_of_the_statement(rolled_back: Any) -> None:
    Spans.objects.create(ints=(0, 5))
    made = [
        ExclusionConstraint(name="c", expressions=[("ints", operator)])
        for operator in (RangeOperators.OVERLAPS, RangeOperators.ADJACENT_TO)
    ]

    def is_refused(constraint: ExclusionConstraint, bounds: tuple[int, int]) -> bool:
        try:
            constraint.validate(Spans, Spans(ints=Range(*bounds)))
        except ValidationError:
            return True
        return False

    assert [is_refused(constraint, (5, 6)) for constraint in made] == [False, True]
    assert [is_refused(constraint, (4, 6)) for constraint in made] == [True, False]


def test_the_statement_has_every_part(rolled_back: Any) -> None:
    constraint = ExclusionConstraint(
        name="every",
        expressions=[(indexes.OpClass("ints", name="range_ops"), RangeOperators.OVERLAPS), (F("point"), "=")],
        condition=Q(point__gt=0),
        deferrable=Deferrable.DEFERRED,
        include=["small"],
    )

    with rolled_back.schema_editor() as editor:
        sql = str(constraint.create_sql(Spans, editor))
        editor.add_constraint(Spans, constraint)
        editor.remove_constraint(Spans, constraint)

    assert sql == (
        'ALTER TABLE "hotel_spans" ADD CONSTRAINT "every" EXCLUDE USING GIST ("ints" range_ops WITH &&, "point" WITH =) '
        'INCLUDE ("small") WHERE ("point" > 0::INTEGER) DEFERRABLE INITIALLY DEFERRED'
    )
    assert constraint.clone() == constraint


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"index_type": "hash"}, "only support GiST or SP-GiST"),
        ({"expressions": []}, "At least one expression"),
        ({"expressions": ["days"]}, "must be a list of 2-tuples"),
        ({"condition": F("room")}, "condition must be a Q instance"),
        ({"deferrable": "deferred"}, "must be a Deferrable instance"),
        ({"include": "room"}, "include must be a list or tuple"),
    ],
)
def test_arguments_that_mean_nothing_are_refused(options: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"name": "c", "expressions": [("days", "&&")], **options}

    with pytest.raises(ValueError, match=message):
        ExclusionConstraint(**arguments)


# -- indexes


@pytest.mark.parametrize(
    ("index", "model", "kind", "options"),
    [
        (
            indexes.BloomIndex(fields=["pages"], name="i", length=80, columns=[4]),
            Book,
            "bloom",
            ["length=80", "col1=4"],
        ),
        (
            indexes.BrinIndex(fields=["pages"], name="i", autosummarize=True, pages_per_range=4),
            Book,
            "brin",
            ["autosummarize=on", "pages_per_range=4"],
        ),
        (
            indexes.BTreeIndex(fields=["-pages"], name="i", fillfactor=70, deduplicate_items=False),
            Book,
            "btree",
            ["fillfactor=70", "deduplicate_items=off"],
        ),
        (
            indexes.GinIndex(fields=["tags"], name="i", fastupdate=True, gin_pending_list_limit=64),
            Lists,
            "gin",
            ["gin_pending_list_limit=64", "fastupdate=on"],
        ),
        (
            indexes.GistIndex(fields=["ints"], name="i", buffering=False, fillfactor=80),
            Spans,
            "gist",
            ["buffering=off", "fillfactor=80"],
        ),
        (indexes.HashIndex(fields=["title"], name="i", fillfactor=80), Book, "hash", ["fillfactor=80"]),
        (indexes.SpGistIndex(fields=["ints"], name="i", fillfactor=80), Spans, "spgist", ["fillfactor=80"]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, models.Index) else "",
)
def test_an_index_has_its_method_and_options(
    rolled_back: Any, index: Any, model: Any, kind: str, options: list[str]
) -> None:
    with rolled_back.schema_editor() as editor:
        editor.add_index(model, index.clone())

    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)["i"]

    assert (found["type"], found["options"]) == (kind, options)


# -- steps of migrations


@pytest.fixture
def state(database: Any) -> Iterator[ProjectState]:
    made = ProjectState()
    made.add_model(
        ModelState("steps", "Pony", [("id", models.AutoField(primary_key=True)), ("pink", models.IntegerField())])
    )
    model = made.apps.get_model("steps", "Pony")
    with database.schema_editor() as editor:
        editor.create_model(model)
    yield made
    with database.schema_editor() as editor:
        editor.delete_model(model)


def names(table: str = "steps_pony") -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, table))


def run(operation: Any, state: ProjectState, *, atomic: bool = True, back: bool = False) -> ProjectState:
    after = state.clone()
    operation.state_forwards("steps", after)
    with connection.schema_editor(atomic=atomic) as editor:
        if back:
            operation.database_backwards("steps", editor, after, state)
        else:
            operation.database_forwards("steps", editor, state, after)
    return after


def test_an_index_comes_and_goes_without_a_transaction(state: ProjectState) -> None:
    add = operations.AddIndexConcurrently("Pony", models.Index(fields=["pink"], name="pony_pink"))
    remove = operations.RemoveIndexConcurrently("Pony", "pony_pink")

    with pytest.raises(NotSupportedError, match="cannot be executed inside a transaction"):
        run(add, state)
    after = run(add, state, atomic=False)

    assert "pony_pink" in names()
    run(remove, after, atomic=False)
    assert "pony_pink" not in names()
    run(remove, after, atomic=False, back=True)
    run(add, state, atomic=False, back=True)
    assert "pony_pink" not in names()


def test_a_check_is_added_first_and_validated_later(state: ProjectState) -> None:
    pony: Any = state.apps.get_model("steps", "Pony")
    old = pony.objects.create(pink=0)
    add = operations.AddConstraintNotValid("Pony", models.CheckConstraint(condition=Q(pink__gt=0), name="is_pink"))
    validate = operations.ValidateConstraint("Pony", name="is_pink")

    after = run(add, state)

    with pytest.raises(IntegrityError, match="is_pink"):
        pony.objects.create(pink=0)
    with pytest.raises(IntegrityError, match="is_pink"):
        run(validate, after)
    old.delete()
    run(validate, after)
    assert "is_pink" in names()


def test_a_collation_is_created_and_removed(database: Any) -> None:
    create = operations.CreateCollation("steps_ci", provider="icu", locale="und-u-ks-level2", deterministic=False)
    remove = operations.RemoveCollation("steps_ci", provider="icu", locale="und-u-ks-level2", deterministic=False)
    state = ProjectState()

    run(create, state)

    with connection.cursor() as cursor:
        cursor.execute("SELECT 'ÄB' = 'äb' COLLATE steps_ci")
        assert cursor.fetchone() == (True,)
    run(remove, state)
    run(remove, state, back=True)
    run(create, state, back=True)
    assert create.deconstruct()[2] == {
        "name": "steps_ci",
        "locale": "und-u-ks-level2",
        "provider": "icu",
        "deterministic": False,
    }


def test_extensions_are_created_once_and_dropped(database: Any) -> None:
    extension = operations.CreateExtension("tablefunc")
    state = ProjectState()

    run(extension, state)
    run(extension, state)

    with connection.schema_editor() as editor:
        assert extension.extension_exists(editor, "tablefunc")
    run(extension, state, back=True)
    run(extension, state, back=True)
    with connection.schema_editor() as editor:
        assert not extension.extension_exists(editor, "tablefunc")


def test_descending_columns_keep_their_operators(rolled_back: Any) -> None:
    index = models.Index(fields=["-title"], name="i", opclasses=["varchar_pattern_ops"])

    with rolled_back.schema_editor() as editor:
        sql = str(index.create_sql(Book, editor))
        editor.add_index(Book, index)

    assert sql.endswith('("title" varchar_pattern_ops DESC)')


def test_keys_follow_a_collation_that_like_cannot_use(rolled_back: Any) -> None:
    class Country(Isolated):
        code = models.CharField(max_length=5, primary_key=True, db_collation="any_case")

    class Town(Isolated):
        country = models.ForeignKey(Country, models.CASCADE)

    create = operations.CreateCollation("any_case", provider="icu", locale="und-u-ks-level2", deterministic=False)
    with rolled_back.schema_editor() as editor:
        create.create_collation(editor)
        editor.create_model(Country)
        editor.create_model(Town)

    assert [name for name in names("hotel_town") | names("hotel_country") if name.endswith("_like")] == []
    Country.objects.create(code="DE")
    assert Country.objects.filter(code="de").exists()
