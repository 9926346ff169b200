"""Building an instance: from arguments, and from a row.

Every model keeps a plan: its columns with their defaults, constants looked up once. Values are
stored as plain attributes, named ones by a function generated from the plan.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.db.models.face_slot import take_collection
from fastjango.db.models.fields import NOT_PROVIDED, Field
from fastjango.db.models.relations import ForeignObjectRel
from fastjango.db.models.signals import post_init, pre_init
from fastjango.db.models.state import DEFERRED, ModelState

MISSING: Final = object()
"""Stands for a field without a value in the call."""


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
    return _kept(opts)[0]


def _kept(opts: Any) -> tuple[list[Slot], Callable[..., Any] | None]:
    """Return plan and generated function of a model."""
    try:
        return opts.__dict__["init_plan"]  # type: ignore[no-any-return]
    except KeyError:
        plan = [_slot(field) for field in opts.fields]
        kept = opts.__dict__["init_plan"] = (plan, _filler(plan))
        return kept


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


def _filler(plan: list[Slot]) -> Callable[..., Any] | None:
    """
    Return the function that stores named values and defaults, and gives back the names it does not know.

    None for a model with names that no parameter can have.
    """
    slots = [slot for slot in plan if not slot.computed]
    names = [name for slot in slots for name in ([slot.name, slot.attname] if slot.is_object else [slot.attname])]
    if len(set(names)) < len(names) or not all(
        name.isidentifier() and not keyword.iskeyword(name) and name[:2] != "__" for name in names
    ):
        return None
    # Names with a double underscore cannot be those of fields.
    scope: dict[str, Any] = {"__missing": MISSING, "__deferred": DEFERRED}
    parameters: list[str] = []
    lines: list[str] = []
    for place, slot in enumerate(slots):
        name = slot.attname
        default = f"__default{place}"
        scope[default] = slot.default if slot.make_default is None else slot.make_default
        if slot.is_object:
            parameters += [f"{slot.name}=__missing", f"{name}=__missing"]
            lines += [
                f"if {slot.name} is not __missing:",
                f"    if {slot.name} is not __deferred: __self.{slot.name} = {slot.name}",
                # Told twice: the key is stored behind everything else.
                f"    if {name} is not __missing: __others[{name!r}] = {name}",
                f"elif {name} is __missing: __self.{name} = {default}{'' if slot.make_default is None else '()'}",
                f"elif {name} is not __deferred: __self.{name} = {name}",
            ]
        elif slot.make_default is None:
            parameters.append(f"{name}={default}")
            lines.append(f"if {name} is not __deferred: __self.{name} = {name}")
        else:
            parameters.append(f"{name}=__missing")
            lines += [
                f"if {name} is __missing: __self.{name} = {default}()",
                f"elif {name} is not __deferred: __self.{name} = {name}",
            ]
    keywords = f"*, {', '.join(parameters)}, " if parameters else ""
    body = "".join(f"    {line}\n" for line in lines)
    exec(  # noqa: S102  # made of the names of fields and of places only
        f"def fill(__self, /, {keywords}**__others):\n{body}    return __others\n", scope
    )
    return scope["fill"]  # type: ignore[no-any-return]


def construct(self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Fill a new instance from positional columns and named fields."""
    cls = self.__class__
    opts = cls._meta
    if opts.abstract:
        raise TypeError("Abstract models cannot be instantiated.")
    plan, fill = _kept(opts)
    if pre_init.receivers:
        pre_init.send(sender=cls, args=args, kwargs=kwargs)
        # Who keeps the keywords that a receiver gets finds only those in them that no field took.
        fill = None
    self._state = ModelState()
    if args:
        if len(args) > len(opts.concrete_fields):
            raise IndexError("Number of args exceeds number of fields")
        plan = _take_positional(self, opts, plan, args, kwargs)
        fill = None
    others = _take_named(self, plan, kwargs) if fill is None else fill(self, **kwargs)
    if others:
        _take_others(self, opts, others)
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


def _take_named(self: Any, plan: list[Slot], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Store what *kwargs* says of the columns of *plan*, or their defaults; return the rest."""
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
    return kwargs


def _take_others(self: Any, opts: Any, kwargs: dict[str, Any]) -> None:
    """Store properties, ``pk``, generic and other relations without a column."""
    unexpected: list[str] = []
    for name, value in kwargs.items():
        if name not in opts._property_names:
            if take_collection(self, name, value):
                continue
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
