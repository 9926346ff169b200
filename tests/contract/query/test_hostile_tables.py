"""Tables, columns, indexes, constraints, comments and defaults with hostile names are quoted wherever they are written."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from tests.contract.db.conftest import file, mariadb, postgresql  # noqa: F401  # fixtures
from tests.contract.query.test_hostile_names import MARK, Statements, outside_quotes

from fastjango.apps.registry import Apps
from fastjango.db import DatabaseError, models, transaction
from fastjango.db.models import F, Q, Value

NAMES = [f"a{piece}{MARK}" for piece in ('"', "`", "'", ";--", ") ", "{0}", "\\", ".", "/*", "?", ":a", "$1", "é")]


def hostile_model(name: str) -> Any:
    """Return a model all of whose names in the database contain *name*."""

    class Meta:
        app_label = "hostile_tables"
        apps = Apps()
        db_table = f"t{name}"
        db_table_comment = name
        constraints = [
            models.UniqueConstraint(fields=["word"], name=f"u{name}"),
            models.CheckConstraint(condition=Q(number__gte=0) & ~Q(word=name), name=f"c{name}"),
        ]
        indexes = [models.Index(fields=["number"], name=f"i{name}"[:30])]

    return type(
        "Hostile",
        (models.Model,),
        {
            "__module__": __name__,
            "Meta": Meta,
            "key": models.AutoField(primary_key=True, db_column=f"k{name}"),
            "word": models.CharField(
                max_length=60, db_column=f"w{name}", db_comment=name, db_default=Value(f"d{name}")
            ),
            "number": models.IntegerField(db_column=f"n{name}", default=0),
        },
    )


def work(model: Any, alias: str, name: str) -> None:
    """Write and read the table in many ways."""
    objects = model._base_manager.using(alias)
    first = objects.create(word=f"x{name}")
    objects.create()
    assert objects.get(pk=first.pk).word == f"x{name}"
    assert objects.exclude(pk=first.pk).get().word == f"d{name}"
    assert objects.filter(word__contains=name).update(number=F("number") + 1) == 2
    assert list(objects.order_by("-word").values_list("number", "word")) == [(1, f"x{name}"), (1, f"d{name}")]
    assert objects.values("number").annotate(many=models.Count("word")).get() == {"number": 1, "many": 2}
    first.number = 7
    objects.bulk_update([first], ["number"])
    objects.bulk_create(
        [model(word=f"x{name}", number=9)], update_conflicts=True, update_fields=["number"], unique_fields=["word"]
    )
    assert objects.get(pk=first.pk).number == 9
    assert objects.filter(pk__in=objects.filter(number=9).values("pk")).count() == 1
    with pytest.raises(DatabaseError), transaction.atomic(using=alias):
        objects.create(word=name)
    assert objects.all().delete()[0] == 2


@pytest.mark.parametrize("kind", ["file", "postgresql", "mariadb"])
def test_hostile_names_of_tables_and_columns_are_quoted(request: pytest.FixtureRequest, kind: str) -> None:
    wrapper = request.getfixturevalue(kind)
    conflicts = wrapper.features.supports_update_conflicts_with_target
    for name in NAMES:
        model = hostile_model(name)
        seen = Statements()
        with wrapper.execute_wrapper(seen):
            with wrapper.schema_editor() as editor:
                editor.create_model(model)
            with contextlib.nullcontext() if conflicts else pytest.raises(Exception, match="conflict"):
                work(model, wrapper.alias, name)
            with wrapper.schema_editor() as editor:
                editor.delete_model(model)

        written = [sql for sql in seen.sent if not sql.startswith(("CREATE", "ALTER", "COMMENT"))]
        assert not [sql for sql in written if MARK in outside_quotes(sql, wrapper.vendor)], name
        with wrapper.cursor() as cursor:
            assert not [table for table in wrapper.introspection.table_names(cursor) if MARK in table], name
