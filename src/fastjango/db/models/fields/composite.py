"""``CompositePrimaryKey``: several fields that are the key together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fastjango.core import checks
from fastjango.db.models.expressions import ColPairs
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.sentinels import NOT_PROVIDED
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.utils.functional import cached_property

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage


class CompositeAttribute:
    """Reads and writes the parts of the key as one tuple."""

    def __init__(self, field: Any) -> None:
        self.field = field

    @property
    def attnames(self) -> list[str]:
        """The attributes of the parts."""
        return [field.attname for field in self.field.fields]

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        return tuple(getattr(instance, attname) for attname in self.attnames)

    def __set__(self, instance: Any, values: Any) -> None:
        attnames = self.attnames
        if values is None:
            values = (None,) * len(attnames)
        if not isinstance(values, (list, tuple)):
            raise ValueError(f"{self.field.name!r} must be a list or a tuple.")
        if len(attnames) != len(values):
            raise ValueError(f"{self.field.name!r} must have {len(attnames)} elements.")
        for attname, value in zip(attnames, values, strict=True):
            setattr(instance, attname, value)


class CompositePrimaryKey(Field[ST, GT]):
    """A key without a column of its own."""

    descriptor_class = CompositeAttribute

    def __init__(self, *args: str, **kwargs: Any) -> None:
        if not args or not all(isinstance(name, str) for name in args) or len(set(args)) != len(args):
            raise ValueError("CompositePrimaryKey args must be unique strings.")
        if len(args) == 1:
            raise ValueError("CompositePrimaryKey must include at least two fields.")
        for option, message in (
            ("default", "CompositePrimaryKey cannot have a default."),
            ("db_default", "CompositePrimaryKey cannot have a database default."),
        ):
            if kwargs.get(option, NOT_PROVIDED) is not NOT_PROVIDED:
                raise ValueError(message)
        if kwargs.get("db_column") is not None:
            raise ValueError("CompositePrimaryKey cannot have a db_column.")
        if kwargs.setdefault("editable", False):
            raise ValueError("CompositePrimaryKey cannot be editable.")
        if not kwargs.setdefault("primary_key", True):
            raise ValueError("CompositePrimaryKey must be a primary key.")
        if not kwargs.setdefault("blank", True):
            raise ValueError("CompositePrimaryKey must be blank.")
        self.field_names = args
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        """Return what builds this key again; its parts are positional."""
        name, path, _args, keywords = super().deconstruct()
        for option in ("primary_key", "editable", "blank"):
            keywords.pop(option, None)
        return name, path, self.field_names, keywords

    @cached_property
    def fields(self) -> tuple[Any, ...]:
        """The parts."""
        return tuple(self.model._meta.get_field(name) for name in self.field_names)

    @cached_property
    def columns(self) -> tuple[Any, ...]:
        """The columns of the parts."""
        return tuple(field.column for field in self.fields)

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        """Bind the key; it belongs to no table column."""
        super().contribute_to_class(cls, name, private_only=private_only)
        cls._meta.pk = self
        setattr(cls, self.attname, self.descriptor_class(self))

    def get_attname_column(self) -> tuple[Any, Any]:
        """Return the attribute; there is no column."""
        return self.get_attname(), None

    def __iter__(self) -> Any:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.field_names)

    def __bool__(self) -> bool:
        return True

    @cached_property
    def cached_col(self) -> Any:
        """The columns in the model's own table."""
        return ColPairs(self.model._meta.db_table, self.fields, self.fields, self)

    def get_col(self, alias: Any, output_field: Any = None) -> Any:
        """Return the columns in the join *alias*."""
        if alias == self.model._meta.db_table and (output_field is None or output_field == self):
            return self.cached_col
        return ColPairs(alias, self.fields, self.fields, output_field)

    def get_pk_value_on_save(self, instance: Any) -> tuple[Any, ...]:
        """Return the key with the defaults of missing parts."""
        values = []
        for field in self.fields:
            value = field.value_from_object(instance)
            if value is None:
                value = field.get_pk_value_on_save(instance)
            values.append(value)
        return tuple(values)

    def _check_field_name(self) -> list[CheckMessage]:
        if self.name == "pk":
            return []
        return [checks.Error("'CompositePrimaryKey' must be named 'pk'.", obj=self, id="fields.E013")]

    def value_to_string(self, obj: Any) -> str:
        """Return the parts as a JSON list of texts."""
        parts = []
        values = self.value_from_object(obj)
        for field, value in zip(self.fields, values, strict=True):
            holder = _Holder()
            setattr(holder, field.attname, value)
            parts.append(field.value_to_string(holder))
        return json.dumps(parts, ensure_ascii=False)

    def to_python(self, value: Any) -> Any:
        """Return the parts; a text is a JSON list."""
        if isinstance(value, str):
            texts = json.loads(value)
            value = [field.to_python(text) for field, text in zip(self.fields, texts, strict=True)]
        return value

    def get_prep_value(self, value: Any) -> Any:
        """Return each part prepared by its field."""
        if isinstance(value, (list, tuple)):
            return tuple(field.get_prep_value(part) for field, part in zip(self.fields, value, strict=False))
        return value


class _Holder:
    """Something to hold one value under its attribute name."""


def unnest(fields: Any) -> list[Any]:
    """Return *fields* with composite keys replaced by their parts."""
    found: list[Any] = []
    for field in fields:
        if hasattr(field, "fields") and isinstance(field, CompositePrimaryKey):
            found.extend(field.fields)
        else:
            found.append(field)
    return found
