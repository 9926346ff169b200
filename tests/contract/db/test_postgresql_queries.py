"""Querysets on PostgreSQL: parameters that stand twice in a statement, functions of the user's own, states of a connection."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.db import DatabaseError, OperationalError, models, transaction
from fastjango.db.engines import complete
from fastjango.db.execute import change, fetch
from fastjango.db.models import Count, F, Func, Min, Value
from fastjango.db.models.functions import Coalesce, Concat, Greatest, Least


class Page(models.Model):
    title = models.CharField(max_length=40)
    size = models.IntegerField(default=0)
    data = models.JSONField(default=dict)

    class Meta:
        app_label = "postgresql_queries"
        db_table = "fj_page"
        apps = Apps()


@pytest.fixture
def pages(postgresql: Any) -> Iterator[Any]:
    with postgresql.schema_editor() as editor:
        editor.create_model(Page)
    queryset = Page.objects.using("pg")
    for title, size in (("a", 1), ("b", 5), ("b", 9)):
        queryset.create(title=title, size=size, data={"tags": [title, size]})
    yield queryset
    change("pg", "DROP TABLE fj_page")


def test_a_grouped_expression_with_a_value_may_be_said_again_inside_another(pages: Any) -> None:
    grouped = pages.annotate(at_least=Greatest("size", Value(4))).values("at_least")

    found = grouped.annotate(smallest=Min("size"), both=Least("smallest", "at_least")).values_list("at_least", "both")

    assert sorted(found) == [(4, 1), (5, 5), (9, 9)]
    assert sorted(found.filter(size__gt=1)) == [(5, 5), (9, 9)]


def test_such_a_query_is_kept_and_takes_other_values(pages: Any) -> None:
    def ask(least: int, suffix: str) -> list[Any]:
        grouped = pages.annotate(at_least=Greatest("size", Value(least)), name=Concat("title", Value(suffix)))
        return sorted(
            grouped.values("at_least", "name")
            .annotate(n=Count("pk"), more=F("at_least") + Count("pk"))
            .values_list("at_least", "name", "more")
        )

    assert ask(4, "'x") == [(4, "a'x", 5), (5, "b'x", 6), (9, "b'x", 10)]
    assert ask(9, "%y") == [(9, "a%y", 10), (9, "b%y", 11)]


def test_distinct_rows_are_ordered_by_an_expression_with_a_value(pages: Any) -> None:
    found = pages.order_by(Coalesce("title", Value("z")).desc()).values("title").distinct()

    assert [row["title"] for row in found] == ["b", "a"]
    assert [row["title"] for row in found.iterator()] == ["b", "a"]


def test_a_text_in_a_function_of_the_users_own_gets_the_type_that_the_function_takes(pages: Any) -> None:
    class PathQuery(Func):
        function = "jsonb_path_query_first"
        output_field = models.JSONField()

    found = pages.annotate(tag=PathQuery("data", Value("$.tags[1]"))).order_by("pk")

    assert [page.tag for page in found] == [1, 5, 9]
    assert [page.tag for page in found.iterator()] == [1, 5, 9]
    assert pages.annotate(n=Func(Value("abc"), function="length", output_field=models.IntegerField())).first().n == 3


def test_a_connection_in_a_failed_transaction_is_not_usable(postgresql: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic("pg"):
        assert postgresql.is_usable()
        with pytest.raises(DatabaseError):
            fetch("pg", "SELECT broken(")
        assert not postgresql.is_usable()
        raise DatabaseError

    assert fetch("pg", "SELECT 1") == [(1,)]


def test_the_servers_own_database_may_be_closed_to_us(postgresql: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = type(postgresql).get_new_connection

    def refuse(self: Any, params: dict[str, Any]) -> Any:
        if self.settings_dict["NAME"] is None:
            raise OperationalError('permission denied for database "postgres"')
        return real(self, params)

    monkeypatch.setattr(type(postgresql), "get_new_connection", refuse)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with postgresql._nodb_cursor() as cursor:
            cursor.execute("SELECT current_database()")
            assert cursor.fetchone() == (postgresql.settings_dict["NAME"],)

    assert "unable to create a connection to the 'postgres' database" in str(caught[0].message)


def test_autocommit_off_as_a_setting_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="AUTOCOMMIT"):
        complete({"ENGINE": "fastjango.db.backends.postgresql", "AUTOCOMMIT": False})
