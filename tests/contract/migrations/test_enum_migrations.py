"""Fields of ``EnumField``: the database's own type follows the values, and rows follow with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contract.migrations.conftest import make_project
from tests.contract.migrations.walks import Field, Model, Walk
from tests.fixtures.databases import VENDORS, database_under

from fastjango.db import DatabaseError, migrations, models
from fastjango.db.migrations.exceptions import ValuesInUseError
from fastjango.db.migrations.safety import PlanReport
from fastjango.db.models.fields import EnumField

ALIAS = "enums"


class Shop(Walk):
    """A model ``Order`` with an enum, its migrations, and its rows."""

    def __init__(self, alias: str) -> None:
        super().__init__(0, alias)
        self.answers: dict[str, Any] = {}

    def say(self, *values: str, **options: Any) -> None:
        """Write the models: an order with a status of these values."""
        field = Field("enum", {"values": list(values), "type_name": "walk_status", **options})
        self.models.models = {"Order": Model({"status": field})}

    def migrate(self, *values: str, **options: Any) -> int:
        """Write the models and migrations and apply them; returns how many."""
        self.say(*values, **options)
        made = self.detect()
        for migration in made:
            self.apply(migration)
        self.look_at_tables(self.state)
        return len(made)

    def run(self, *operations: Any) -> None:
        """Apply a migration that somebody wrote."""
        made: Any = type("Migration", (migrations.Migration,), {"operations": list(operations)})
        self.apply(self.reread(made("0000_by_hand", "walk")))
        self.look_at_tables(self.state)

    def back(self) -> None:
        """Take the last migration back."""
        migration = self.migrations.pop()
        self.states.pop()
        with self.connection.schema_editor(atomic=migration.atomic) as editor:
            migration.unapply(self.state.clone(), editor)
        self.look_at_tables(self.state)

    def add(self, *values: str) -> None:
        order = self.state.apps.get_model("walk", "Order")
        for value in values:
            order.objects.using(self.alias).create(status=value)

    @property
    def statuses(self) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT status FROM walk_order ORDER BY id")
            return [status for (status,) in cursor.fetchall()]

    @property
    def values(self) -> list[str]:
        """What the database itself says."""
        with self.connection.cursor() as cursor:
            found: list[str] = self.connection.introspection.get_enums(cursor, "walk_order")["status"]["values"]
            return found

    def sql(self, statement: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)


def _shop(vendor: str, folder: Path) -> Iterator[Shop]:
    for project in make_project(vendor, folder):
        with database_under(ALIAS, project.database):
            shop = Shop(ALIAS)
            shop.migrate("draft", "paid")
            shop.add("draft", "paid")
            yield shop


@pytest.fixture(params=VENDORS)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """Two orders, a draft and a paid one, once for each kind of database."""
    yield from _shop(request.param, tmp_path)


@pytest.fixture
def postgresql_shop(tmp_path: Path) -> Iterator[Shop]:
    yield from _shop("postgresql", tmp_path)


def alter(*values: str, **what: Any) -> Any:
    field: Any = EnumField(values=values, type_name="walk_status", **what.pop("options", {}))
    return migrations.AlterEnumField("order", "status", field, **what)


def test_a_new_value_keeps_its_place(shop: Shop) -> None:
    shop.migrate("draft", "lost", "paid")
    shop.add("lost")

    assert shop.values == ["draft", "lost", "paid"]
    assert shop.statuses == ["draft", "paid", "lost"]


def test_values_change_their_order(shop: Shop) -> None:
    shop.migrate("paid", "draft")

    assert shop.values == ["paid", "draft"]
    assert shop.statuses == ["draft", "paid"]


def test_the_database_lets_no_other_value_in(shop: Shop) -> None:
    with pytest.raises(DatabaseError):
        shop.sql("INSERT INTO walk_order (status) VALUES ('nonsense')")


def test_a_value_that_rows_have_does_not_go(shop: Shop) -> None:
    with pytest.raises(ValuesInUseError, match=r"walk_order\.status holds .* 'paid' in 1 row") as caught:
        shop.migrate("draft")

    assert "migrations.AlterEnumField" in caught.value.__notes__[0]
    assert shop.statuses == ["draft", "paid"]


def test_a_value_that_no_row_has_goes_and_comes_back(shop: Shop) -> None:
    shop.migrate("draft", "paid", "lost")
    shop.migrate("draft", "paid")
    assert shop.values == ["draft", "paid"]

    shop.back()
    assert shop.values == ["draft", "paid", "lost"]


def test_renamed_values_take_their_rows_along_in_both_directions(shop: Shop) -> None:
    shop.run(alter("open", "draft", renamed={"paid": "open"}))
    assert shop.statuses == ["draft", "open"]

    shop.back()
    assert shop.statuses == ["draft", "paid"]


def test_names_are_not_exchanged() -> None:
    with pytest.raises(ValueError, match="cannot take the name of another"):
        alter("draft", "paid", renamed={"paid": "draft", "draft": "paid"})


def test_replaced_values_take_their_rows_along(shop: Shop) -> None:
    shop.run(alter("draft", "lost", replaced={"paid": "lost"}))

    assert shop.statuses == ["draft", "lost"]


def test_replaced_values_may_become_null(shop: Shop) -> None:
    shop.run(alter("draft", options={"null": True}, replaced={"paid": None}))

    assert shop.statuses == ["draft", None]


def test_what_became_of_a_value_is_asked(shop: Shop) -> None:
    shop.models.changed_values = {"walk_status": {"paid": "settled"}}
    shop.models.renamed_values = dict(shop.models.changed_values)
    shop.migrate("draft", "settled")

    assert shop.statuses == ["draft", "settled"]
    assert "Alter values of status on order (paid to settled)" in shop.log


def test_a_default_may_be_a_new_value(shop: Shop) -> None:
    shop.migrate("draft", "paid", "lost", db_default="lost")
    shop.sql("INSERT INTO walk_order (id) VALUES (77)")

    assert shop.statuses == ["draft", "paid", "lost"]


def test_what_uses_a_new_value_stands_in_a_migration_of_its_own(shop: Shop) -> None:
    shop.say("draft", "paid", "lost")
    condition = models.Q(status__in=["draft", "paid", "lost"])
    shop.models.models["Order"].meta = {
        "constraints": [models.CheckConstraint(condition=condition, name="known")],
        "indexes": [models.Index(fields=["id"], condition=models.Q(status="lost"), name="lost_ones")],
    }
    made = shop.detect()
    for migration in made:
        shop.apply(migration)

    assert [len(migration.operations) for migration in made] == [1, 2]
    shop.look_at_tables(shop.state)


def test_a_check_comes_back_with_the_value_that_it_names(shop: Shop) -> None:
    """... in one migration, which on the way back adds the value, then the check."""
    check = models.CheckConstraint(condition=models.Q(status__in=["draft", "paid", "lost"]), name="known")
    shop.migrate("draft", "paid", "lost")
    shop.models.models["Order"].meta = {"constraints": [check]}
    for migration in shop.detect():
        shop.apply(migration)
    shop.add("paid")

    shop.run(
        migrations.RemoveConstraint("order", "known"),
        migrations.AlterEnumField(
            "order",
            "status",
            EnumField(values=["draft", "paid"], type_name="walk_status"),
            replaced={"lost": "paid"},
        ),
    )
    shop.back()

    assert shop.values == ["draft", "paid", "lost"]
    assert shop.statuses[-1] == "paid"


def test_a_text_becomes_an_enum_and_a_text_again(shop: Shop) -> None:
    for options in ({"db_default": "draft"}, {"db_default": "draft", "db_index": True}):
        shop.models.models = {"Order": Model({"status": Field("char", dict(options))})}
        for migration in shop.detect():
            shop.apply(migration)
        shop.look_at_tables(shop.state)
        shop.migrate("draft", "paid", **options)

    assert shop.statuses == ["draft", "paid"]


def test_a_text_with_other_values_does_not_become_an_enum(shop: Shop) -> None:
    shop.models.models = {"Order": Model({"status": Field("char", {})})}
    for migration in shop.detect():
        shop.apply(migration)
    shop.add("odd")

    with pytest.raises(ValuesInUseError, match="'odd' in 1 row"):
        shop.migrate("draft", "paid")


def test_drift_tells_of_values_that_nobody_wrote_down(shop: Shop) -> None:
    if shop.connection.vendor == "sqlite":
        shop.sql("PRAGMA writable_schema = 1")
    shop.sql(
        {
            "postgresql": "ALTER TYPE walk_status ADD VALUE 'odd'",
            "mysql": "ALTER TABLE walk_order MODIFY status enum('draft', 'paid', 'odd') NOT NULL",
            "sqlite": "UPDATE sqlite_master SET sql = replace(sql, '''paid''', '''paid'', ''odd''') WHERE name = 'walk_order'",
        }[shop.connection.vendor]
    )

    with pytest.raises(AssertionError, match=r"column status: type is .*odd"):
        shop.look_at_tables(shop.state)


def test_the_plan_tells_what_values_cost(shop: Shop) -> None:
    report = PlanReport(shop.connection, shop.state)
    made: Any = type("Migration", (migrations.Migration,), {"operations": [alter("draft", replaced={"paid": "draft"})]})
    lines = [line for _, changes in report.steps(made("0002", "walk")) for line, _ in report.lines(changes)]

    assert "rewrites the table: yes; old code beside it: no, the release before may write 'paid'" in lines[0]


def test_adding_a_value_rewrites_nothing(postgresql_shop: Shop) -> None:
    report = PlanReport(postgresql_shop.connection, postgresql_shop.state)
    made: Any = type("Migration", (migrations.Migration,), {"operations": [alter("draft", "lost", "paid")]})
    lines = [line for _, changes in report.steps(made("0002", "walk")) for line, _ in report.lines(changes)]

    assert lines == [
        "walk_order: lock of the type for a moment (nobody waits); rewrites the table: no; old code beside it: yes"
    ]


def test_statements_can_be_collected(postgresql_shop: Shop) -> None:
    state = postgresql_shop.state
    made: Any = type("Migration", (migrations.Migration,), {"operations": [alter("lost", "draft", "paid")]})
    with postgresql_shop.connection.schema_editor(collect_sql=True, atomic=True) as editor:
        made("0002", "walk").apply(state.clone(), editor, collect_sql=True)

    assert """ALTER TYPE "walk_status" ADD VALUE 'lost' BEFORE 'draft';""" in editor.collected_sql


def test_fields_share_a_type_that_goes_with_the_last_of_them(postgresql_shop: Shop) -> None:
    shop = postgresql_shop
    one: dict[str, Any] = {"values": ["draft", "paid"], "type_name": "walk_status"}
    shop.models.models["Log"] = Model({"last": Field("enum", {**one, "db_default": "paid"})})
    shop.models.models["Order"].meta = {
        "indexes": [models.Index(fields=["id"], condition=models.Q(status="draft"), name="drafts")]
    }
    for migration in shop.detect():
        shop.apply(migration)
    shop.sql("INSERT INTO walk_log (id) VALUES (1)")

    shop.models.changed_values = {"walk_status": {"paid": "lost"}}
    for field in (shop.models.models["Log"].fields["last"], shop.models.models["Order"].fields["status"]):
        field.options = {**field.options, "values": ["lost", "draft"]}
    shop.models.models["Log"].fields["last"].options["db_default"] = "lost"
    for migration in shop.detect():
        shop.apply(migration)
    shop.look_at_tables(shop.state)

    assert shop.statuses == ["draft", "lost"]
    assert shop.types() == {"walk_status"}
    shop.empty()
    shop.to_zero()
    assert shop.types() == set()


def test_an_array_of_values_follows(postgresql_shop: Shop) -> None:
    from fastjango.contrib.postgres.fields import ArrayField

    shop = postgresql_shop
    items: Any = EnumField(values=["draft", "paid"], type_name="walk_status")
    shop.run(migrations.AddField("order", "seen", ArrayField(items, default=list)))
    shop.sql("UPDATE walk_order SET seen = '{draft,paid}'")
    newer: Any = EnumField(values=["lost", "draft"], type_name="walk_status")
    shop.apply(
        shop.reread(
            type(
                "Migration",
                (migrations.Migration,),
                {
                    "operations": [
                        alter("lost", "draft", replaced={"paid": "lost"}),
                        migrations.AlterField("order", "seen", ArrayField(newer, default=list)),
                    ]
                },
            )("0000_by_hand", "walk")
        )
    )
    shop.look_at_tables(shop.state)
    order = shop.state.apps.get_model("walk", "Order")

    assert order.objects.using(ALIAS).values_list("seen", flat=True)[0] == ["draft", "lost"]


def test_inspectdb_knows_the_values(sqlite_project: Any) -> None:
    sqlite_project.add_app("shop")
    sqlite_project.write_models(
        "shop", 'class Order(models.Model):\n    status = models.EnumField(values=["a", "b"], type_name="s")'
    )
    sqlite_project.manage("makemigrations")
    sqlite_project.manage("migrate")

    wanted = "status = models.EnumField(values=['a', 'b'], type_name='shop_order_status')"
    assert wanted in sqlite_project.manage("inspectdb", "shop_order")


def test_two_enums_of_one_name_are_told_apart(sqlite_project: Any) -> None:
    sqlite_project.add_app("shop")
    sqlite_project.write_models(
        "shop",
        """
        class Order(models.Model):
            a = models.EnumField(values=["x"], type_name="kind")
            b = models.EnumField(values=["y"], type_name="kind")
        """,
    )

    assert "fields.E244" in sqlite_project.manage("check", ok=False)
