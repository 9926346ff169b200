"""
What the table of a guest has beside its columns: indexes, constraints, keys of several columns, and the tables between two guests.

Used by ``guests.py``; migrations make them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import RelationshipProperty

from fastjango.apps import apps
from fastjango.db import models
from fastjango.db.models.declare import ModelBase
from fastjango.db.models.expressions import RawSQL
from fastjango.db.models.faces.guest_fields import field_of


def table_options(table: sa.Table, names: dict[Any, str]) -> dict[str, Any]:
    """Return the options of ``Meta`` for the indexes and constraints of a table; *names* are those of its fields."""
    indexes = [
        _index(index, names)
        for index in sorted(table.indexes, key=lambda index: str(index.name))
        if not index.unique and not _is_of_its_column(index)
    ]
    constraints: list[Any] = [
        models.UniqueConstraint(fields=[names[column] for column in index.columns], name=str(index.name))
        for index in sorted(table.indexes, key=lambda index: str(index.name))
        if index.unique and not _is_of_its_column(index) and all(column in names for column in index.expressions)
    ]
    together = []
    for number, constraint in enumerate(sorted(table.constraints, key=lambda one: str(one.name)), 1):
        if isinstance(constraint, sa.UniqueConstraint) and not _is_of_its_column(constraint):
            fields = [names[column] for column in constraint.columns]
            if constraint.name:
                constraints.append(models.UniqueConstraint(fields=fields, name=str(constraint.name)))
            else:
                together.append(tuple(fields))
        elif isinstance(constraint, sa.CheckConstraint) and not _is_of_a_type(constraint):
            constraints.append(_check(constraint, str(constraint.name or f"{table.name}_check{number}")))
    return {"indexes": indexes, "constraints": constraints, "unique_together": together}


def _is_of_its_column(found: Any) -> bool:
    """Whether an index or a constraint is what ``index=True`` or ``unique=True`` of a column makes."""
    columns = list(found.columns)
    if len(columns) != 1:
        return False
    return bool(columns[0].index or columns[0].unique)


def _is_of_a_type(constraint: sa.CheckConstraint) -> bool:
    """Whether a boolean or an enum has brought the check: the field has its own."""
    return bool(getattr(constraint, "_type_bound", False))


def _text(expression: Any) -> str:
    """Return an expression of SQLAlchemy as text, with its values and without names of tables."""
    compiled = expression.compile(compile_kwargs={"literal_binds": True, "include_table": False})
    return str(compiled)


def _index(index: sa.Index, names: dict[Any, str]) -> models.Index:
    if all(column in names for column in index.expressions):
        return models.Index(fields=[names[column] for column in index.expressions], name=str(index.name))
    parts = [RawSQL(_text(part), ()) for part in index.expressions]
    return models.Index(*parts, name=str(index.name))


class TableCheck(models.CheckConstraint):
    """A condition that only the database can judge, as it is written in SQL; migrations see a ``CheckConstraint``."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Leave it to the database."""

    def _check(self, model: Any, connection: Any) -> list[Any]:
        # Nobody can do anything about W045 here.
        return [message for message in super()._check(model, connection) if message.id != "models.W045"]

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return what builds the plain constraint."""
        _, args, keywords = super().deconstruct()
        return "fastjango.db.models.CheckConstraint", args, keywords


def _check(constraint: sa.CheckConstraint, name: str) -> models.CheckConstraint:
    condition: Any = RawSQL(_text(constraint.sqltext), (), models.BooleanField())
    return TableCheck(condition=condition, name=name)


def wide_keys(table: sa.Table, names: dict[Any, str], guests: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """
    Yield name and field of each foreign key over several columns.

    Args:
        guests: ``{table: "app.Model"}`` of guests whose twins are made later.
    """
    for constraint in sorted(table.foreign_key_constraints, key=lambda one: sorted(one.column_keys)):
        if len(constraint.elements) < 2:
            continue
        other = constraint.elements[0]._get_colspec().rsplit(".", 1)[0]
        target = "self" if other == table.fullname else _model_of(other, guests)
        if target is None:
            continue
        said = (constraint.ondelete or "").upper()
        on_delete: Any = {"CASCADE": models.CASCADE, "SET NULL": models.SET_NULL}.get(said, models.PROTECT)
        targets = [element._get_colspec().rsplit(".", 1)[1] for element in constraint.elements]
        own = [names[element.parent] for element in constraint.elements]
        name = str(target).rsplit(".", 1)[-1] if isinstance(target, str) else target.__name__
        name = "parent" if name == "self" else name.lower()
        while name in names.values():
            name += "_key"
        key: Any = models.CompositeForeignKey(
            target, on_delete, from_fields=own, to_fields=targets, related_name=f"{table.name}_{name}_set"
        )
        yield name, key


def _model_of(table: str, guests: dict[str, str]) -> Any:
    if table in guests:
        return guests[table]
    for model in apps.get_models(include_auto_created=True) if apps.models_ready else _known():
        if model._meta.db_table == table and not model._meta.proxy:
            return model
    return None


def _known() -> Iterator[Any]:
    for found in apps.all_models.values():
        yield from found.values()


def make_tables_between(cls: Any, mapper: Any, label: str) -> None:
    """Make models of the tables that relationships of a guest name as ``secondary``, those that nobody has made."""
    for prop in mapper._props.values():
        table = _between(prop)
        if table is None or _model_of(table.fullname, {}) is not None:
            continue
        if any(_model_of(_target(column), {}) is None for column in table.columns if column.foreign_keys):
            # The other side is still to come; it makes the table.
            continue
        names = {column: str(column.key) for column in table.columns}
        body: dict[str, Any] = {"__module__": cls.__module__, "is_between": True}
        keys = list(table.primary_key.columns)
        for column in table.columns:
            target = _model_of(_target(column), {}) if column.foreign_keys else None
            field = field_of(cls, column, names[column], alone=len(keys) == 1, target=target)
            if target is not None:
                field.remote_field.related_name = field._related_name = "+"
                names[column] = names[column].removesuffix("_id")
            body[names[column]] = field
        if len(keys) > 1:
            body["pk"] = models.CompositePrimaryKey(*(names[column] for column in keys))
        options = {"app_label": label, "db_table": table.fullname, **table_options(table, names)}
        body["Meta"] = type("Meta", (), options)
        ModelBase("".join(part.title() for part in table.name.split("_")), (models.Model,), body)


def relate_to_many(twin: Any, mapper: Any) -> None:
    """
    Give *twin* a many-to-many field for each relationship over a table between two others.

    The other side of a field that is there already, and tables that lead back to where they come from, are left to sessions.
    """
    for name, prop in list(mapper._props.items()):
        table = _between(prop)
        if table is None or prop.parent is not mapper or prop.viewonly or name in vars(twin):
            continue
        through = _model_of(table.fullname, {})
        keys = [field for field in through._meta.concrete_fields if field.remote_field] if through is not None else []
        own = [field for field in keys if field.remote_field.model._meta.concrete_model is twin._meta.concrete_model]
        others = [field for field in keys if field not in own]
        if len(own) != 1 or len(others) != 1:
            continue
        target = others[0].remote_field.model
        if prop.back_populates and keys[0] is not own[0] and "guest" in vars(target):
            # As with Django, the first key of the table is that of the side with the field.
            continue
        field: Any = models.ManyToManyField(
            target,
            through=through,
            through_fields=(own[0].name, others[0].name),
            related_name=back_of(prop) or "+",
            blank=True,
        )
        twin.add_to_class(name, field)


def back_of(prop: Any) -> str | None:
    """Return what a relationship is called at the other side."""
    if prop.back_populates:
        return str(prop.back_populates)
    backref = prop.backref
    if backref is None:
        return None
    return str(backref[0] if isinstance(backref, tuple) else backref)


def _between(prop: Any) -> sa.Table | None:
    """Return the table between of a relationship; None where it has none, or names it by a text."""
    if not isinstance(prop, RelationshipProperty):
        return None
    found: Any = prop._init_args.secondary.argument
    if callable(found) and not isinstance(found, sa.Table):
        found = found()
    if isinstance(found, str):
        table: Any = prop.parent.local_table
        found = table.metadata.tables.get(found)
    return found if isinstance(found, sa.Table) else None


def _target(column: sa.Column[Any]) -> str:
    return next(key._get_colspec().rsplit(".", 1)[0] for key in column.foreign_keys)


__all__ = ["back_of", "make_tables_between", "relate_to_many", "table_options", "wide_keys"]
