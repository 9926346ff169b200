"""A key that gets another type takes along whatever refers to it, also when all happens in one migration."""

from __future__ import annotations

from typing import Any

import pytest

CHAIN = """
class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Room", [("id", models.AutoField(primary_key=True))]),
        migrations.CreateModel("Shelf", [
            ("id", models.AutoField(primary_key=True)),
            ("room", models.ForeignKey("shop.Room", models.CASCADE)),
        ]),
        migrations.CreateModel("Book", [
            ("id", models.AutoField(primary_key=True)),
            ("shelf", models.ForeignKey("shop.Shelf", models.CASCADE)),
        ]),
        migrations.AddField("room", "name", models.CharField(max_length=10, default="x")),
        migrations.AddField("room", "number", models.IntegerField(default=1)),
        migrations.AlterField("shelf", "id", models.BigAutoField(primary_key=True)),
    ]
"""


def test_what_refers_to_a_key_follows_after_other_models_have_changed(project: Any) -> None:
    project.add_app("shop")
    project.write_migration("shop", "0001_initial", CHAIN)

    project.manage("migrate")

    assert "as the applied migrations say" in project.manage("migrate", "--drift")


KEYS = """
    class Shelf(models.Model):
        pass

    class Book(models.Model):
        shelf = models.ForeignKey(Shelf, models.CASCADE)
        place = models.IntegerField()

        class Meta:
"""


@pytest.mark.parametrize(
    "option",
    [
        'unique_together = [("shelf", "place")]',
        'constraints = [models.UniqueConstraint(fields=["shelf", "place"], name="both")]',
        'indexes = [models.Index(fields=["shelf", "place"], name="both")]',
    ],
)
def test_an_index_that_a_foreign_key_uses_may_go(option: str, project: Any) -> None:
    """MariaDB lets a key use whatever index begins with its column, and does not drop that."""
    project.add_app("shop", KEYS + f"            {option}\n")
    project.manage("makemigrations", "shop")
    project.manage("migrate")
    if project.vendor == "mysql":
        project.python(
            """
            c = connection.cursor()
            keys = connection.introspection.get_constraints(c, "shop_book")
            (key,) = [name for name, facts in keys.items() if facts["foreign_key"]]
            if keys[key]["index"]:
                c.execute(f"ALTER TABLE shop_book DROP INDEX {key}")
            """
        )

    project.write_models("shop", KEYS + "            pass\n")
    project.manage("makemigrations", "shop")
    project.manage("migrate")

    assert "as the applied migrations say" in project.manage("migrate", "--drift")
    project.manage("migrate", "shop", "zero")


INDEXES = """
class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Shelf", [
            ("id", models.AutoField(primary_key=True)),
            ("name", models.CharField(max_length=60, db_index=True)),
            ("row", models.CharField(max_length=60, db_index=True)),
            ("code", models.CharField(max_length=60, db_index=True)),
        ], options={"indexes": [models.Index(fields=["name"], name="of_name")]}),
        migrations.AlterField("shelf", "name", models.CharField(max_length=60)),
        migrations.AlterField("shelf", "row", models.TextField() if %r == "mysql" else models.TextField(db_index=True)),
        migrations.RenameField("shelf", "code", "mark"),
        migrations.AlterField("shelf", "mark", models.CharField(max_length=60)),
    ]
"""


def test_an_index_that_the_same_migration_takes_away_is_never_made(project: Any) -> None:
    project.add_app("shop")
    project.write_migration("shop", "0001_initial", INDEXES % project.vendor)

    project.manage("migrate")

    assert "as the applied migrations say" in project.manage("migrate", "--drift")
