"""``inspectdb``: models for the tables of SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest

from fastjango.core.management import call_command
from fastjango.db.execute import change


def written(alias: str, *tables: str, **options: Any) -> str:
    out = StringIO()
    call_command("inspectdb", *tables, database=alias, stdout=out, **options)
    return out.getvalue()


def make_shop(alias: str) -> None:
    quoted = "`class`" if alias == "mariadb" else '"class"'
    change(alias, "CREATE TABLE shop (code varchar(5) PRIMARY KEY, boss integer NULL)")
    change(
        alias,
        f"CREATE TABLE line (shop varchar(5) NOT NULL, nr integer NOT NULL, price numeric(6, 2) NULL, {quoted} text NOT NULL,"
        " FOREIGN KEY (shop) REFERENCES shop (code), PRIMARY KEY (shop, nr))",
    )


@pytest.mark.parametrize("alias", ["memory", "pg", "mariadb"])
def test_tables_become_unmanaged_models(alias: str, request: Any) -> None:
    request.getfixturevalue({"pg": "postgresql"}.get(alias, alias))
    make_shop(alias)

    text = written(alias, "shop", "line")

    assert "class Shop(models.Model):\n    code = models.CharField(primary_key=True, max_length=5" in text
    assert "    boss = models.IntegerField(blank=True, null=True)" in text
    assert "    pk = models.CompositePrimaryKey('shop', 'nr')" in text
    assert "    shop = models.ForeignKey(Shop, models.DO_NOTHING, db_column='shop')" in text
    assert "    nr = models.IntegerField()" in text
    assert "    price = models.DecimalField(max_digits=6, decimal_places=2, blank=True, null=True)" in text
    assert "    class_field = models.TextField(db_column='class'" in text
    assert "        managed = False\n        db_table = 'line'" in text


def test_the_written_module_can_be_run(memory: Any) -> None:
    make_shop("memory")

    text = written("memory").replace("import models", "import models\nfrom fastjango.apps.registry import Apps")
    text = text.replace("class Meta:", "class Meta:\n        app_label = 'written'\n        apps = registry")
    names: dict[str, Any] = {"__name__": "written"}
    exec(text.replace("\n\nclass", "\n\nregistry = Apps()\n\nclass", 1), names)  # noqa: S102 - what the command wrote

    assert names["Line"]._meta.pk.field_names == ("shop", "nr")
    assert list(names["Shop"].objects.using("memory")) == []


def test_names_that_python_does_not_take_are_changed_and_said_so(memory: Any) -> None:
    change("memory", 'CREATE TABLE "none" ("1st" integer, "Two__parts" integer, "a b" integer, "a_b" integer)')

    text = written("memory", "none")

    assert "class ModelNone(models.Model):" in text
    assert "number_1st = models.IntegerField(db_column='1st'" in text
    assert "two_parts = models.IntegerField(db_column='Two__parts'" in text
    assert "a_b = models.IntegerField(db_column='a b'" in text
    assert "a_b_0 = models.IntegerField(db_column='a_b'" in text
    assert "# Field renamed because of name conflict." in text


def test_views_are_written_on_request(memory: Any) -> None:
    change("memory", "CREATE VIEW everybody AS SELECT * FROM t")

    assert "Everybody" not in written("memory")
    assert "managed = False  # Created from a view." in written("memory", include_views=True)


def test_a_table_that_is_not_there_is_said_and_the_others_are_written(memory: Any) -> None:
    text = written("memory", "missing", "t")

    assert "# Unable to inspect table 'missing'" in text
    assert "class T(models.Model):" in text


@pytest.mark.parametrize("alias", ["memory", "pg", "mariadb"])
def test_a_foreign_key_over_several_columns_is_one_field(alias: str, request: Any) -> None:
    request.getfixturevalue({"pg": "postgresql"}.get(alias, alias))
    change(alias, "CREATE TABLE line (shop integer NOT NULL, nr integer NOT NULL, PRIMARY KEY (shop, nr))")
    change(
        alias,
        "CREATE TABLE note (id integer PRIMARY KEY, shop integer, nr integer,"
        " FOREIGN KEY (shop, nr) REFERENCES line (shop, nr))",
    )

    text = written(alias, "line", "note")

    assert "    shop = models.IntegerField(blank=True, null=True)" in text
    assert "    line = models.CompositeForeignKey('Line', models.DO_NOTHING, from_fields=('shop', 'nr'))" in text


def test_a_column_of_mariadb_says_its_own_type_and_collation_alone(mariadb: Any) -> None:
    columns = "id integer PRIMARY KEY, name varchar(5) NOT NULL, code varchar(5) COLLATE utf8mb4_bin NOT NULL"
    change("mariadb", f"CREATE TABLE pony ({columns}, token uuid NOT NULL)")

    text = written("mariadb", "pony")

    assert "    name = models.CharField(max_length=5)\n" in text
    assert "    code = models.CharField(max_length=5, db_collation='utf8mb4_bin')\n" in text
    assert "    token = models.UUIDField()\n" in text
