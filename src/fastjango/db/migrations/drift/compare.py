"""The live tables beside their twins: what differs, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastjango.db import router
from fastjango.db.migrations.drift.facts import TableFacts, facts_of
from fastjango.db.migrations.drift.twin import twin_facts


@dataclass(frozen=True)
class Difference:
    """Something of the live database that is not as the applied migrations of an app say."""

    app_label: str
    table: str
    text: str

    def __str__(self) -> str:
        return f"{self.table}: {self.text}"


def drift(connection: Any, state: Any) -> list[Difference]:
    """
    Return how the live database differs from a state of the migrations.

    Args:
        state: The project's state after the applied migrations.
    """
    models = [model for model in state.apps.get_models() if _belongs(connection, model, state)]
    owners = {model._meta.db_table: model._meta.app_label for model in models}
    for model in models:
        for field in model._meta.local_many_to_many:
            if field.remote_field.through._meta.auto_created:
                owners[field.remote_field.through._meta.db_table] = model._meta.app_label
    tables = list(owners)
    live = facts_of(connection, tables)
    wanted = twin_facts(connection, models, tables)
    found: list[Difference] = []
    for table, app_label in owners.items():
        texts = _differences(live[table], wanted[table]) if table in live else ["the table is missing"]
        found += [Difference(app_label, table, text) for text in texts]
    return found


def _belongs(connection: Any, model: Any, state: Any) -> bool:
    return bool(
        model._meta.app_label not in state.real_apps
        and model._meta.can_migrate(connection)
        and router.allow_migrate_model(connection.alias, model)
    )


def _differences(live: TableFacts, wanted: TableFacts) -> Iterator[str]:
    for column, facts in wanted.columns.items():
        if column not in live.columns:
            yield f"column {column} is missing ({facts['type']})"
            continue
        for key, value in facts.items():
            other = live.columns[column][key]
            if other != value:
                yield f"column {column}: {key} is {other}, the migrations say {value}"
    for column in live.columns:
        if column not in wanted.columns:
            yield f"column {column} is unknown to the migrations"
    for text, name in wanted.parts.items():
        if text not in live.parts:
            yield f"{text} is missing ({name})"
    for text, name in live.parts.items():
        if text not in wanted.parts:
            yield f"{text} is unknown to the migrations ({name})"


__all__ = ["Difference", "drift"]
