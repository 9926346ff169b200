"""
One framework in a process of its own: `python -m tests.contract.differential.child`.

The environment says which (`DIFFERENTIAL_SIDE`) and where the database is (`DIFFERENTIAL_DATABASE`, as JSON). Reads programs from
standard input, one JSON line each, and answers each with one line. `--fill` makes the tables and the rows first, and ends.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Any

APP = "tests.contract.differential.world"


def configure(side: str) -> None:
    """Set the framework up with one database and the app of the models."""
    database = json.loads(os.environ["DIFFERENTIAL_DATABASE"])
    if (side, database["ENGINE"]) == ("django", "mysql"):
        # It stands in for mysqlclient, as FastJango's driver.
        import_module("pymysql").install_as_MySQLdb()
    database["ENGINE"] = f"{side}.db.backends.{database['ENGINE']}"
    import_module(f"{side}.conf").settings.configure(
        SECRET_KEY="tests-only",
        DATABASES={"default": database},
        INSTALLED_APPS=[f"{side}.contrib.contenttypes", APP],
        DEFAULT_AUTO_FIELD=f"{side}.db.models.BigAutoField",
        USE_TZ=True,
        TIME_ZONE="Europe/Vienna",
    )
    import_module(side).setup()
    models: Any = import_module(f"{side}.db.models")
    functions: Any = import_module(f"{side}.db.models.functions")
    for field in (models.CharField, models.TextField):
        for transform in (functions.Length, functions.Lower, functions.Upper):
            field.register_lookup(transform)


def fill(side: str) -> None:
    """Make the tables and the rows."""
    from tests.contract.differential.world import rows

    connection: Any = import_module(f"{side}.db").connection
    models: Any = import_module(f"{APP}.models")
    content_type: Any = import_module(f"{side}.contrib.contenttypes.models").ContentType
    registry: Any = import_module(f"{side}.apps").apps
    with connection.schema_editor() as editor:
        editor.create_model(content_type)
        for model in registry.get_app_config("world").get_models():
            if not model._meta.proxy:
                editor.create_model(model)
    kinds = {name: content_type.objects.get_for_model(getattr(models, name)) for name in ("Person", "Book")}
    for name, table in rows.rows().items():
        for row in table:
            if name == "Note":
                row = {**row, "kind": kinds[row["kind"]]}
            getattr(models, name)(**row).save(force_insert=True)
    links = rows.links()
    for first, second in links["friends"]:
        models.Person(pk=first).friends.add(models.Person(pk=second))
    for book, author in links["authors"]:
        models.Book(pk=book).authors.add(models.Author(pk=author))
    for person, other in links["spouse"]:
        models.Person.objects.filter(pk=person).update(spouse=other)
    if connection.vendor == "postgresql":
        reset_sequences(connection, registry)


def reset_sequences(connection: Any, registry: Any) -> None:
    """Let automatic keys go on behind the rows."""
    with connection.cursor() as cursor:
        for model in registry.get_app_config("world").get_models():
            key = model._meta.pk
            if "Auto" in type(key).__name__ and not model._meta.proxy:
                table = model._meta.db_table
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


def answers(side: str) -> Iterator[str]:
    """Yield one line for each program."""
    from tests.contract.differential.interpret import Interpreter

    interpreter = Interpreter(side)
    for line in sys.stdin:
        yield json.dumps(interpreter.run(json.loads(line)))
    other = {"django": "fastjango", "fastjango": "django"}[side]
    if any(name.partition(".")[0] == other for name in sys.modules):
        raise RuntimeError(f"{other} was imported beside {side}.")


def main() -> None:
    side = os.environ["DIFFERENTIAL_SIDE"]
    warnings.simplefilter("ignore")
    configure(side)
    if "--fill" in sys.argv:
        fill(side)
        return
    for line in answers(side):
        print(line, flush=True)


if __name__ == "__main__":
    main()
