"""``GeneratedField``: a column that the database computes from others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fastjango.core import checks
from fastjango.db import connections, router
from fastjango.db.models.expressions import Col
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.query_slot import make_query
from fastjango.db.models.fields.sentinels import NOT_PROVIDED
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.utils.functional import cached_property

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage

__all__ = ["GeneratedField"]


class GeneratedField(Field[ST, GT]):
    """A computed column of the type ``output_field``."""

    generated = True
    db_returning: Any = True
    _quoted_column = None

    def __init__(
        self,
        *,
        expression: Any,
        output_field: Any,
        db_persist: bool | None = None,
        **kwargs: Any,
    ) -> None:
        if kwargs.setdefault("editable", False):
            raise ValueError("GeneratedField cannot be editable.")
        if not kwargs.setdefault("blank", True):
            raise ValueError("GeneratedField must be blank.")
        for option in ("default", "db_default"):
            if kwargs.get(option, NOT_PROVIDED) is not NOT_PROVIDED:
                raise ValueError(
                    "GeneratedField cannot have a default."
                    if option == "default"
                    else "GeneratedField cannot have a database default."
                )
        if db_persist not in (True, False):
            raise ValueError("GeneratedField.db_persist must be True or False.")
        self.expression, self.output_field, self.db_persist = expression, output_field, db_persist
        super().__init__(**kwargs)

    @cached_property
    def cached_col(self) -> Any:
        """The field's column in its own table, typed by the output field."""
        return Col(self.model._meta.db_table, self, self.output_field)

    def get_col(self, alias: Any, output_field: Any = None) -> Any:
        """Return the column in the join *alias*, typed by the output field."""
        if alias != self.model._meta.db_table and output_field in (None, self):
            output_field = self.output_field
        return super().get_col(alias, output_field)

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        """Bind the field and its output field."""
        super().contribute_to_class(cls, name, private_only=private_only)
        self._lookups_of_output()

    def _lookups_of_output(self) -> None:
        # Lookups of the output type work on the generated column.
        for name, lookup in self.output_field.get_class_lookups().items():
            self.register_lookup(lookup, lookup_name=name)

    def generated_sql(self, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL of the expression and its parameters."""
        compiler = connection.ops.compiler("SQLCompiler")(self._query, connection=connection, using=None)
        sql, params = compiler.compile(self._resolved_expression)
        if getattr(self.expression, "conditional", False) and (
            not connection.features.supports_boolean_expr_in_select_clause
        ):
            sql = f"CASE WHEN {sql} THEN 1 ELSE 0 END"
        return sql, tuple(params)

    @cached_property
    def referenced_fields(self) -> frozenset[Any]:
        """The fields that the expression reads."""
        return frozenset(
            self.model._meta.get_field(part.target.name)
            for part in self._resolved_expression.flatten()
            if hasattr(part, "target")
        )

    @cached_property
    def _query(self) -> Any:
        return make_query(self.model, alias_cols=False)

    @cached_property
    def _resolved_expression(self) -> Any:
        return self.expression.resolve_expression(self._query, allow_joins=False)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field, its output field and its backend."""
        databases = kwargs.get("databases") or []
        found = [*super().check(**kwargs), *self._check_supported(databases)]
        found.extend(self._check_persistence(databases))
        checked = self.output_field.clone()
        checked.model = self.model
        checked.name = self.name
        inner = checked.check(databases=databases)
        if inner:
            separator = "\n    "
            problems = separator.join(f"{item.msg} ({item.id})" for item in inner if item.is_serious())
            if problems:
                found.append(
                    checks.Error(
                        f"GeneratedField.output_field has errors:{separator}{problems}",
                        obj=self,
                        id="fields.E223",
                    )
                )
            problems = separator.join(f"{item.msg} ({item.id})" for item in inner if not item.is_serious())
            if problems:
                found.append(
                    checks.Warning(
                        f"GeneratedField.output_field has warnings:{separator}{problems}",
                        obj=self,
                        id="fields.W224",
                    )
                )
        return found

    def _check_supported(self, databases: Any) -> list[CheckMessage]:
        found: list[CheckMessage] = []
        for alias in databases:
            if not router.allow_migrate_model(alias, self.model):
                continue
            connection = connections[alias]
            opts = self.model._meta
            if opts.required_db_vendor and opts.required_db_vendor != connection.vendor:
                continue
            features = connection.features
            if not (
                features.supports_virtual_generated_columns
                or "supports_stored_generated_columns" in opts.required_db_features
            ) and not (
                features.supports_stored_generated_columns
                or "supports_virtual_generated_columns" in opts.required_db_features
            ):
                message = f"{connection.display_name} does not support GeneratedFields."
                found.append(checks.Error(message, obj=self, id="fields.E220"))
        return found

    def _check_persistence(self, databases: Any) -> list[CheckMessage]:
        found: list[CheckMessage] = []
        word, number, other = (
            ("persisted", "E222", "db_persist=False")
            if self.db_persist
            else ("non-persisted", "E221", "db_persist=True")
        )
        feature = "supports_stored_generated_columns" if self.db_persist else "supports_virtual_generated_columns"
        for alias in databases:
            if not router.allow_migrate_model(alias, self.model):
                continue
            connection = connections[alias]
            opts = self.model._meta
            if opts.required_db_vendor and opts.required_db_vendor != connection.vendor:
                continue
            if not (getattr(connection.features, feature) or feature in opts.required_db_features):
                found.append(
                    checks.Error(
                        f"{connection.display_name} does not support {word} GeneratedFields.",
                        obj=self,
                        id=f"fields.{number}",
                        hint=f"Set {other} on the field.",
                    )
                )
        return found

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        del keywords["blank"]
        del keywords["editable"]
        keywords["db_persist"] = self.db_persist
        keywords["expression"] = self.expression
        keywords["output_field"] = self.output_field
        return name, path, args, keywords

    def get_internal_type(self) -> str:
        """Return the type of the output field."""
        return self.output_field.get_internal_type()  # type: ignore[no-any-return]

    def column_type(self) -> Any:
        """Return the column type of the output field."""
        return self.output_field.column_type()

    def driver_converter(self, connection: Any) -> Any:
        """Return the converter of the output field."""
        return self.output_field.driver_converter(connection)

    def driver_result_converter(self, connection: Any) -> Any:
        """Return the converter of the output field."""
        return self.output_field.result_converter(connection)

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Return the output field's type and check."""
        return self.output_field.db_parameters(connection)  # type: ignore[no-any-return]

    def db_type_parameters(self, connection: Any) -> Any:
        """Return the output field's facts."""
        return self.output_field.db_type_parameters(connection)

    def to_python(self, value: Any) -> Any:
        """Return *value* as the output field's type."""
        return self.output_field.to_python(value)

    def get_prep_value(self, value: Any) -> Any:
        """Return *value* prepared by the output field."""
        return self.output_field.get_prep_value(value)
