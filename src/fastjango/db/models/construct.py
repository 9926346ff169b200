"""Building an instance: from arguments, and from a row.

Every model keeps a plan: its columns with their defaults, constants looked up once. Values are
stored as plain attributes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.db.models.fields import NOT_PROVIDED, Field
from fastjango.db.models.relations import ForeignObjectRel
from fastjango.db.models.signals import post_init, pre_init
from fastjango.db.models.state import DEFERRED, ModelState


class Slot(NamedTuple):
    """One field of the plan."""

    name: str
    attname: str
    is_object: bool
    default: Any
    make_default: Any
    computed: bool


def plan_of(opts: Any) -> list[Slot]:
    """Return the plan of a model, made at its first instance."""
    try:
        return opts.__dict__["init_plan"]  # type: ignore[no-any-return]
    except KeyError:
        plan = opts.__dict__["init_plan"] = [_slot(field) for field in opts.fields]
        return plan


def _slot(field: Any) -> Slot:
    default, make = None, None
    if type(field).get_default is Field.get_default and not callable(field.default):
        # A constant; a function is called for each instance.
        if field.has_default():
            default = field.default
        elif field.has_db_default():
            make = field.get_default
        elif not field.empty_strings_allowed or field.null:
            default = None
        else:
            default = ""
    else:
        make = field.get_default
    return Slot(
        field.name,
        field.attname,
        isinstance(field.remote_field, ForeignObjectRel),
        default,
        make,
        field.column is None or field.generated,
    )


def construct(self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Fill a new instance from positional columns and named fields."""
    cls = self.__class__
    opts = cls._meta
    if opts.abstract:
        raise TypeError("Abstract models cannot be instantiated.")
    if pre_init.receivers:
        pre_init.send(sender=cls, args=args, kwargs=kwargs)
    self._state = ModelState()
    plan = plan_of(opts)
    if args:
        if len(args) > len(opts.concrete_fields):
            raise IndexError("Number of args exceeds number of fields")
        plan = _take_positional(self, opts, plan, args, kwargs)
    if kwargs:
        _take_named(self, plan, kwargs)
        if kwargs:
            _take_others(self, opts, kwargs)
    else:
        for _name, attname, _is_object, default, make, computed in plan:
            if not computed:
                setattr(self, attname, default if make is None else make())
    if post_init.receivers:
        post_init.send(sender=cls, instance=self)


def _take_positional(
    self: Any, opts: Any, plan: list[Slot], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> list[Slot]:
    """Store positional values; return what is left of the plan."""
    if not kwargs:
        # Rows come this way: one value per column, in order.
        columns = opts.concrete_fields
        for value, field in zip(args, columns, strict=False):
            if value is not DEFERRED:
                setattr(self, field.attname, value)
        if len(args) == len(columns):
            return []
        done = {field.attname for field in columns[: len(args)]}
        return [slot for slot in plan if slot.attname not in done]
    for value, slot in zip(args, plan, strict=False):
        if value is DEFERRED:
            continue
        setattr(self, slot.attname, value)
        if kwargs.pop(slot.name, NOT_PROVIDED) is not NOT_PROVIDED:
            raise TypeError(
                f"{self.__class__.__qualname__}() got both positional and keyword arguments for field '{slot.name}'."
            )
    return plan[len(args) :]


def _take_named(self: Any, plan: list[Slot], kwargs: dict[str, Any]) -> None:
    pop = kwargs.pop
    for name, attname, is_object, default, make, computed in plan:
        # Values of computed columns and of relations without a column come later.
        if computed:
            continue
        if is_object and name in kwargs:
            # An object; its key is stored by the descriptor.
            value = pop(name)
            if value is not DEFERRED:
                setattr(self, name, value)
            continue
        if attname in kwargs:
            value = pop(attname)
            if value is not DEFERRED:
                setattr(self, attname, value)
        else:
            setattr(self, attname, default if make is None else make())


def _take_others(self: Any, opts: Any, kwargs: dict[str, Any]) -> None:
    """Store properties, ``pk``, generic and other relations without a column."""
    unexpected: list[str] = []
    for name, value in kwargs.items():
        if name not in opts._property_names:
            try:
                opts.get_field(name)
            except FieldDoesNotExist:
                unexpected.append(name)
                continue
        if value is not DEFERRED:
            setattr(self, name, value)
    if unexpected:
        names = ", ".join(repr(name) for name in unexpected)
        raise TypeError(f"{self.__class__.__name__}() got unexpected keyword arguments: {names}")


def from_row(cls: Any, db: str | None, field_names: Any, values: Any) -> Any:
    """Return an instance of a loaded row; columns that are not named stay deferred."""
    columns = cls._meta.concrete_fields
    if len(values) != len(columns):
        rest = iter(values)
        values = [next(rest) if field.attname in field_names else DEFERRED for field in columns]
    made = cls(*values)
    made._state.adding = False
    made._state.db = db
    return made
