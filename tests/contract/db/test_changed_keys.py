"""Operations on keys, indexes and columns that each database takes in its own way, forwards and back again."""

from __future__ import annotations

from typing import Any

import pytest

from fastjango.db import connections, migrations, models
from fastjango.db.execute import change, fetch
from fastjango.db.migrations.state import ProjectState

APP = "ck"
NAME = models.CharField(max_length=25)


class History:
    """A state that operations lead on, in one database."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.connection: Any = connections[alias]
        self.state = ProjectState()
        self.done: list[tuple[Any, ProjectState, ProjectState]] = []

    def run(self, *operations: Any) -> None:
        for operation in operations:
            after = self.state.clone()
            operation.state_forwards(APP, after)
            with self.connection.schema_editor() as editor:
                operation.database_forwards(APP, editor, self.state, after)
            self.done.append((operation, self.state, after))
            self.state = after

    def undo(self) -> None:
        while self.done:
            operation, before, after = self.done.pop()
            with self.connection.schema_editor() as editor:
                operation.database_backwards(APP, editor, after, before)

    def constraints(self, table: str) -> dict[str, Any]:
        with self.connection.cursor() as cursor:
            found: dict[str, Any] = self.connection.introspection.get_constraints(cursor, f"{APP}_{table}")
        return found

    def primary_key(self, table: str) -> list[str]:
        return [
            column for facts in self.constraints(table).values() if facts["primary_key"] for column in facts["columns"]
        ]

    def unique(self, table: str) -> list[list[str]]:
        facts = self.constraints(table).values()
        return [one["columns"] for one in facts if one["unique"] and not one["primary_key"]]

    def collation(self, table: str, column: str) -> Any:
        with self.connection.cursor() as cursor:
            described = self.connection.introspection.get_table_description(cursor, f"{APP}_{table}")
        return next(info.collation for info in described if info.name == column)


@pytest.fixture(params=["memory", "pg", "mariadb"])
def history(request: Any) -> History:
    request.getfixturevalue({"pg": "postgresql"}.get(request.param, request.param))
    return History(request.param)


def create(name: str, *fields: tuple[str, Any], key: bool = True, **options: Any) -> Any:
    first = [("id", models.AutoField(primary_key=True))] if key else []
    return migrations.CreateModel(name, [*first, *fields], options=options)


def books(**options: Any) -> list[Any]:
    author = models.ForeignKey(f"{APP}.Author", models.CASCADE)
    return [create("Author"), create("Book", ("author", author), ("title", NAME), **options)]


TWO = ["author", "title"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (books(unique_together={("author", "title")}), migrations.AlterUniqueTogether("book", set())),
        (
            [*books(), migrations.AddIndex("book", models.Index(fields=TWO, name="ck_two"))],
            migrations.RemoveIndex("book", "ck_two"),
        ),
        (
            [*books(), migrations.AddConstraint("book", models.UniqueConstraint(fields=TWO, name="ck_two"))],
            migrations.RemoveConstraint("book", "ck_two"),
        ),
    ],
    ids=["unique_together", "index", "constraint"],
)
def test_an_index_that_begins_with_a_foreign_key_goes(history: History, before: list[Any], after: Any) -> None:
    history.run(*before)

    history.run(after)

    facts = history.constraints("book").values()
    assert ["author_id", "title"] not in [one["columns"] for one in facts]
    assert any(one["foreign_key"] for one in facts)
    history.undo()


def test_a_field_stays_unique_when_the_option_that_says_so_too_goes(history: History) -> None:
    name = models.CharField(max_length=25, unique=True)
    history.run(create("Pony", ("name", name), unique_together={("name",)}))
    assert history.unique("pony") == [["name"]]

    history.run(migrations.AlterUniqueTogether("pony", set()))

    assert history.unique("pony") == [["name"]]


def test_a_column_stays_unique_by_its_option_when_the_field_is_no_more(history: History) -> None:
    name = models.CharField(max_length=25, unique=True)
    history.run(create("Pony", ("name", name)), migrations.AlterUniqueTogether("pony", {("name",)}))

    history.run(migrations.AlterField("pony", "name", NAME))
    assert history.unique("pony") == [["name"]]

    history.run(migrations.AlterUniqueTogether("pony", set()))
    assert history.unique("pony") == []


@pytest.mark.parametrize("first", ["add", "alter"])
def test_a_new_column_becomes_the_primary_key(history: History, first: str) -> None:
    history.run(create("Pony", ("name", models.CharField(max_length=25, primary_key=True)), key=False))
    change(history.alias, f"INSERT INTO {APP}_pony (name) VALUES ('Ann'), ('Bob')")
    steps = [
        migrations.AddField("pony", "id", models.AutoField(primary_key=True)),
        migrations.AlterField("pony", "name", NAME),
    ]

    history.run(*(steps if first == "add" else reversed(steps)))

    assert history.primary_key("pony") == ["id"]
    assert history.unique("pony") == []
    rows = fetch(history.alias, f"SELECT id, name FROM {APP}_pony ORDER BY name")
    assert sorted(row[0] for row in rows) == [1, 2]


def test_a_column_of_another_type_is_filled_before_it_takes_no_null(history: History) -> None:
    history.run(create("Pony", ("height", models.PositiveIntegerField(null=True))))
    change(history.alias, f"INSERT INTO {APP}_pony (height) VALUES (NULL)")

    history.run(migrations.AlterField("pony", "height", models.BigIntegerField(default=42)))

    assert [tuple(row) for row in fetch(history.alias, f"SELECT height FROM {APP}_pony")] == [(42,)]


def test_a_generated_column_gets_another_type(history: History) -> None:
    def double(output: Any) -> Any:
        return models.GeneratedField(
            expression=models.F("pink") + models.F("pink"), output_field=output, db_persist=True
        )

    history.run(create("Pony", ("pink", models.IntegerField()), ("twice", double(models.IntegerField()))))
    change(history.alias, f"INSERT INTO {APP}_pony (pink) VALUES (3)")

    history.run(migrations.AlterField("pony", "twice", double(models.DecimalField(max_digits=16, decimal_places=2))))

    assert [row[0] for row in fetch(history.alias, f"SELECT twice FROM {APP}_pony")] == [6]


def test_foreign_keys_follow_the_collation_of_their_key(mariadb: Any) -> None:
    history = History("mariadb")
    code = models.CharField(primary_key=True, max_length=10)
    pony = models.ForeignKey(f"{APP}.Pony", models.CASCADE)
    history.run(create("Pony", ("code", code), key=False), create("Rider", ("pony", pony)))
    collated = models.CharField(primary_key=True, max_length=10, db_collation="latin1_swedish_ci")

    history.run(migrations.AlterField("pony", "code", collated))
    assert history.collation("rider", "pony_id") == "latin1_swedish_ci"

    history.undo()


def test_a_column_with_the_collation_of_its_table_says_none(mariadb: Any) -> None:
    history = History("mariadb")
    history.run(create("Pony", ("name", NAME), ("code", models.CharField(max_length=5, db_collation="utf8mb4_bin"))))

    assert history.collation("pony", "name") is None
    assert history.collation("pony", "code") == "utf8mb4_bin"


def test_a_long_text_has_no_index(mariadb: Any) -> None:
    history = History("mariadb")
    history.run(create("Pony", ("life", models.TextField(db_index=True))))

    assert [one["columns"] for one in history.constraints("pony").values()] == [["id"]]
