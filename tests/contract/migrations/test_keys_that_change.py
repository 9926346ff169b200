"""A key that gets another type takes along whatever refers to it, also when all happens in one migration."""

from __future__ import annotations

from typing import Any

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
