"""Rows are still there, and still related, after models, fields and keys have changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fastjango.db import connection, migrations, models
from fastjango.db.migrations.state import ProjectState

APP = "survive"
pytestmark = pytest.mark.django_db(transaction=True)


class History:
    """A state that operations lead on, in the database too."""

    def __init__(self) -> None:
        self.state = ProjectState()
        self.done: list[tuple[Any, ProjectState, ProjectState]] = []

    def run(self, *operations: Any) -> None:
        for operation in operations:
            before = self.state
            after = before.clone()
            operation.state_forwards(APP, after)
            with connection.schema_editor() as editor:
                operation.database_forwards(APP, editor, before, after)
            self.done.append((operation, before, after))
            self.state = after

    def undo(self) -> None:
        operation, before, after = self.done.pop()
        with connection.schema_editor() as editor:
            operation.database_backwards(APP, editor, after, before)
        self.state = before

    def model(self, name: str) -> Any:
        return self.state.apps.get_model(APP, name)


def _tables() -> set[str]:
    return {name for name in connection.introspection.table_names() if name.startswith(f"{APP}_")}


def _drop_all() -> None:
    ending = " CASCADE" if connection.vendor == "postgresql" else ""
    if connection.vendor == "sqlite":
        connection.disable_constraint_checking()
    with connection.cursor() as cursor:
        for name in _tables():
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)}{ending}")
    if connection.vendor == "sqlite":
        connection.enable_constraint_checking()


@pytest.fixture
def history(transactional_db: None) -> Iterator[History]:
    _drop_all()
    yield History()
    _drop_all()


def key() -> Any:
    return models.AutoField(primary_key=True)


def riders_and_ponies(history: History) -> None:
    history.run(
        migrations.CreateModel("Rider", [("id", key()), ("name", models.CharField(max_length=20))]),
        migrations.CreateModel("Pony", [("id", key()), ("riders", models.ManyToManyField(f"{APP}.Rider"))]),
    )
    rider = history.model("Rider").objects.create(name="Ann")
    history.model("Pony").objects.create().riders.add(rider)


def columns(table: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, table)
    return {column.name: column for column in found}


def rider_names(history: History, model: str = "Pony", field: str = "riders") -> list[str]:
    pony = history.model(model).objects.get()
    return [rider.name for rider in getattr(pony, field).all()]


def test_a_renamed_target_keeps_its_relations(history: History) -> None:
    riders_and_ponies(history)
    history.run(migrations.RenameModel("Rider", "Jockey"))
    assert rider_names(history) == ["Ann"]
    assert "jockey_id" in columns(f"{APP}_pony_riders")


def test_a_renamed_source_keeps_its_relations_and_its_join_table_follows(history: History) -> None:
    riders_and_ponies(history)
    history.run(migrations.RenameModel("Pony", "Horse"))
    assert rider_names(history, "Horse") == ["Ann"]
    assert "horse_id" in columns(f"{APP}_horse_riders")
    assert f"{APP}_pony_riders" not in _tables()


def test_a_rename_can_be_taken_back_with_its_rows(history: History) -> None:
    riders_and_ponies(history)
    history.run(migrations.RenameModel("Pony", "Horse"))
    history.undo()
    assert rider_names(history) == ["Ann"]
    assert set(columns(f"{APP}_pony_riders")) == {"id", "pony_id", "rider_id"}


def test_a_rename_after_a_renamed_field_of_a_neighbour_finds_all_relations(history: History) -> None:
    riders_and_ponies(history)
    history.run(migrations.RenameField("Rider", "name", "title"), migrations.RenameModel("Rider", "Jockey"))
    assert [jockey.title for jockey in history.model("Pony").objects.get().riders.all()] == ["Ann"]


def test_a_relation_to_itself_follows_a_rename(history: History) -> None:
    history.run(migrations.CreateModel("Pony", [("id", key()), ("friends", models.ManyToManyField("self"))]))
    one, two = (history.model("Pony").objects.create() for _ in range(2))
    one.friends.add(two)
    history.run(migrations.RenameModel("Pony", "Horse"))
    assert [horse.pk for horse in history.model("Horse").objects.get(pk=one.pk).friends.all()] == [two.pk]


def test_a_model_with_its_own_table_name_is_renamed_without_losing_relations(history: History) -> None:
    history.run(
        migrations.CreateModel("Rider", [("id", key()), ("name", models.CharField(max_length=20))]),
        migrations.CreateModel(
            "Pony",
            [("id", key()), ("riders", models.ManyToManyField(f"{APP}.Rider"))],
            options={"db_table": f"{APP}_stock"},
        ),
    )
    history.model("Pony").objects.create().riders.add(history.model("Rider").objects.create(name="Ann"))
    history.run(migrations.RenameModel("Pony", "Horse"))
    assert rider_names(history, "Horse") == ["Ann"]


def test_another_table_name_takes_the_join_table_along(history: History) -> None:
    riders_and_ponies(history)
    history.run(migrations.AlterModelTable("Pony", f"{APP}_stock"))
    assert rider_names(history) == ["Ann"]
    assert f"{APP}_stock_riders" in _tables()


def test_foreign_keys_and_join_tables_get_the_type_of_a_changed_key(history: History) -> None:
    riders_and_ponies(history)
    history.run(
        migrations.CreateModel("Saddle", [("id", key()), ("rider", models.ForeignKey(f"{APP}.Rider", models.CASCADE))])
    )
    rider = history.model("Rider").objects.get()
    history.model("Saddle").objects.create(rider=rider)
    history.run(migrations.AlterField("Rider", "id", models.CharField(max_length=30, primary_key=True)))
    wanted = columns(f"{APP}_rider")["id"].type_code
    assert columns(f"{APP}_saddle")["rider_id"].type_code == wanted
    assert columns(f"{APP}_pony_riders")["rider_id"].type_code == wanted
    assert history.model("Saddle").objects.get().rider.name == "Ann"
    assert rider_names(history) == ["Ann"]


def test_a_text_key_can_become_a_counting_one_that_goes_on_behind_the_rows(history: History) -> None:
    history.run(migrations.CreateModel("Rider", [("id", models.CharField(max_length=10, primary_key=True))]))
    history.model("Rider").objects.create(id="7")
    history.run(migrations.AlterField("Rider", "id", key()))
    assert history.model("Rider").objects.create().pk == 8


def test_a_composite_key_survives_a_changed_neighbour(history: History) -> None:
    history.run(
        migrations.CreateModel(
            "Release",
            [
                ("pk", models.CompositePrimaryKey("version", "name")),
                ("version", models.IntegerField()),
                ("name", models.CharField(max_length=20)),
                ("note", models.CharField(max_length=20, null=True)),
            ],
        )
    )
    history.model("Release").objects.create(version=1, name="a", note="x")
    history.run(
        migrations.AlterField("Release", "note", models.TextField(null=True)),
        migrations.RenameField("Release", "name", "title"),
        migrations.AddField("Release", "size", models.IntegerField(default=3)),
    )
    release = history.model("Release").objects.get(pk=(1, "a"))
    assert (release.title, release.note, release.size) == ("a", "x", 3)


def test_a_pattern_index_is_made_anew_when_a_text_becomes_a_number(history: History) -> None:
    history.run(
        migrations.CreateModel("Rider", [("id", key()), ("code", models.CharField(max_length=9, db_index=True))])
    )
    history.model("Rider").objects.create(code="12")
    history.run(migrations.AlterField("Rider", "code", models.IntegerField(db_index=True)))
    assert history.model("Rider").objects.get().code == 12
    history.run(migrations.AlterField("Rider", "code", models.CharField(max_length=9, unique=True)))
    assert history.model("Rider").objects.get().code == "12"


def test_none_is_jsons_null_as_the_default_of_the_database(history: History) -> None:
    """... as in ``Value(None, JSONField())``; SQL's NULL is what an attribute ``None`` is saved as."""
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("data", models.JSONField(null=True, db_default=None)),
        ("number", models.IntegerField(null=True)),
    ]
    history.run(migrations.CreateModel("Thing", fields))

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO survive_thing (number) VALUES (1)")
    thing = history.model("Thing")

    assert thing.objects.filter(data__isnull=True).count() == 0
    assert thing.objects.get().data is None
