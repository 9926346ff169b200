"""What ``check`` says about one field: ``fields.E001`` and its neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fastjango.core import checks
from fastjango.db import connections, router
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.fields.sentinels import NOT_PROVIDED
from fastjango.utils.choices import CallableChoiceIterator
from fastjango.utils.functional import Promise

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage


def is_displayable(value: Any) -> bool:
    """Tell whether *value* may stand in ``choices`` as a value or a label."""
    return isinstance(value, (str, Promise)) or not isinstance(value, Iterable)


class FieldChecks:
    """The ``check`` half of ``Field``."""

    if TYPE_CHECKING:
        name: Any
        model: Any
        choices: Any
        db_index: Any
        primary_key: bool
        null: bool
        db_default: Any
        db_comment: Any
        max_length: Any
        validators: Any
        default_validators: Any
        _validators: Any
        _db_default_expression: Any

        def get_internal_type(self) -> str: ...

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems that the system checks find in this field."""
        return [
            *self._check_field_name(),
            *self._check_choices(),
            *self._check_db_default(**kwargs),
            *self._check_db_index(),
            *self._check_db_comment(**kwargs),
            *self._check_null_allowed_for_primary_keys(),
            *self._check_backend_specific_checks(**kwargs),
            *self._check_validators(),
            *self._check_deprecation_details(),
        ]

    def _check_field_name(self) -> list[CheckMessage]:
        if self.name is None:
            return []
        if self.name.endswith("_"):
            return [checks.Error("Field names must not end with an underscore.", obj=self, id="fields.E001")]
        if LOOKUP_SEP in self.name:
            message = f'Field names must not contain "{LOOKUP_SEP}".'
            return [checks.Error(message, obj=self, id="fields.E002")]
        if self.name == "pk":
            message = "'pk' is a reserved word that cannot be used as a field name."
            return [checks.Error(message, obj=self, id="fields.E003")]
        return []

    @classmethod
    def _choices_is_value(cls, value: Any) -> bool:
        return is_displayable(value)

    def _check_choices(self) -> list[CheckMessage]:
        if not self.choices:
            return []
        if not isinstance(self.choices, (Iterable, CallableChoiceIterator)) or isinstance(self.choices, str):
            message = "'choices' must be a mapping (e.g. a dictionary) or an iterable (e.g. a list or tuple)."
            return [checks.Error(message, obj=self, id="fields.E004")]
        longest = 0
        for entry in self.choices:
            try:
                group, members = entry
            except (TypeError, ValueError):
                break  # not a pair
            try:
                if not all(self._choices_is_value(value) and is_displayable(label) for value, label in members):
                    break
                if self.max_length is not None and members:
                    longest = max([longest, *(len(value) for value, _ in members if isinstance(value, str))])
            except (TypeError, ValueError):
                # Not a group: the entry itself is a (value, label) pair.
                value, label = group, members
                if not self._choices_is_value(value) or not is_displayable(label):
                    break
                if self.max_length is not None and isinstance(value, str):
                    longest = max(longest, len(value))
            # A special case: choices=["ab"] unpacks into two one-letter strings.
            if isinstance(entry, str):
                break
        else:
            if self.max_length is not None and longest > self.max_length:
                message = f"'max_length' is too small to fit the longest value in 'choices' ({longest} characters)."
                return [checks.Error(message, obj=self, id="fields.E009")]
            return []
        message = "'choices' must be a mapping of actual values to human readable names or an iterable containing (actual value, human readable name) tuples."
        return [checks.Error(message, obj=self, id="fields.E005")]

    def _check_db_default(self, databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
        expression = self._db_default_expression
        if self.db_default is NOT_PROVIDED or databases is None:
            return []
        if expression is not self.db_default:
            return []  # a plain value
        found: list[CheckMessage] = []
        for alias in databases:
            if not router.allow_migrate_model(alias, self.model):
                continue
            connection = connections[alias]
            features = connection.features
            if not getattr(expression, "allowed_default", False):
                message = f"{expression} cannot be used in db_default."
                found.append(checks.Error(message, obj=self, id="fields.E012"))
            elif not (
                features.supports_expression_defaults
                or "supports_expression_defaults" in self.model._meta.required_db_features
            ) and not _is_literal(expression):
                message = (
                    f"{connection.display_name} does not support default database values with expressions (db_default)."
                )
                found.append(checks.Error(message, obj=self, id="fields.E011"))
        return found

    def _check_db_index(self) -> list[CheckMessage]:
        if self.db_index in (None, True, False):
            return []
        return [checks.Error("'db_index' must be None, True or False.", obj=self, id="fields.E006")]

    def _check_db_comment(self, databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
        if not self.db_comment or not databases:
            return []
        found: list[CheckMessage] = []
        for alias in databases:
            if not router.allow_migrate_model(alias, self.model):
                continue
            connection = connections[alias]
            if not (
                connection.features.supports_comments or "supports_comments" in self.model._meta.required_db_features
            ):
                message = f"{connection.display_name} does not support comments on columns (db_comment)."
                found.append(checks.Warning(message, obj=self, id="fields.W163"))
        return found

    def _check_null_allowed_for_primary_keys(self) -> list[CheckMessage]:
        if self.primary_key and self.null:
            return [
                checks.Error(
                    "Primary keys must not have null=True.",
                    hint="Set null=False on the field, or remove primary_key=True argument.",
                    obj=self,
                    id="fields.E007",
                )
            ]
        return []

    def _check_backend_specific_checks(
        self, databases: Iterable[str] | None = None, **kwargs: Any
    ) -> list[CheckMessage]:
        found: list[CheckMessage] = []
        for alias in databases or ():
            if router.allow_migrate_model(alias, self.model):
                found.extend(connections[alias].validation.check_field(self, **kwargs))
        return found

    def _check_validators(self) -> list[CheckMessage]:
        found: list[CheckMessage] = []
        for position, validator in enumerate(self.validators):
            if not callable(validator):
                found.append(
                    checks.Error(
                        "All 'validators' must be callable.",
                        hint=(
                            f"validators[{position}] ({validator!r}) isn't a function or instance of a validator class."
                        ),
                        obj=self,
                        id="fields.E008",
                    )
                )
        return found

    def _check_deprecation_details(self) -> list[CheckMessage]:
        removed = getattr(self, "system_check_removed_details", None)
        details = removed or getattr(self, "system_check_deprecated_details", None)
        if details is None:
            return []
        kind = checks.Error if removed is not None else checks.Warning
        state = (
            "has been removed except for support in historical migrations."
            if removed is not None
            else "has been deprecated."
        )
        name, number = type(self).__name__, "E900" if removed is not None else "W900"
        return [
            kind(
                details.get("msg", f"{name} {state}"),
                hint=details.get("hint"),
                obj=self,
                id=details.get("id", f"fields.{number}X"),
            )
        ]


def _is_literal(expression: Any) -> bool:
    return type(expression).__name__ == "Value"
