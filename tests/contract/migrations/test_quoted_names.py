"""A name that a model says in double quotes is the name between them, on each database."""

from __future__ import annotations

from typing import Any

SHELF = """
    class Shelf(models.Model):
        key = models.AutoField(primary_key=True, db_column='"Key"')
        name = models.CharField(max_length=20)

        class Meta:
            db_table = '"Shop Shelf"'
            indexes = [models.Index(fields=["name"], name="by_name")]

    class Book(models.Model):
        shelf = models.ForeignKey(Shelf, models.CASCADE)
"""
USE = """
    from shop.models import Book, Shelf
    shelf = Shelf.objects.create(name="a")
    Shelf.objects.bulk_create([Shelf(name="b")])
    Book.objects.create(shelf=shelf)
    Shelf.objects.filter(name="a").update(name="c")
    print(*Book.objects.filter(shelf__name="c").values_list("shelf__name", flat=True), *Shelf.objects.order_by("name").values_list("name", flat=True))
    Shelf.objects.all().delete()
    print(Book.objects.count())
"""


def test_names_in_quotes_are_made_and_used(project: Any) -> None:
    project.add_app("shop", SHELF)
    project.manage("makemigrations", "shop")
    project.manage("migrate")

    assert "Shop Shelf" in project.python("print(*connection.introspection.table_names(), sep='|')").split("|")
    assert project.python(USE).splitlines() == ["c b c", "0"]

    project.manage("migrate", "shop", "zero")
    assert "Shop Shelf" not in project.python("print(*connection.introspection.table_names(), sep='|')")
