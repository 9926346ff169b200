"""Random edits of enums: types that fields share, values that are added, renamed, replaced and moved."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING, Any

from fastjango.db import models

if TYPE_CHECKING:
    from tests.contract.migrations.walks import Field, Model


class EnumEdits:
    """The enum part of ``Models``."""

    random: random.Random
    models: dict[str, Model]
    numbers: itertools.count[int]

    def __init__(self) -> None:
        # What the last change did to values, by type: {old: new}.
        self.changed_values: dict[str, dict[str, str]] = {}
        self.renamed_values: dict[str, dict[str, str]] = {}

    def _model(self) -> tuple[str, Model]:
        raise NotImplementedError

    def _new_enum(self, values: list[str], name: str) -> Field:
        raise NotImplementedError

    def _enum_fields(self) -> list[tuple[Model, str, Field]]:
        return [
            (model, name, one)
            for model in self.models.values()
            for name, one in model.fields.items()
            if one.kind == "enum"
        ]

    def add_enum(self) -> bool:
        """Add a field of a new type, or of one that others have."""
        _, model = self._model()
        known = self._enum_fields()
        if known and self.random.random() < 0.5:
            other = self.random.choice(known)[2].options
            values, name = list(other["values"]), other["type_name"]
        else:
            name = f"walk_e{next(self.numbers)}"
            values = [f"v{next(self.numbers)}" for _ in range(self.random.randint(2, 4))]
        one = self._new_enum(values, name)
        how = self.random.choice(["null", "default", "db_default"])
        one.options[how] = True if how == "null" else values[0]
        if self.random.random() < 0.3:
            one.options["db_index"] = True
        model.fields[f"f{next(self.numbers)}"] = one
        return True

    def change_values(self) -> bool:
        """Add, rename, replace or move a value of one type, in all fields that have it."""
        known = self._enum_fields()
        if not known:
            return False
        chosen = self.random.choice(known)[2].options
        name, values = chosen["type_name"], list(chosen["values"])
        how = self.random.choice(["add", "add", "rename", "remove", "move"])
        place = self.random.randrange(len(values))
        mapping: dict[str, str] = {}
        if how == "add":
            values.insert(self.random.randint(0, len(values)), f"v{next(self.numbers)}")
        elif how == "rename":
            mapping = {values[place]: f"v{next(self.numbers)}"}
            self.renamed_values[name] = mapping
            values[place] = mapping[values[place]]
        elif how == "move" or len(values) < 3:
            values.append(values.pop(place))
        else:
            gone = values.pop(place)
            mapping = {gone: values[0]}
        self.changed_values[name] = mapping
        for model, field_name, one in known:
            if one.options["type_name"] == name:
                self._follow(model, field_name, one, values, mapping)
        return True

    def _follow(self, model: Model, name: str, one: Field, values: list[str], mapping: dict[str, str]) -> None:
        one.options = {**one.options, "values": values}
        for option in ("default", "db_default"):
            if option in one.options:
                one.options[option] = mapping.get(one.options[option], one.options[option])
        if self.random.random() < 0.3 and "db_default" in one.options:
            # One that may be new.
            one.options["db_default"] = self.random.choice(values)
        if any(constraint.name.endswith(f"_{name}") for constraint in model.meta.get("constraints", ())):
            model.meta["constraints"] = [self._check(name, values)]

    def _check(self, name: str, values: list[str]) -> Any:
        condition = models.Q((f"{name}__in", values)) | models.Q((f"{name}__isnull", True))
        return models.CheckConstraint(condition=condition, name=f"c{next(self.numbers)}_{name}")

    def change_enum_check(self) -> bool:
        """Add a check that names the values, or take it away."""
        known = [
            (model, name, one) for model, name, one in self._enum_fields() if len(model.meta.get("constraints", ())) < 1
        ]
        if not known:
            return False
        model, name, one = self.random.choice(known)
        model.meta["constraints"] = [self._check(name, one.options["values"])]
        return True

    def enum_to_text(self) -> bool:
        """Make an ordinary text of an enum."""
        known = [(model, name, one) for model, name, one in self._enum_fields() if not model.meta.get("constraints")]
        if not known:
            return False
        _, _, one = self.random.choice(known)
        for option in ("values", "type_name"):
            one.options.pop(option)
        one.kind = "char"
        return True


ENUM_EDITS = [
    "add_enum",
    "add_enum",
    "change_enum_check",
    "change_values",
    "change_values",
    "change_values",
    "enum_to_text",
]
