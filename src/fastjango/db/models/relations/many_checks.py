"""What ``check`` says about many-to-many fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.conf import settings
from fastjango.core import checks, exceptions
from fastjango.db.models.fields.composite import CompositePrimaryKey
from fastjango.db.models.relations.pending import RECURSIVE_RELATIONSHIP_CONSTANT, resolve_relation

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage


class ManyToManyChecks:
    """The ``check`` half of ``ManyToManyField``."""

    if TYPE_CHECKING:
        model: Any
        name: Any
        opts: Any
        unique: bool
        remote_field: Any
        related_model: Any
        has_null_arg: bool
        db_comment: Any
        _validators: Any
        _limit_choices_to: Any
        m2m_db_table: Any

        @property
        def choices(self) -> Any: ...

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field, its options and its table."""
        return [
            *super().check(**kwargs),  # type: ignore[misc]
            *self._check_unique(**kwargs),
            *self._check_relationship_model(**kwargs),
            *self._check_ignored_options(**kwargs),
            *self._check_table_uniqueness(**kwargs),
        ]

    def _check_unique(self, **kwargs: Any) -> list[CheckMessage]:
        if not self.unique:
            return []
        return [checks.Error("ManyToManyFields cannot be unique.", obj=self, id="fields.E330")]

    def _check_ignored_options(self, **kwargs: Any) -> list[CheckMessage]:
        found: list[CheckMessage] = []

        def warn(message: str, number: str) -> None:
            found.append(checks.Warning(message, obj=self, id=f"fields.{number}"))

        if self.has_null_arg:
            warn("null has no effect on ManyToManyField.", "W340")
        if self._validators:
            warn("ManyToManyField does not support validators.", "W341")
        if self.remote_field.symmetrical and getattr(self, "_related_name", None):
            warn(
                'related_name has no effect on ManyToManyField with a symmetrical relationship, e.g. to "self".',
                "W345",
            )
        if self.db_comment:
            warn("db_comment has no effect on ManyToManyField.", "W346")
        if self._limit_choices_to and self.remote_field.through and not _is_made(self.remote_field.through):
            warn("limit_choices_to has no effect on ManyToManyField with a through model.", "W343")
        return found

    def _check_relationship_model(self, from_model: Any = None, **kwargs: Any) -> list[CheckMessage]:
        through = self.remote_field.through
        qualified = through if isinstance(through, str) else (f"{through._meta.app_label}.{through.__name__}")
        if through not in self.opts.apps.get_models(include_auto_created=True):
            message = (
                f"Field specifies a many-to-many relation through model '{qualified}', which has not been installed."
            )
            return [checks.Error(message, obj=self, id="fields.E331")]
        assert from_model is not None, (
            "ManyToManyField with intermediate tables cannot be checked if you don't pass the model where the field is attached to."
        )
        to_model: Any = resolve_relation(from_model, self.remote_field.model)
        target_name = to_model if isinstance(to_model, str) else to_model._meta.object_name
        relationship_name = getattr(through, "_meta").object_name
        found: list[CheckMessage] = []
        self_referential = from_model == to_model
        found.extend(
            self._check_ambiguous(through, from_model, to_model, target_name, relationship_name, self_referential)
        )
        found.extend(self._check_through_fields(through, from_model, to_model, target_name))
        for model in (from_model, to_model):
            if not isinstance(model, str) and isinstance(model._meta.pk, CompositePrimaryKey):
                message = f"Field defines a relation involving model {model._meta.object_name!r} which has a CompositePrimaryKey and such relations are not supported."
                found.append(checks.Error(message, obj=self, id="fields.E347"))
                if self_referential:
                    break
        return found

    def _check_ambiguous(
        self,
        through: Any,
        from_model: Any,
        to_model: Any,
        target_name: str,
        relationship_name: str,
        self_referential: bool,
    ) -> list[CheckMessage]:
        def count(model: Any) -> int:
            return sum(1 for field in through._meta.fields if model == getattr(field.remote_field, "model", None))

        remote = self.remote_field
        found: list[CheckMessage] = []
        used_as = f"The model is used as an intermediate model by '{self}', but it has "
        if self_referential:
            if count(from_model) > 2 and not remote.through_fields:
                found.append(
                    checks.Error(
                        f"{used_as}more than two foreign keys to '{from_model._meta.object_name}', which is ambiguous. You must specify which two foreign keys Django should use via the through_fields keyword argument.",
                        hint="Use through_fields to specify which two foreign keys Django should use.",
                        obj=through,
                        id="fields.E333",
                    )
                )
            return found
        from_name = from_model._meta.object_name
        recursive_hint = f'If you want to create a recursive relationship, use ManyToManyField("{RECURSIVE_RELATIONSHIP_CONSTANT}", through="{relationship_name}").'
        from_count, to_count = count(from_model), count(to_model)
        if from_count > 1 and not remote.through_fields:
            found.append(
                checks.Error(
                    f"{used_as}more than one foreign key from '{from_name}', which is ambiguous. You must specify which foreign key Django should use via the through_fields keyword argument.",
                    hint=recursive_hint,
                    obj=self,
                    id="fields.E334",
                )
            )
        if to_count > 1 and not remote.through_fields:
            found.append(
                checks.Error(
                    f"{used_as}more than one foreign key to '{target_name}', which is ambiguous. You must specify which foreign key Django should use via the through_fields keyword argument.",
                    hint=recursive_hint,
                    obj=self,
                    id="fields.E335",
                )
            )
        if from_count == 0 or to_count == 0:
            found.append(
                checks.Error(
                    f"The model is used as an intermediate model by '{self}', but it does not have a foreign key to '{from_name}' or '{target_name}'.",
                    obj=through,
                    id="fields.E336",
                )
            )
        return found

    def _check_through_fields(
        self, through: Any, from_model: Any, to_model: Any, target_name: str
    ) -> list[CheckMessage]:
        names = self.remote_field.through_fields
        if names is None:
            return []
        if not (len(names) >= 2 and names[0] and names[1]):
            return [
                checks.Error(
                    "Field specifies 'through_fields' but does not provide the names of the two link fields that should be used for the relation through model '%s.%s'."
                    % (through._meta.app_label, through.__name__),
                    hint="Make sure you specify 'through_fields' as through_fields=('field1', 'field2')",
                    obj=self,
                    id="fields.E337",
                )
            ]
        found: list[CheckMessage] = []
        label = through._meta.object_name
        for name, model in ((names[0], from_model), (names[1], to_model)):
            possible = [
                field.name
                for field in through._meta.fields
                if hasattr(field, "remote_field") and getattr(field.remote_field, "model", None) == model
            ]
            hint = (
                "Did you mean one of the following foreign keys to '{}': {}?".format(
                    model if isinstance(model, str) else model._meta.object_name,
                    ", ".join(possible),
                )
                if possible
                else None
            )
            try:
                field = through._meta.get_field(name)
            except exceptions.FieldDoesNotExist:
                found.append(
                    checks.Error(
                        f"The intermediary model '{through._meta.label}' has no field '{name}'.",
                        hint=hint,
                        obj=self,
                        id="fields.E338",
                    )
                )
                continue
            if not (hasattr(field, "remote_field") and getattr(field.remote_field, "model", None) == model):
                wanted = model if isinstance(model, str) else model._meta.object_name
                found.append(
                    checks.Error(
                        f"'{label}.{name}' is not a foreign key to '{wanted}'.",
                        hint=hint,
                        obj=self,
                        id="fields.E339",
                    )
                )
        return found

    def _check_table_uniqueness(self, **kwargs: Any) -> list[CheckMessage]:
        through = self.remote_field.through
        if isinstance(through, str) or not through._meta.managed:
            return []
        tables = {
            model._meta.db_table: model
            for model in self.opts.apps.get_models(include_auto_created=True)
            if model != through and model._meta.managed
        }
        table = self.m2m_db_table()
        model = tables.get(table)
        # A concrete model that shares the table through its proxy is the same table.
        if not model or model._meta.concrete_model == through._meta.concrete_model:
            return []
        made_for = model._meta.auto_created
        if made_for:
            field = next(field for field in made_for._meta.many_to_many if field.remote_field.through is model)
            clashing = f"{made_for._meta.label}.{field.name}"
            if made_for._meta.label == self.model._meta.label and field.name == self.name:
                return []
        else:
            clashing = model._meta.label
        if settings.DATABASE_ROUTERS:
            kind: Any = checks.Warning
            number = "fields.W344"
            hint = f"You have configured settings.DATABASE_ROUTERS. Verify that the table of {clashing!r} is correctly routed to a separate database."
        else:
            kind, number, hint = checks.Error, "fields.E340", None
        return [
            kind(
                f"The field's intermediary table '{table}' clashes with the table name of '{clashing}'.",
                obj=self,
                hint=hint,
                id=number,
            )
        ]


def _is_made(through: Any) -> bool:
    return not isinstance(through, str) and bool(through._meta.auto_created)
