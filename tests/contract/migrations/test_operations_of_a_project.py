"""Operations that models seldom need, on each database: orders by another model, managers, an operation of the project's own."""

from __future__ import annotations

from typing import Any

MODELS = """
    class Shelf(models.Model):
        name = models.CharField(max_length=20)

    class Book(models.Model):
        shelf = models.ForeignKey(Shelf, models.CASCADE)
"""
ORDERED = """
    class Named(models.Manager):
        use_in_migrations = True

        def named(self):
            return self.exclude(name="")

    class Shelf(models.Model):
        name = models.CharField(max_length=20)
        objects = Named()

    class Book(models.Model):
        shelf = models.ForeignKey(Shelf, models.CASCADE)

        class Meta:
            order_with_respect_to = "shelf"
"""
OWN = """
from fastjango.db.migrations.operations.base import Operation


class AddRow(Operation):
    reversible = True
    elidable = True

    def __init__(self, name):
        self.name = name

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        to_state.apps.get_model(app_label, "Shelf").objects.create(name=self.name)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        from_state.apps.get_model(app_label, "Shelf").objects.filter(name=self.name).delete()

    def describe(self):
        return f"Add the row {self.name}"
"""


def test_orders_and_managers_are_kept_and_taken_back(project: Any) -> None:
    project.add_app("shop", MODELS)
    project.manage("makemigrations", "shop")
    project.manage("migrate")
    project.write_models("shop", ORDERED)

    made = project.manage("makemigrations", "shop", "--name", "ordered")
    project.manage("migrate")

    assert "Change managers on shelf" in made
    assert "order_with_respect_to" in made
    use = """
        from shop.models import Book, Shelf
        shelf = Shelf.objects.create(name="a")
        one, two = Book.objects.create(shelf=shelf), Book.objects.create(shelf=shelf)
        shelf.set_book_order([two.pk, one.pk])
        print(list(shelf.book_set.values_list("pk", flat=True)) == [two.pk, one.pk], Shelf.objects.named().count())
    """
    assert project.python(use) == "True 1"
    assert "as the applied migrations say" in project.manage("migrate", "--drift")
    project.manage("migrate", "shop", "0001")
    assert "as the applied migrations say" in project.manage("migrate", "--drift")


def test_an_operation_of_the_project_is_applied_shown_and_taken_back(project: Any) -> None:
    project.add_app("shop", MODELS)
    project.manage("makemigrations", "shop")
    (project.folder / "shop" / "operations.py").write_text(OWN)
    project.write_migration(
        "shop",
        "0002_row",
        """
        from shop.operations import AddRow


        class Migration(migrations.Migration):
            dependencies = [("shop", "0001_initial")]
            operations = [AddRow("top")]
        """,
    )
    count = "from shop.models import Shelf; print(Shelf.objects.filter(name='top').count())"

    assert "Add the row top" in project.manage("migrate", "--plan")
    project.manage("migrate")
    assert project.python(count) == "1"
    project.manage("migrate", "shop", "0001")
    assert project.python(count) == "0"
