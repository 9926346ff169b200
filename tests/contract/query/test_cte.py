"""Common table expressions, also recursive ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.core.exceptions import FieldError
from fastjango.db import connection, models
from fastjango.db.models import Count, F, IntegerField, Sum, Value


class Folder(models.Model):
    name = models.CharField(max_length=20)
    parent: Any = models.ForeignKey("self", models.CASCADE, null=True)
    size = models.IntegerField(default=1)

    class Meta:
        apps = Apps()
        app_label = "cte_tests"


@pytest.fixture(autouse=True)
def folders(transactional_db: None) -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.create_model(Folder)
    root = Folder.objects.create(name="root")
    home = Folder.objects.create(name="home", parent=root, size=2)
    Folder.objects.create(name="ann", parent=home, size=3)
    Folder.objects.create(name="tmp", parent=root, size=4)
    Folder.objects.create(name="other")
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Folder)


def tree(name: str) -> Any:
    def below(above: Any) -> Any:
        return Folder.objects.with_cte(above, on={"parent": "id"}).values("id", depth=above.col.depth + 1)

    start = Folder.objects.filter(name=name).values("id", depth=Value(0, output_field=IntegerField()))
    return start.cte("tree", recursive=below)


def test_a_tree_is_read_in_one_query(queries: Any) -> None:
    found = tree("root")

    with queries(1):
        rows: list[Any] = list(
            Folder.objects.with_cte(found, on={"pk": "id"}).annotate(depth=found.col.depth).order_by("depth", "name")
        )

    assert [(row.name, row.depth) for row in rows] == [("root", 0), ("home", 1), ("tmp", 1), ("ann", 2)]


def test_it_can_be_filtered_counted_and_summed() -> None:
    found = tree("home")
    below = Folder.objects.with_cte(found, on={"pk": "id"})

    assert below.count() == 2
    assert below.aggregate(total=Sum("size")) == {"total": 5}
    assert below.annotate(depth=found.col.depth).filter(depth__gt=0).get().name == "ann"
    assert Folder.objects.filter(pk__in=below.values("pk")).exclude(name="home").get().name == "ann"


def test_its_rows_are_changed_and_deleted() -> None:
    below = Folder.objects.with_cte(tree("home"), on={"pk": "id"})

    assert below.update(size=9) == 2
    assert Folder.objects.filter(size=9).count() == 2
    assert below.exclude(name="home").delete()[0] == 1


def test_values_are_those_of_each_call() -> None:
    def names(start: str) -> list[str]:
        return [row.name for row in Folder.objects.with_cte(tree(start), on={"pk": "id"}).order_by("name")]

    assert names("home") == ["ann", "home"]
    assert names("tmp") == ["tmp"]


def test_a_summary_is_joined_to_its_rows() -> None:
    totals = (
        Folder.objects.filter(parent__isnull=False)
        .values("parent")
        .annotate(n=Count("pk"), of=Sum("size"))
        .cte("totals")
    )

    rows: Any = Folder.objects.with_cte(totals, on={"pk": "parent"}, join="left").annotate(
        n=totals.col.n, share=totals.col.of - F("size")
    )

    assert {row.name: (row.n, row.share) for row in rows if row.n} == {"root": (2, 5), "home": (1, 1)}
    assert sum(row.n is None for row in rows) == 3


def test_two_expressions_stand_side_by_side() -> None:
    big = Folder.objects.filter(size__gt=1).cte("big")
    leaves = Folder.objects.exclude(name="home").cte("leaves")

    rows = Folder.objects.with_cte(big, on={"pk": "id"}).with_cte(leaves, on={"pk": "id"})

    assert sorted(row.name for row in rows) == ["ann", "tmp"]


def test_mistakes_are_named() -> None:
    found = tree("root")

    with pytest.raises(FieldError, match=r"tree has no column 'nmae'\. Choices are: id, depth"):
        found.col.nmae  # noqa: B018 - asks for it
    with pytest.raises(ValueError, match="plain identifier"):
        Folder.objects.all().cte('x" AS (SELECT 1)')
    with pytest.raises(ValueError, match="at least one pair"):
        Folder.objects.with_cte(found, on={})
    with pytest.raises(ValueError, match="must have the columns id, depth"):
        Folder.objects.values("id", depth=Value(0)).cte("t", recursive=lambda above: Folder.objects.values("id"))
