"""
Random walks: models that change at random, migrations detected and written for each change, rows that must survive.

``Models`` is what a project's ``models.py`` would say and how it changes; ``Walk`` is the project: its migrations, its
database, its rows.
"""

from __future__ import annotations

import datetime
import decimal
import itertools
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.contract.migrations.walk_enums import ENUM_EDITS, EnumEdits

from fastjango.apps.registry import Apps
from fastjango.db import connections, migrations, models
from fastjango.db.migrations.autodetector import MigrationAutodetector
from fastjango.db.migrations.drift import drift
from fastjango.db.migrations.graph import MigrationGraph
from fastjango.db.migrations.optimizer import MigrationOptimizer
from fastjango.db.migrations.questioner import MigrationQuestioner
from fastjango.db.migrations.state import ModelState, ProjectState
from fastjango.db.migrations.writer import MigrationWriter

APP = "walk"
START = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)

# Kind: field class, arguments, the value of the n-th row.
KINDS: dict[str, Any] = {
    "char": (models.CharField, {"max_length": 40}, lambda n: f"c{n}"),
    "slug": (models.SlugField, {"max_length": 30}, lambda n: f"s-{n}"),
    "text": (models.TextField, {}, lambda n: f"text {n}"),
    "int": (models.IntegerField, {}, lambda n: n),
    "big": (models.BigIntegerField, {}, lambda n: n),
    "positive": (models.PositiveIntegerField, {}, lambda n: n),
    "bool": (models.BooleanField, {}, lambda n: n % 2 == 0),
    "decimal": (models.DecimalField, {"max_digits": 12, "decimal_places": 2}, lambda n: decimal.Decimal(n)),
    "float": (models.FloatField, {}, lambda n: n / 2),
    "date": (models.DateField, {}, lambda n: (START + datetime.timedelta(n)).date()),
    "moment": (models.DateTimeField, {}, lambda n: START + datetime.timedelta(n)),
    "uuid": (models.UUIDField, {}, lambda n: uuid.UUID(int=n)),
    "json": (models.JSONField, {}, lambda n: {"n": n}),
    "enum": (models.EnumField, {}, None),
}
PLAIN = sorted(set(KINDS) - {"enum"})
CHANGES = {
    "int": ["big", "decimal"],
    "char": ["text"],
    "slug": ["char"],
    "positive": ["int", "big"],
    "big": ["decimal"],
}
INDEXABLE = {"char", "slug", "int", "big", "positive", "decimal", "date", "moment", "uuid"}


@dataclass
class Field:
    """A field as ``models.py`` says it; ``distinct``: no two rows have the same value."""

    kind: str
    options: dict[str, Any] = field(default_factory=dict)
    distinct: bool = True

    def made(self) -> Any:
        if self.kind in ("fk", "one"):
            cls = models.ForeignKey if self.kind == "fk" else models.OneToOneField
            return cls(
                f"{APP}.{self.options['to']}", models.CASCADE, related_name="+", null=self.options.get("null", False)
            )
        if self.kind == "many":
            return models.ManyToManyField(f"{APP}.{self.options['to']}", related_name="+")
        cls, arguments, _ = KINDS[self.kind]
        return cls(**{**arguments, **self.options})


@dataclass
class Model:
    """A model as ``models.py`` says it."""

    fields: dict[str, Field]
    meta: dict[str, Any] = field(default_factory=dict)

    def names(self, *kinds: str) -> list[str]:
        return [name for name, one in self.fields.items() if one.kind in kinds]


class Models(EnumEdits):
    """All models, and the ways in which they change; every change keeps rows valid."""

    def __init__(self, seed: int, features: Any) -> None:
        super().__init__()
        self.random = random.Random(seed)
        self.features = features
        self.models: dict[str, Model] = {}
        self.numbers = itertools.count(1)
        self.renamed_model: tuple[str, str] | None = None
        self.renamed_field: tuple[str, str, str] | None = None

    def state(self) -> Any:
        apps = Apps()
        found = {}
        for name, model in self.models.items():
            meta = type("Meta", (), {"app_label": APP, "apps": apps, **model.meta})
            body = {field_name: one.made() for field_name, one in model.fields.items()}
            members = {"id": models.BigAutoField(primary_key=True), **body, "Meta": meta, "__module__": __name__}
            found[APP, name.lower()] = ModelState.from_model(type(name, (models.Model,), members))
        return ProjectState(models=found)

    def change(self) -> str:
        """Make one random change and return its name."""
        self.renamed_model = self.renamed_field = None
        self.changed_values, self.renamed_values = {}, {}
        while True:
            name = self.random.choice(EDITS)
            if len(self.models) < 2:
                name = "add_model"
            if getattr(self, name)():
                return name

    def _model(self) -> tuple[str, Model]:
        return self.random.choice(sorted(self.models.items(), key=lambda pair: pair[0]))

    def _new_field(self, *, distinct: bool) -> Field:
        kind = self.random.choice(PLAIN)
        options: dict[str, Any] = {}
        if self.random.random() < 0.3:
            options["null"] = True
        if kind in INDEXABLE and self.random.random() < 0.2:
            options["db_index"] = True
        return Field(kind, options, distinct and kind in INDEXABLE)

    def _new_enum(self, values: list[str], name: str) -> Field:
        return Field("enum", {"values": values, "type_name": name}, distinct=False)

    def _pick(self, *kinds: str) -> tuple[str, Model, str] | None:
        name, model = self._model()
        names = sorted(model.names(*kinds))
        return (name, model, self.random.choice(names)) if names else None

    def _used(self, model: Model, name: str) -> bool:
        """Return whether an option names a field: those go first."""
        meta = model.meta
        groups = [
            *meta.get("unique_together", ()),
            *[[part.lstrip("-") for part in index.fields] for index in meta.get("indexes", ())],
        ]
        checked = [
            constraint.name for constraint in meta.get("constraints", ()) if constraint.name.endswith(f"_{name}")
        ]
        return bool(checked) or any(name in group for group in groups) or name == meta.get("order_with_respect_to")

    # ------------------------------------------------------------ models

    def add_model(self) -> bool:
        if len(self.models) >= 6:
            return False
        name = f"Model{next(self.numbers)}"
        fields = {f"f{next(self.numbers)}": self._new_field(distinct=True) for _ in range(self.random.randint(1, 3))}
        if self.models and self.random.random() < 0.5:
            fields[f"f{next(self.numbers)}"] = Field("fk", {"to": self._model()[0], "null": self.random.random() < 0.5})
        self.models[name] = Model(fields)
        return True

    def remove_model(self) -> bool:
        name, _ = self._model()
        if any(
            one.options.get("to") == name
            for other, m in self.models.items()
            for one in m.fields.values()
            if other != name
        ):
            return False
        del self.models[name]
        return True

    def rename_model(self) -> bool:
        name, _ = self._model()
        new = f"Model{next(self.numbers)}"
        self.models = {new if key == name else key: value for key, value in self.models.items()}
        for other in self.models.values():
            for one in other.fields.values():
                if one.options.get("to") == name:
                    one.options = {**one.options, "to": new}
        self.renamed_model = (name, new)
        return True

    def change_table(self) -> bool:
        _, model = self._model()
        model.meta["db_table"] = f"walk_t{next(self.numbers)}"
        return True

    def change_words(self) -> bool:
        _, model = self._model()
        model.meta["verbose_name"] = f"word {next(self.numbers)}"
        model.meta["ordering"] = ["-pk"]
        return True

    # ------------------------------------------------------------ fields

    def add_field(self) -> bool:
        _, model = self._model()
        one = self._new_field(distinct=False)
        if not one.options.get("null"):
            one.options["default"] = KINDS[one.kind][2](7) if one.kind != "json" else dict
            if self.random.random() < 0.3 and one.kind in ("int", "big", "positive"):
                one.options["db_default"] = 7
        model.fields[f"f{next(self.numbers)}"] = one
        return True

    def add_relation(self) -> bool:
        _, model = self._model()
        kind = self.random.choice(["fk", "many", "one"])
        model.fields[f"f{next(self.numbers)}"] = Field(kind, {"to": self._model()[0], "null": kind != "many"})
        return True

    def remove_field(self) -> bool:
        found = self._pick(*KINDS, "fk", "many", "one")
        if not found or len(found[1].fields) < 2 or self._used(found[1], found[2]):
            return False
        del found[1].fields[found[2]]
        return True

    def rename_field(self) -> bool:
        found = self._pick(*KINDS, "fk", "many", "one")
        if not found or self._used(found[1], found[2]):
            return False
        name, model, old = found
        new = f"f{next(self.numbers)}"
        model.fields = {new if key == old else key: value for key, value in model.fields.items()}
        self.renamed_field = (name, old, new)
        return True

    def change_type(self) -> bool:
        found = self._pick(*CHANGES)
        if not found:
            return False
        one = found[1].fields[found[2]]
        kind = self.random.choice(CHANGES[one.kind])
        if kind not in INDEXABLE and (
            one.options.get("unique") or one.options.get("db_index") or self._used(found[1], found[2])
        ):
            return False
        one.options = {key: value for key, value in one.options.items() if key != "max_length"}
        one.kind = kind
        return True

    def change_length(self) -> bool:
        found = self._pick("char")
        if not found:
            return False
        one = found[1].fields[found[2]]
        one.options = {**one.options, "max_length": self.random.choice([40, 60, 80])}
        return True

    def change_null(self) -> bool:
        found = self._pick(*PLAIN)
        if not found:
            return False
        one = found[1].fields[found[2]]
        null = not one.options.get("null", False)
        one.options = {**one.options, "null": null}
        if not null:
            one.distinct = False
            if one.options.get("unique") or self._used(found[1], found[2]):
                one.options["null"] = True
                return False
            one.options["default"] = KINDS[one.kind][2](9) if one.kind != "json" else dict
        return True

    def change_index(self) -> bool:
        found = self._pick(*INDEXABLE)
        if not found:
            return False
        one = found[1].fields[found[2]]
        one.options = {**one.options, "db_index": not one.options.get("db_index", False)}
        return True

    def change_unique(self) -> bool:
        found = self._pick(*INDEXABLE)
        if not found or not found[1].fields[found[2]].distinct:
            return False
        one = found[1].fields[found[2]]
        one.options = {**one.options, "unique": not one.options.get("unique", False)}
        return True

    # ------------------------------------------------------------ options

    def change_together(self) -> bool:
        found = self._pick(*INDEXABLE)
        if not found:
            return False
        _, model, name = found
        others = [other for other in sorted(model.names(*INDEXABLE)) if other != name and model.fields[other].distinct]
        groups = set(model.meta.get("unique_together", ()))
        if groups:
            groups.pop()
        elif others:
            groups = {(name, others[0])}
        model.meta["unique_together"] = groups
        return True

    def change_named_index(self) -> bool:
        found = self._pick(*INDEXABLE)
        if not found:
            return False
        indexes = list(found[1].meta.get("indexes", ()))
        if indexes and self.random.random() < 0.5:
            indexes.pop()
        else:
            sign = self.random.choice(["", "-"])
            indexes.append(models.Index(fields=[sign + found[2]], name=f"i{next(self.numbers)}"))
        found[1].meta["indexes"] = indexes
        return True

    def rename_index(self) -> bool:
        _, model = self._model()
        indexes = list(model.meta.get("indexes", ()))
        if not indexes:
            return False
        indexes[0] = models.Index(fields=indexes[0].fields, name=f"i{next(self.numbers)}")
        model.meta["indexes"] = indexes
        return True

    def change_constraint(self) -> bool:
        found = self._pick("int", "big", "positive")
        if not found:
            return False
        constraints = list(found[1].meta.get("constraints", ()))
        if constraints:
            constraints.pop()
        else:
            condition = models.Q((f"{found[2]}__lt", 1_000_000))
            constraints.append(models.CheckConstraint(condition=condition, name=f"c{next(self.numbers)}_{found[2]}"))
        found[1].meta["constraints"] = constraints
        return True


EDITS = [
    "add_field", "add_field", "add_model", "add_relation", "add_relation", "change_constraint", "change_index", "change_length",
    "change_named_index", "change_null", "change_null", "change_table", "change_together", "change_type", "change_unique",
    "change_words", *ENUM_EDITS, "remove_field", "remove_field", "remove_model", "rename_field", "rename_index", "rename_model",
]  # fmt: skip


class Answers(MigrationQuestioner):
    """Says yes to the renames that were made, and no to all others."""

    def __init__(self, changed: Models) -> None:
        super().__init__(specified_apps={APP})
        self.changed = changed

    def ask_rename(self, model_name: str, old_name: str, new_name: str, field_instance: Any) -> bool:
        return self.changed.renamed_field is not None and self.changed.renamed_field[1:] == (old_name, new_name)

    def ask_rename_model(self, old_model_state: Any, new_model_state: Any) -> bool:
        return self.changed.renamed_model == (old_model_state.name, new_model_state.name)

    def ask_removed_value(self, model_name: str, field_name: str, value: str, *rest: Any) -> tuple[str, Any] | None:
        for name, mapping in self.changed.changed_values.items():
            if value in mapping:
                return "renamed" if mapping == self.changed.renamed_values.get(name) else "replaced", mapping[value]
        return None


class Walk:
    """A project on its way."""

    def __init__(self, seed: int, alias: str) -> None:
        self.alias = alias
        self.connection: Any = connections[alias]
        self.models = Models(seed, self.connection.features)
        self.states = [ProjectState()]
        self.migrations: list[Any] = []
        self.counter = itertools.count(1)
        self.log: list[str] = []

    @property
    def state(self) -> Any:
        return self.states[-1]

    def step(self) -> None:
        """Change the models, detect, write, read, apply; then look at rows and tables."""
        self.log.append(self.models.change())
        before = self.rows(self.state)
        made = self.detect()
        for migration in made:
            self.apply(migration)
        self.compare_rows(before, self.rows(self.state))
        self.look_at_tables(self.state)
        assert self.detect() == [], "the written migrations do not say what the models say"
        self.fill()

    def detect(self) -> list[Any]:
        """Return the migrations that lead to the models, each written as a file and read again."""
        detector = MigrationAutodetector(self.state, self.models.state(), Answers(self.models))
        changes = detector.changes(graph=MigrationGraph())
        return [self.reread(migration) for migration in changes.get(APP, [])]

    def reread(self, migration: Any) -> Any:
        text = MigrationWriter(migration).as_string()
        namespace: dict[str, Any] = {}
        exec(compile(text, "migration", "exec"), namespace)
        self.log.append(", ".join(operation.describe() for operation in migration.operations))
        return namespace["Migration"](f"{len(self.migrations) + 1:04}", APP)

    def apply(self, migration: Any) -> None:
        with self.connection.schema_editor(atomic=migration.atomic) as editor:
            after = migration.apply(self.state.clone(), editor)
        self.migrations.append(migration)
        # Classes are made anew from the values, as another process would.
        self.states.append(ProjectState(models=after.models))

    def to_zero(self) -> None:
        for migration, before in reversed(list(zip(self.migrations, self.states, strict=False))):
            with self.connection.schema_editor(atomic=migration.atomic) as editor:
                migration.unapply(before.clone(), editor)

    def forward_again(self) -> None:
        state = ProjectState()
        for migration in self.migrations:
            with self.connection.schema_editor(atomic=migration.atomic) as editor:
                state = migration.apply(state, editor)
        self.look_at_tables(ProjectState(models=state.models))

    def look_at_tables(self, state: Any) -> None:
        """The tables must be as those that are made from scratch."""
        different = "; ".join(map(str, drift(self.connection, state)))
        assert not different, different

    def types(self) -> set[str]:
        """Return the enum types of the database."""
        if self.connection.vendor != "postgresql":
            return set()
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT typname FROM pg_type WHERE typtype = 'e'")
            return {name for (name,) in cursor.fetchall()}

    # ------------------------------------------------------------ rows

    def empty(self) -> None:
        for cls in self.state.apps.get_models():
            cls.objects.using(self.alias).all().delete()

    def fill(self) -> None:
        """Give every model two rows more."""
        for _ in range(2):
            for name, model in self.models.models.items():
                self.insert(name, model)

    def insert(self, name: str, model: Model) -> Any:
        cls = self.state.apps.get_model(APP, name)
        number = next(self.counter)
        values: dict[str, Any] = {}
        for field_name, one in model.fields.items():
            if one.kind == "many":
                continue
            if one.kind in ("fk", "one"):
                target = (
                    self.state.apps.get_model(APP, one.options["to"]).objects.using(self.alias).order_by("-pk").first()
                )
                if target is None or (one.kind == "one" and one.options["null"]):
                    if not one.options.get("null"):
                        return None
                    continue
                values[field_name] = target
            else:
                words = one.options.get("values")
                values[field_name] = words[number % len(words)] if words else KINDS[one.kind][2](number)
        row = cls.objects.using(self.alias).create(**values)
        for field_name in model.names("many"):
            getattr(row, field_name).add(
                *self.state.apps.get_model(APP, model.fields[field_name].options["to"]).objects.using(self.alias)[:1]
            )
        return row

    def rows(self, state: Any) -> dict[str, dict[Any, dict[str, Any]]]:
        """Return ``{model: {pk: {field: value}}}``; the other side of many-to-many as a set."""
        found: dict[str, dict[Any, dict[str, Any]]] = {}
        for cls in state.apps.get_models():
            rows = {
                row["pk"]: row
                for row in cls.objects.using(self.alias)
                .order_by("pk")
                .values("pk", *[f.name for f in cls._meta.local_fields])
            }
            for many in cls._meta.local_many_to_many:
                through = many.remote_field.through
                pairs = through.objects.using(self.alias).values_list(
                    many.m2m_field_name(), many.m2m_reverse_field_name()
                )
                for pk, row in rows.items():
                    row[many.name] = {target for source, target in pairs if source == pk}
            found[cls.__name__] = rows
        return found

    def compare_rows(self, before: Any, after: Any) -> None:
        """Every row is there, and every field that is still the same one has its value."""
        renamed: dict[str, str] = {}
        if self.models.renamed_model:
            old, new_name = self.models.renamed_model
            renamed[old] = new_name
        for name, rows in before.items():
            now = str(renamed.get(name, name))
            if now not in after:
                continue
            assert set(after[now]) == set(rows), f"rows of {name} were lost"
            fields = self.models.models[now].fields
            for pk, row in rows.items():
                for key, value in row.items():
                    new = self._new_name(now, key)
                    if new in fields and value is not None:
                        words = self.models.changed_values.get(fields[new].options.get("type_name", ""), {})
                        expected = words.get(value, value) if words else value
                        assert after[now][pk][new] == expected, f"{name}.{key} of {pk} changed"

    def _new_name(self, model: str, key: str) -> str:
        renamed = self.models.renamed_field
        return renamed[2] if renamed and renamed[:2] == (model, key) else key


def walk(seed: int, alias: str, steps: int) -> None:
    """Go *steps* random steps, back to nothing, and forward again."""
    one = Walk(seed, alias)
    try:
        for _ in range(steps):
            one.step()
        # On the way back a column that may not be empty has no values for rows that are there.
        one.empty()
        one.to_zero()
        left = {table for table in one.connection.introspection.table_names() if table.startswith("walk_")}
        assert left | one.types() == set(), f"left behind: {left | one.types()}"
        one.forward_again()
        one.to_zero()
    except Exception as exc:
        exc.add_note(f"seed {seed}, {one.connection.vendor}:\n" + "\n".join(one.log))
        raise


def squashed_walk(seed: int, alias: str, steps: int) -> int:
    """Squash the migrations of a walk into one, apply that, and return how many operations became how many fewer."""
    one = Walk(seed, alias)
    try:
        while len(one.migrations) < steps:
            one.models.change()
            for migration in one.detect():
                one.migrations.append(migration)
                one.states.append(migration.mutate_state(one.state))
        operations = [operation for migration in one.migrations for operation in migration.operations]
        squashed = type(
            "Migration", (migrations.Migration,), {"operations": MigrationOptimizer().optimize(operations, APP)}
        )
        made = one.reread(squashed("0001_squashed", APP))
        with one.connection.schema_editor() as editor:
            made.apply(ProjectState(), editor)
        one.look_at_tables(one.state)
        assert len(made.operations) < len(operations)
    except Exception as exc:
        exc.add_note(f"seed {seed}, {one.connection.vendor}:\n" + "\n".join(one.log))
        raise
    return len(operations) - len(made.operations)


__all__ = ["Walk", "migrations", "squashed_walk", "walk"]
