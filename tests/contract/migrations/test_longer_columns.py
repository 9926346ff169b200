"""A column that gets longer on PostgreSQL keeps the file of its table; one that gets too short is refused."""

from __future__ import annotations

from typing import Any

SHELF = """
    class Shelf(models.Model):
        name = models.CharField(max_length={length}, unique=True)
        price = models.DecimalField(max_digits={digits}, decimal_places=2, default=1)
"""
FILE = "c = connection.cursor(); c.execute(\"SELECT pg_relation_filenode('shop_shelf')\"); print(c.fetchone()[0])"


def test_a_longer_column_is_not_written_anew(postgresql_project: Any) -> None:
    project = postgresql_project
    project.add_app("shop", SHELF.format(length=20, digits=8))
    project.manage("makemigrations", "shop")
    project.manage("migrate")
    project.python("from shop.models import Shelf; Shelf.objects.create(name='twelve chars')")
    before = project.python(FILE)

    project.write_models("shop", SHELF.format(length=40, digits=12))
    project.manage("makemigrations", "shop")
    assert "rewrites the table: yes" not in project.manage("migrate", "--plan")
    project.manage("migrate")
    assert project.python(FILE) == before
    assert "as the applied migrations say" in project.manage("migrate", "--drift")

    project.write_models("shop", SHELF.format(length=5, digits=12))
    project.manage("makemigrations", "shop")
    assert "value too long" in project.manage("migrate", ok=False)
    assert project.python("from shop.models import Shelf; print(Shelf.objects.get().name)") == "twelve chars"
