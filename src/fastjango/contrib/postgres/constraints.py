"""``ExclusionConstraint``: no two rows whose values meet by an operator, such as overlapping ranges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.core.exceptions import ValidationError
from fastjango.db import DEFAULT_DB_ALIAS, NotSupportedError
from fastjango.db.models import BaseConstraint, Deferrable, F, Q
from fastjango.db.models.ddl import IndexParts, condition_sql
from fastjango.db.models.expressions import Exists
from fastjango.db.models.lookups import PostgresOperatorLookup
from fastjango.db.models.references import expression_references

__all__ = ["ExclusionConstraint"]

_METHODS = frozenset({"gist", "spgist"})


class ExclusionConstraint(BaseConstraint):
    """
    No two rows for which all of the operators are true.

        ExclusionConstraint(
            name="no_overlapping_bookings",
            expressions=[("room", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            condition=Q(cancelled=False),
        )

    Args:
        expressions: Pairs of a field's name (or an expression) and an operator.
        index_type: "GIST" or "SPGIST". Equality of plain columns needs the extension ``btree_gist``.
        condition: Only the rows for which it is true.
        include: Further fields in the index.
    """

    def __init__(
        self,
        *,
        name: str,
        expressions: Sequence[Any],
        index_type: str | None = None,
        condition: Q | None = None,
        deferrable: Deferrable | None = None,
        include: Sequence[str] | None = None,
        violation_error_code: str | None = None,
        violation_error_message: Any = None,
    ) -> None:
        _validate(expressions, index_type, condition, deferrable, include)
        self.expressions = expressions
        self.index_type = index_type or "GIST"
        self.condition = condition
        self.deferrable = deferrable
        self.include = tuple(include) if include else ()
        super().__init__(
            name=name,
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )

    def _pairs(self) -> list[tuple[Any, str]]:
        """Return the expressions, names as ``F``, with their operators."""
        return [(F(part) if isinstance(part, str) else part, operator) for part, operator in self.expressions]

    def _check(self, model: Any, connection: Any) -> list[Any]:
        references: set[Any] = set()
        for expression, _ in self._pairs():
            references.update(expression_references(expression))
        return self._check_references(model, references)

    # --- DDL ----------------------------------------------------------------------------------

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """
        Return the clause inside CREATE TABLE.

        Raises:
            NotSupportedError: The database is another one than PostgreSQL.
        """
        connection = schema_editor.connection
        if connection.vendor != "postgresql":
            raise NotSupportedError(f"{connection.display_name} does not support exclusion constraints ({self.name}).")
        quote = connection.ops.quote_name
        parts = ", ".join(
            f"{IndexParts.element_sql(model, expression, connection)} WITH {operator}"
            for expression, operator in self._pairs()
        )
        clause = f"CONSTRAINT {quote(self.name)} EXCLUDE USING {self.index_type} ({parts})"
        if self.include:
            clause += f" INCLUDE ({', '.join(quote(model._meta.get_field(name).column) for name in self.include)})"
        condition = None if self.condition is None else condition_sql(model, self.condition, connection)
        if condition:
            clause += f" WHERE ({condition})"
        if self.deferrable is not None:
            clause += f" DEFERRABLE INITIALLY {self.deferrable.name}"
        return clause

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the statement that adds the constraint."""
        table = schema_editor.connection.ops.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} ADD {self.constraint_sql(model, schema_editor)}"

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the statement that drops the constraint."""
        quote = schema_editor.connection.ops.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    # --- validation ---------------------------------------------------------------------------

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        """Look for another row that the instance meets. Queries: at most 1."""
        values = instance._get_field_expression_map(meta=model._meta, exclude=exclude)
        replacements = {F(name): value for name, value in values.items()}
        meetings: list[Any] = []
        for expression, operator in self._pairs():
            if exclude and self._expression_refs_exclude(model, expression, exclude):
                return
            own = _comparable(expression.replace_expressions(replacements))
            meeting = PostgresOperatorLookup(_comparable(expression), own)
            meeting.postgres_operator = operator
            meetings.append(meeting)
        rivals = model._default_manager.using(using).filter(*meetings)
        if not instance._state.adding and instance._is_pk_set(model._meta):
            rivals = rivals.exclude(pk=instance._get_pk_val(model._meta))
        if self.condition is None:
            is_met = rivals.exists()
        else:
            is_met = (self.condition & Exists(rivals.filter(self.condition))).check(values, using=using)
        if is_met:
            raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    # --- identity -----------------------------------------------------------------------------

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what builds this constraint again."""
        path, args, kwargs = super().deconstruct()
        kwargs["expressions"] = self.expressions
        if self.condition is not None:
            kwargs["condition"] = self.condition
        if self.index_type.lower() != "gist":
            kwargs["index_type"] = self.index_type
        if self.deferrable is not None:
            kwargs["deferrable"] = self.deferrable
        if self.include:
            kwargs["include"] = self.include
        return path, args, kwargs

    def _key(self) -> tuple[Any, ...]:
        return (
            *super()._key(),
            self.index_type,
            self.expressions,
            self.condition,
            self.deferrable,
            self.include,
        )

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ExclusionConstraint):
            return self._key() == other._key()
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # constraints can be changed

    def __repr__(self) -> str:
        return self._shown(
            ("index_type", repr(self.index_type)),
            ("expressions", repr(self.expressions)),
            ("name", repr(self.name)),
            ("condition", "" if self.condition is None else str(self.condition)),
            ("deferrable", "" if self.deferrable is None else repr(self.deferrable)),
            ("include", repr(self.include) if self.include else ""),
        )


def _comparable(expression: Any) -> Any:
    """Return the part of an expression that is compared: without its class of operators."""
    strip = getattr(expression, "get_expression_for_validation", None)
    return expression if strip is None else strip()


def _validate(expressions: Any, index_type: Any, condition: Any, deferrable: Any, include: Any) -> None:
    """Raise ``ValueError`` for arguments that mean nothing."""
    pairs = isinstance(expressions, list | tuple) and all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in expressions
    )
    rules = (
        (
            bool(index_type) and index_type.lower() not in _METHODS,
            "Exclusion constraints only support GiST or SP-GiST indexes.",
        ),
        (not expressions, "At least one expression is required to define an exclusion constraint."),
        (not pairs, "The expressions must be a list of 2-tuples."),
        (not isinstance(condition, Q | None), "ExclusionConstraint.condition must be a Q instance."),
        (
            not isinstance(deferrable, Deferrable | None),
            "ExclusionConstraint.deferrable must be a Deferrable instance.",
        ),
        (not isinstance(include, list | tuple | None), "ExclusionConstraint.include must be a list or tuple."),
    )
    for broken, message in rules:
        if broken:
            raise ValueError(message)
