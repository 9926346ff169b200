"""Sending statements: rows, counts, keys, errors, logging."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from fastjango.db import DataError, IntegrityError, ProgrammingError
from fastjango.db.errors import OperationalError
from fastjango.db.execute import change, change_many, fetch, insert_id, run, run_count, stream


def test_fetch_returns_rows_as_tuples(memory: Any) -> None:
    change("memory", "INSERT INTO t (name) VALUES (?)", ("a",))

    assert fetch("memory", "SELECT id, name FROM t WHERE name = ?", ("a",)) == [(1, "a")]


def test_insert_id_returns_the_new_key(memory: Any) -> None:
    change("memory", "INSERT INTO t (id, name) VALUES (41, 'a')")

    assert insert_id("memory", "INSERT INTO t (name) VALUES (?)", ("b",)) == 42


def test_change_many_runs_once_per_row(memory: Any) -> None:
    assert change_many("memory", "INSERT INTO t (name) VALUES (?)", [("a",), ("b",)]) == 2


def test_sqlalchemy_statements_can_be_run(memory: Any) -> None:
    table = sa.table("t", sa.column("id", sa.Integer), sa.column("name", sa.String))

    count = run_count("memory", table.insert().values(name="x"))

    assert count == 1
    assert run("memory", sa.select(table.c.name).where(table.c.name.in_(["x", "y"]))) == [("x",)]


def test_stream_gives_chunks(memory: Any) -> None:
    change_many("memory", "INSERT INTO t (name) VALUES (?)", [(str(number),) for number in range(5)])

    chunks = [len(rows) for rows in stream("memory", "SELECT * FROM t", (), 2)]

    assert chunks == [2, 2, 1]


def test_errors_of_the_driver_come_out_as_ours_with_their_cause(memory: Any) -> None:
    change("memory", "INSERT INTO t (name) VALUES ('a')")

    with pytest.raises(IntegrityError, match=r"UNIQUE constraint failed: t\.name") as caught:
        change("memory", "INSERT INTO t (name) VALUES ('a')")

    assert type(caught.value.__cause__).__module__ == "sqlite3"


def test_a_wrong_statement_is_an_operational_error_on_sqlite(memory: Any) -> None:
    with pytest.raises(OperationalError, match="no such table"):
        fetch("memory", "SELECT * FROM missing")


def test_an_integer_that_is_too_large_is_a_data_error(memory: Any) -> None:
    with pytest.raises(DataError):
        fetch("memory", "SELECT ?", (2**80,))


def test_a_lone_surrogate_is_a_data_error(memory: Any) -> None:
    with pytest.raises(DataError):
        fetch("memory", "SELECT ?", ("\ud800",))


def test_a_connection_is_back_on_the_shelf_after_an_error(memory: Any) -> None:
    with pytest.raises(OperationalError):
        fetch("memory", "SELECT broken(")

    assert len(memory.pool.shelf) == 1
    assert fetch("memory", "SELECT 1") == [(1,)]


def test_statements_are_logged_with_their_values_when_asked(memory: Any) -> None:
    memory.force_debug_cursor = True

    fetch("memory", "SELECT * FROM t WHERE name = ?", ("it's",))

    assert [entry["sql"] for entry in memory.queries] == ["SELECT * FROM t WHERE name = 'it''s'"]


def test_execute_wrappers_see_every_statement_of_their_block(memory: Any) -> None:
    seen: list[str] = []

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with memory.execute_wrapper(wrapper):
        fetch("memory", "SELECT 1")
        with memory.cursor() as cursor:
            cursor.execute("SELECT 2")
    fetch("memory", "SELECT 3")

    assert seen == ["SELECT 1", "SELECT 2"]


def test_cursors_take_percent_parameters_on_sqlite(memory: Any) -> None:
    with memory.cursor() as cursor:
        cursor.execute("SELECT %s, %s, '%%'", ["a", 1])
        row = cursor.fetchone()
        cursor.execute("SELECT %(x)s", {"x": 5})

        assert row == ("a", 1, "%")
        assert cursor.fetchall() == [(5,)]


def test_postgresql_runs_the_same_calls(postgresql: Any) -> None:
    rows = fetch("pg", "INSERT INTO fj_t (name) VALUES (%s) RETURNING id", ("a",))

    assert rows == [(1,)]
    with pytest.raises(IntegrityError):
        change("pg", "INSERT INTO fj_t (name) VALUES (%s)", ("a",))
    with pytest.raises(ProgrammingError):
        fetch("pg", "SELECT * FROM missing")
    with pytest.raises(DataError):
        fetch("pg", "SELECT %s", ("\x00",))


def test_a_prepared_statement_survives_a_change_of_the_schema(postgresql: Any) -> None:
    change("pg", "INSERT INTO fj_t (name) VALUES ('1')")
    for _ in range(8):
        fetch("pg", "SELECT name FROM fj_t WHERE id = %s", (1,))

    change("pg", "ALTER TABLE fj_t ALTER COLUMN name TYPE integer USING name::integer")

    assert fetch("pg", "SELECT name FROM fj_t WHERE id = %s", (1,)) == [(1,)]


def test_postgresql_streams_from_the_server_and_cleans_up_when_left_early(postgresql: Any) -> None:
    rows = stream("pg", "SELECT generate_series(1, 10)", (), 4)

    assert next(iter(rows)) == [(1,), (2,), (3,), (4,)]
    rows.close()  # type: ignore[attr-defined]  # a generator

    assert all(lease.raw.is_idle for lease in postgresql.pool.shelf)


def test_a_stream_whose_server_goes_away_before_its_end_fails_with_an_error_of_ours(postgresql: Any) -> None:
    rows = iter(stream("pg", "SELECT generate_series(1, 3), pg_backend_pid()", (), 10))
    (number, process), *_ = next(rows)
    (gone,) = fetch("pg", "SELECT pg_terminate_backend(%s::integer, 5000::bigint)", (process,))

    with pytest.raises(OperationalError):
        list(rows)

    assert (number, gone) == (1, (True,))
    assert fetch("pg", "SELECT 1", ()) == [(1,)]


def test_the_log_shows_what_a_wrapper_made_of_a_statement(memory: Any) -> None:
    memory.force_debug_cursor = True

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        return execute(f"/* mine */ {sql}", params, many, context)

    with memory.execute_wrapper(wrapper):
        fetch("memory", "SELECT ?", (1,))
        with memory.cursor() as cursor:
            cursor.execute("SELECT %s", [2])

    assert [entry["sql"] for entry in memory.queries] == ["/* mine */ SELECT 1", "/* mine */ SELECT 2"]
