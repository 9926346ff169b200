"""Constraints of a table: ``CheckConstraint`` and ``UniqueConstraint``, validated in Python as well."""

from __future__ import annotations

import warnings
from enum import Enum
from typing import Any, Self

from fastjango.core import checks
from fastjango.core.exceptions import FieldDoesNotExist, FieldError, RemovedInDjango60Warning, ValidationError
from fastjango.db.connections import connections
from fastjango.db.engines import DEFAULT_DB_ALIAS
from fastjango.db.models import condition_check  # noqa: F401  # lets Q.check() reach the database
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.constraint_arguments import validate_unique
from fastjango.db.models.ddl import DdlText, IndexParts, condition_sql
from fastjango.db.models.expressions import Exists, F, RawSQL
from fastjango.db.models.lookups import Exact, IsNull
from fastjango.db.models.query_utils import Q
from fastjango.db.models.references import check_local_fields, expression_references
from fastjango.utils.translation import gettext_lazy as _

SILENCE = "Silence this warning if you don't care about it."


class BaseConstraint:
    """What all constraints share: a name, a message and a code."""

    default_violation_error_message: Any = _("Constraint “%(name)s” is violated.")
    violation_error_code: str | None = None
    violation_error_message: Any = None
    # Changing these needs no migration of the database.
    non_db_attrs = ("violation_error_code", "violation_error_message")

    def __init__(
        self,
        *args: Any,
        name: str | None = None,
        violation_error_code: str | None = None,
        violation_error_message: Any = None,
    ) -> None:
        if name is None and not args:
            raise TypeError(f"{self.__class__.__name__}.__init__() missing 1 required keyword-only argument: 'name'")
        self.name: Any = name
        if violation_error_code is not None:
            self.violation_error_code = violation_error_code
        self.violation_error_message = (
            self.default_violation_error_message if violation_error_message is None else violation_error_message
        )
        if args:
            warnings.warn(
                f"Passing positional arguments to {self.__class__.__name__} is deprecated.",
                RemovedInDjango60Warning,
                stacklevel=2,
            )
            for value, attribute in zip(args, ("name", "violation_error_message"), strict=False):
                if value:
                    setattr(self, attribute, value)

    @property
    def contains_expressions(self) -> bool:
        """Whether the constraint is made of expressions."""
        return False

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the clause inside CREATE TABLE; ``None`` where it is made separately."""
        raise NotImplementedError("This method must be implemented by a subclass.")

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the statement that adds the constraint to a table."""
        raise NotImplementedError("This method must be implemented by a subclass.")

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the statement that drops the constraint."""
        raise NotImplementedError("This method must be implemented by a subclass.")

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        """
        Check an instance before it is saved.

        Raises:
            ValidationError: The instance violates the constraint.
        """
        raise NotImplementedError("This method must be implemented by a subclass.")

    def get_violation_error_message(self) -> Any:
        """Return the message with the name filled in."""
        return self.violation_error_message % {"name": self.name}

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what builds this constraint again."""
        path = f"{self.__class__.__module__}.{self.__class__.__name__}"
        path = path.replace("fastjango.db.models.constraints", "fastjango.db.models")
        kwargs: dict[str, Any] = {"name": self.name}
        if self._has_own_message():
            kwargs["violation_error_message"] = self.violation_error_message
        if self.violation_error_code is not None:
            kwargs["violation_error_code"] = self.violation_error_code
        return path, (), kwargs

    def clone(self) -> Self:
        """Return a copy."""
        _path, args, kwargs = self.deconstruct()
        return self.__class__(*args, **kwargs)

    def _has_own_message(self) -> bool:
        return (
            self.violation_error_message is not None
            and self.violation_error_message != self.default_violation_error_message
        )

    def _key(self) -> tuple[Any, ...]:
        return (self.name, self.violation_error_code, self.violation_error_message)

    def _shown(self, *pairs: tuple[str, str]) -> str:
        """Return the ``repr`` from the options that are set."""
        message = repr(self.violation_error_message) if self._has_own_message() else ""
        code = "" if self.violation_error_code is None else repr(self.violation_error_code)
        everything = (*pairs, ("violation_error_code", code), ("violation_error_message", message))
        text = " ".join(f"{name}={shown}" for name, shown in everything if shown)
        return f"<{self.__class__.__qualname__}: {text}>"

    # --- checks -------------------------------------------------------------------------------

    def _expression_refs_exclude(self, model: Any, expression: Any, exclude: Any) -> bool:
        """Whether *expression* reads a field of *exclude*, also through a generated field."""
        get_field = model._meta.get_field
        for name, *_rest in expression_references(expression):
            if name in exclude:
                return True
            field = get_field(name)
            if field.generated and self._expression_refs_exclude(model, field.expression, exclude):
                return True
        return False

    def _check(self, model: Any, connection: Any) -> list[Any]:
        """Return what ``check`` says about this constraint."""
        return []

    def _check_references(self, model: Any, references: Any) -> list[Any]:
        """Return messages about paths that leave the table or name no field."""
        errors: list[Any] = []
        fields: set[str] = set()
        for field_name, *lookups in references:
            # pk is an alias that is not part of the fields.
            if field_name != "pk" or model._meta.is_composite_pk:
                fields.add(field_name)
            if not lookups:
                continue
            try:
                field = model._meta.pk if field_name == "pk" else model._meta.get_field(field_name)
            except FieldDoesNotExist:
                continue
            if not field.is_relation or field.many_to_many or field.one_to_many:
                continue
            first = lookups[0]
            # JOIN must happen at the first lookup.
            if first == "pk" or (field.get_transform(first) is None and field.get_lookup(first) is None):
                path = LOOKUP_SEP.join([field_name, *lookups])
                errors.append(
                    checks.Error(f"'constraints' refers to the joined field '{path}'.", obj=model, id="models.E041")
                )
        errors.extend(check_local_fields(model, fields, "constraints"))
        return errors


class CheckConstraint(BaseConstraint):
    """
    A condition that every row meets.

        CheckConstraint(condition=Q(price__gte=0), name="price_not_negative")
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        condition: Any = None,
        check: Any = None,
        violation_error_code: str | None = None,
        violation_error_message: Any = None,
    ) -> None:
        if check is not None:
            warnings.warn(
                "CheckConstraint.check is deprecated in favor of `.condition`.",
                RemovedInDjango60Warning,
                stacklevel=2,
            )
            condition = check
        self.condition = condition
        if not getattr(condition, "conditional", False):
            raise TypeError("CheckConstraint.condition must be a Q instance or boolean expression.")
        super().__init__(
            name=name,
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )

    @property
    def check(self) -> Any:
        """The old name of ``condition``."""
        _warn_check()
        return self.condition

    @check.setter
    def check(self, value: Any) -> None:
        _warn_check()
        self.condition = value

    def _check(self, model: Any, connection: Any) -> list[Any]:
        errors: list[Any] = []
        if not (
            connection.features.supports_table_check_constraints
            or "supports_table_check_constraints" in model._meta.required_db_features
        ):
            errors.append(
                checks.Warning(
                    f"{connection.display_name} does not support check constraints.",
                    hint=f"A constraint won't be created. {SILENCE}",
                    obj=model,
                    id="models.W027",
                )
            )
            return errors
        references: set[Any] = set()
        condition = self.condition
        if isinstance(condition, Q):
            references.update(expression_references(condition))
        if any(isinstance(expression, RawSQL) for expression in condition.flatten()):
            errors.append(
                checks.Warning(
                    f"Check constraint {self.name!r} contains RawSQL() expression and won't be validated "
                    "during the model full_clean().",
                    hint="Silence this warning if you don't care about it.",
                    obj=model,
                    id="models.W045",
                )
            )
        errors.extend(self._check_references(model, references))
        return errors

    def condition_sql(self, model: Any, connection: Any) -> str:
        """Return the condition as SQL text."""
        return condition_sql(model, self.condition, connection) or "1 = 1"

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the clause inside CREATE TABLE."""
        connection = schema_editor.connection
        return f"CONSTRAINT {connection.ops.quote_name(self.name)} CHECK ({self.condition_sql(model, connection)})"

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the statement that adds the constraint."""
        table = schema_editor.connection.ops.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} ADD {self.constraint_sql(model, schema_editor)}"

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the statement that drops the constraint."""
        return _drop_constraint(model, self.name, schema_editor)

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        """Let the database judge the instance's values. Queries: 1."""
        against = instance._get_field_expression_map(meta=model._meta, exclude=exclude)
        try:
            if not Q(self.condition).check(against, using=using):
                raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)
        except FieldError:
            # The condition reads a field that is excluded.
            pass

    def __repr__(self) -> str:
        return self._shown(("condition", str(self.condition)), ("name", repr(self.name)))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CheckConstraint):
            return self._key() == other._key() and self.condition == other.condition
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # constraints can be changed

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what builds this constraint again."""
        path, args, kwargs = super().deconstruct()
        kwargs["condition"] = self.condition
        return path, args, kwargs


def _warn_check() -> None:
    warnings.warn(
        "CheckConstraint.check is deprecated in favor of `.condition`.", RemovedInDjango60Warning, stacklevel=3
    )


class Deferrable(Enum):
    """When a deferrable constraint is checked."""

    DEFERRED = "deferred"
    IMMEDIATE = "immediate"

    def __repr__(self) -> str:
        return f"{self.__class__.__qualname__}.{self._name_}"


class UniqueConstraint(BaseConstraint):
    """
    Fields or expressions whose values no two rows share.

        UniqueConstraint(fields=["room", "date"], name="one_booking_a_day")
        UniqueConstraint(Lower("email"), name="unique_email", condition=Q(active=True))
    """

    def __init__(
        self,
        *expressions: Any,
        fields: Any = (),
        name: str | None = None,
        condition: Any = None,
        deferrable: Any = None,
        include: Any = None,
        opclasses: Any = (),
        nulls_distinct: Any = None,
        violation_error_code: str | None = None,
        violation_error_message: Any = None,
    ) -> None:
        validate_unique(expressions, fields, name, condition, deferrable, include, opclasses, nulls_distinct)
        if not isinstance(deferrable, (type(None), Deferrable)):
            raise TypeError("UniqueConstraint.deferrable must be a Deferrable instance.")
        self.fields = tuple(fields)
        self.condition: Any = condition
        self.deferrable = deferrable
        self.include = tuple(include) if include else ()
        self.opclasses = opclasses
        self.nulls_distinct = nulls_distinct
        self.expressions = tuple(
            F(expression) if isinstance(expression, str) else expression for expression in expressions
        )
        super().__init__(
            name=name,
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )

    @property
    def contains_expressions(self) -> bool:
        """Whether the constraint is made of expressions."""
        return bool(self.expressions)

    # --- checks -------------------------------------------------------------------------------

    def _check(self, model: Any, connection: Any) -> list[Any]:
        errors = list(check_local_fields(model, {*self.fields, *self.include}, "constraints"))
        required = model._meta.required_db_features
        features = connection.features
        ignored = f"A constraint won't be created. {SILENCE}"
        for used, feature, what, hint, number in (
            (self.condition is not None, "supports_partial_indexes", "with conditions", ignored, "W036"),
            (self.deferrable is not None, "supports_deferrable_unique_constraints", "deferrable", ignored, "W038"),
            (bool(self.include), "supports_covering_indexes", "with non-key columns", ignored, "W039"),
            (self.contains_expressions, "supports_expression_indexes", "on expressions", ignored, "W044"),
            (
                self.nulls_distinct is not None,
                "supports_nulls_distinct_unique_constraints",
                "with nulls distinct",
                ignored,
                "W047",
            ),
        ):
            if not used or getattr(features, feature) or feature in required:
                continue
            subject = "deferrable unique constraints" if what == "deferrable" else f"unique constraints {what}"
            errors.append(
                checks.Warning(
                    f"{connection.display_name} does not support {subject}.",
                    hint=hint,
                    obj=model,
                    id=f"models.{number}",
                )
            )
        references: set[Any] = set()
        if isinstance(self.condition, Q) and (
            features.supports_partial_indexes or "supports_partial_indexes" not in required
        ):
            references.update(expression_references(self.condition))
        for expression in self.expressions:
            references.update(expression_references(expression))
        errors.extend(self._check_references(model, references))
        return errors

    # --- DDL ----------------------------------------------------------------------------------

    def parts(self) -> IndexParts:
        """Return the unique index that stands for the constraint where a clause cannot."""
        return IndexParts(
            self.name,
            fields=[(name, "") for name in self.fields],
            expressions=self.expressions,
            condition=self.condition,
            include=self.include,
            opclasses=self.opclasses,
            unique=True,
            nulls_distinct=self.nulls_distinct,
        )

    @property
    def needs_index(self) -> bool:
        """Whether only a unique index can express it."""
        return bool(self.condition or self.include or self.opclasses or self.expressions)

    def is_supported(self, connection: Any) -> bool:
        """Whether the database can have it."""
        features = connection.features
        return (
            (not self.condition or features.supports_partial_indexes)
            and (not self.deferrable or features.supports_deferrable_unique_constraints)
            and (not self.include or features.supports_covering_indexes)
            and (not self.expressions or features.supports_expression_indexes)
            and (self.nulls_distinct is None or features.supports_nulls_distinct_unique_constraints)
        )

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the clause inside CREATE TABLE; ``None`` where it is an index or not supported."""
        connection = schema_editor.connection
        if self.needs_index or not self.is_supported(connection):
            return None
        quote = connection.ops.quote_name
        columns = ", ".join(quote(model._meta.get_field(name).column) for name in self.fields)
        nulls = {None: "", True: " NULLS DISTINCT", False: " NULLS NOT DISTINCT"}[self.nulls_distinct]
        deferrable = "" if self.deferrable is None else f" DEFERRABLE INITIALLY {self.deferrable.name}"
        return f"CONSTRAINT {quote(self.name)} UNIQUE{nulls} ({columns}){deferrable}"

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the statement that adds the constraint; ``None`` where it is not supported."""
        connection = schema_editor.connection
        if not self.is_supported(connection):
            return None
        if self.needs_index or connection.vendor == "sqlite":
            return self.parts().create_sql(model, connection)
        table = connection.ops.quote_name(model._meta.db_table)
        text = f"ALTER TABLE {table} ADD {self.constraint_sql(model, schema_editor)}"
        return DdlText(text, model._meta.db_table, self.parts().columns(model))

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the statement that drops the constraint; ``None`` where it is not supported."""
        connection = schema_editor.connection
        if not self.is_supported(connection):
            return None
        if self.needs_index:
            quote = connection.ops.quote_name
            table = f" ON {quote(model._meta.db_table)}" if connection.vendor == "mysql" else ""
            return f"DROP INDEX {'' if table else 'IF EXISTS '}{quote(self.name)}{table}"
        return _drop_constraint(model, self.name, schema_editor)

    # --- validation ---------------------------------------------------------------------------

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        """Look for another row with the instance's values. Queries: at most 1."""
        queryset = self._rivals(model, instance, exclude, using)
        if queryset is None:
            return
        if not instance._state.adding and instance._is_pk_set(model._meta):
            queryset = queryset.exclude(pk=instance._get_pk_val(model._meta))
        if not self.condition:
            if queryset.exists():
                self._complain(model, instance)
            return
        if exclude and self._expression_refs_exclude(model, self.condition, exclude):
            return
        against = instance._get_field_expression_map(meta=model._meta, exclude=exclude)
        try:
            if (self.condition & Exists(queryset.filter(self.condition))).check(against, using=using):
                self._complain(model, instance, conditional=True)
        except FieldError:
            # The condition reads a field that is excluded.
            pass

    def _rivals(self, model: Any, instance: Any, exclude: Any, using: str) -> Any:
        """Return the rows with the same values; ``None`` if the constraint does not apply."""
        queryset = model._default_manager.using(using)
        if not self.fields:
            filters = self._expression_filters(model, instance, exclude)
            return None if filters is None else queryset.filter(*filters)
        equal: dict[str, Any] = {}
        generated: list[Any] = []
        for name in self.fields:
            if exclude and name in exclude:
                return None
            field = model._meta.get_field(name)
            if field.generated:
                if exclude and self._expression_refs_exclude(model, field.expression, exclude):
                    return None
                generated.append(field)
                continue
            value = getattr(instance, field.attname)
            empty = value is None or (value == "" and connections[using].features.interprets_empty_strings_as_nulls)
            if empty and self.nulls_distinct is not False:
                # NULL never equals NULL.
                return None
            equal[field.name] = value
        conditions: list[Any] = []
        if generated:
            values = instance._get_field_expression_map(meta=model._meta, exclude=exclude)
            replacements = {F(name): value for name, value in values.items()}
            conditions = [
                self._equal(F(field.name), field.expression.replace_expressions(replacements)) for field in generated
            ]
        return queryset.filter(*conditions, **equal)

    def _equal(self, expression: Any, value: Any) -> Any:
        """Return the condition that a row has the same value; NULL is one where it is not distinct."""
        condition: Any = Exact(expression, value)
        if self.nulls_distinct is False:
            return Q(condition) | Q(IsNull(expression, True), IsNull(value, True))
        return condition

    def _expression_filters(self, model: Any, instance: Any, exclude: Any) -> list[Any] | None:
        if exclude and any(
            self._expression_refs_exclude(model, expression, exclude) for expression in self.expressions
        ):
            return None
        values = instance._get_field_expression_map(meta=model._meta, exclude=exclude)
        replacements = {F(name): value for name, value in values.items()}
        filters: list[Any] = []
        expression: Any
        for expression in self.expressions:
            if hasattr(expression, "get_expression_for_validation"):
                expression = expression.get_expression_for_validation()
            value = expression.replace_expressions(replacements)
            filters.append(self._equal(expression, value))
        return filters

    def _complain(self, model: Any, instance: Any, conditional: bool = False) -> None:
        """Raise the error that fits."""
        if self.fields and not conditional and not self._has_own_message() and self.violation_error_code is None:
            error = instance.unique_error_message(model, self.fields)
            raise ValidationError(error, code=error.code)
        raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    # --- identity -----------------------------------------------------------------------------

    def __repr__(self) -> str:
        return self._shown(
            ("fields", repr(self.fields) if self.fields else ""),
            ("expressions", repr(self.expressions) if self.expressions else ""),
            ("name", repr(self.name)),
            ("condition", "" if self.condition is None else str(self.condition)),
            ("deferrable", "" if self.deferrable is None else repr(self.deferrable)),
            ("include", repr(self.include) if self.include else ""),
            ("opclasses", repr(self.opclasses) if self.opclasses else ""),
            ("nulls_distinct", "" if self.nulls_distinct is None else repr(self.nulls_distinct)),
        )

    def _key(self) -> tuple[Any, ...]:
        return (
            *super()._key(),
            self.fields,
            self.condition,
            self.deferrable,
            self.include,
            self.opclasses,
            self.expressions,
            self.nulls_distinct,
        )

    def __eq__(self, other: object) -> bool:
        if isinstance(other, UniqueConstraint):
            return self._key() == other._key()
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # constraints can be changed

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what builds this constraint again."""
        path, _args, kwargs = super().deconstruct()
        for option in ("fields", "condition", "deferrable", "include", "opclasses"):
            if getattr(self, option):
                kwargs[option] = getattr(self, option)
        if self.nulls_distinct is not None:
            kwargs["nulls_distinct"] = self.nulls_distinct
        return path, self.expressions, kwargs


def _drop_constraint(model: Any, name: str, schema_editor: Any) -> str:
    quote = schema_editor.connection.ops.quote_name
    return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(name)}"


__all__ = ["BaseConstraint", "CheckConstraint", "Deferrable", "UniqueConstraint"]
