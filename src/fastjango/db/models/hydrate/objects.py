"""Rows to model instances.

For a plain model the generated function makes the object without its constructor and
stores the columns by attribute (fast on CPython 3.11 and later: the values stay inline).
A model with its own ``__init__``, ``from_db`` and the like, or with receivers for the
init signals, is made by ``from_db``, as Django does.

Where no code of users takes part there are two functions: one that takes the values to be as they usually are, and the
careful one, which reads the rows of a result again in which a value was not.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastjango.db.models.signals import post_init, pre_init
from fastjango.db.models.state import ModelState

from .source import Scope, TrustingScope, is_quiet

if TYPE_CHECKING:
    from fastjango.db.models.sql.columns import ObjectColumns
    from fastjango.db.models.sql.plan import SelectPlan

Rows = list[tuple[Any, ...]]
Reader = Callable[[Rows, str], list[Any]]


def object_reader(plan: SelectPlan) -> Reader:
    """Return the function from rows and alias to instances."""
    careful = _Source(plan, Scope()).build()
    return _Source(plan, TrustingScope(careful)).build() if _is_repeatable(plan) else careful


def single_reader(plan: SelectPlan) -> Callable[[tuple[Any, ...], str], Any]:
    """Return the function from one row and alias to an instance."""
    read = _Source(plan, Scope()).build()

    def careful(row: tuple[Any, ...], db: str) -> Any:
        return read([row], db)[0]

    return _Source(plan, TrustingScope(careful)).build_single() if _is_repeatable(plan) else careful


def _is_repeatable(plan: SelectPlan) -> bool:
    """Tell whether nobody notices that a row is read twice."""
    return plan.objects is not None and all(map(is_quiet, plan.converters)) and _is_plain(plan.objects)


def _is_plain(objects: ObjectColumns) -> bool:
    """Tell whether an object and those that hang on it are made without code of users."""
    return not constructor_matters(objects.model) and all(
        child.remote_setter is None and _is_plain_key(child) and _is_plain(child) for child in objects.related
    )


def _is_plain_key(child: ObjectColumns) -> bool:
    method = getattr(type(child.field), "set_cached_value", None)
    return not child.reverse and method is not None and method.__module__.startswith("fastjango.db.models.")


def constructor_matters(model: Any) -> bool:
    """Tell whether instances of *model* must be made by ``from_db``."""
    state = model._meta.__dict__
    overrides = state.get("_overrides_construction")
    if overrides is None:
        overrides = state["_overrides_construction"] = _overrides_construction(model)
    return overrides or pre_init.has_listeners(model) or post_init.has_listeners(model)


def readers_key(objects: ObjectColumns) -> tuple[bool, ...]:
    """Return what may change between two uses of a plan: who listens to the init signals."""
    if not (pre_init.receivers or post_init.receivers):
        return ()
    return _listeners(objects)


def _listeners(objects: ObjectColumns) -> tuple[bool, ...]:
    return (constructor_matters(objects.model), *(flag for child in objects.related for flag in _listeners(child)))


def _base_of(model: Any) -> Any:
    """Return ``Model`` itself, the first class that knows ``from_db``."""
    return next(cls for cls in reversed(model.__mro__) if "from_db" in cls.__dict__)


def _overrides_construction(model: Any) -> bool:
    base = _base_of(model)
    return (
        model.__init__ is not base.__init__
        or model.from_db.__func__ is not base.from_db.__func__
        or model.__new__ is not base.__new__
        or model.__setattr__ is not base.__setattr__
        or (model.__dict__.get("_state") is not base.__dict__.get("_state") and "_state" in model.__dict__)
    )


class _Source:
    """Writes the source of one reader."""

    def __init__(self, plan: SelectPlan, scope: Scope) -> None:
        self.plan = plan
        self.scope = scope
        self.lines: list[str] = []
        self.count = 0
        # Objects whose cache of related objects has been made.
        self.cached: set[str] = set()

    def build(self) -> Reader:
        """Return the function from rows to their objects."""
        if isinstance(self.scope, TrustingScope):
            return self.scope.function(self._trusting(self._body(indent=3)))
        return self.scope.function(self._plain(self._body(indent=2)))

    def _body(self, indent: int) -> str:
        """Write the lines that make the objects of one row; return the name of the first."""
        objects = self.plan.objects
        assert objects is not None
        self.scope.names.update(State=ModelState)
        body = self._object(objects, objects.select_fields, indent)
        for name, place in self.plan.annotations.items():
            number = next(number for number, span in enumerate(self.plan.spans) if span[0] == place)
            self._store(body, name, self.scope.value(self.plan, number), "    " * indent)
        return body

    def build_single(self) -> Callable[[tuple[Any, ...], str], Any]:
        """Return the function from one row to its object."""
        body = self._body(indent=2)
        row = "".join(f"{self.scope.cell(place)}, " for place in range(len(self.plan.columns)))
        return self.scope.function(
            [
                "def read(row, db):",
                "    try:",
                *self._checks(),
                f"        {row}= row",
                *self.lines,
                "    except (TypeError, ValueError):",
                "        return careful(row, db)",
                f"    return {body}",
            ]
        )

    def _plain(self, body: str) -> list[str]:
        return [
            "def read(rows, db):",
            "    out = []",
            "    add = out.append",
            "    for r in rows:",
            *self.lines,
            f"        add({body})",
            "    return out",
        ]

    def _trusting(self, body: str) -> list[str]:
        row = "".join(f"{self.scope.cell(place)}, " for place in range(len(self.plan.columns)))
        return [
            "def read(rows, db):",
            "    out = []",
            "    add = out.append",
            "    try:",
            *self._checks(),
            f"        for {row}in rows:",
            *self.lines,
            f"            add({body})",
            "    except (TypeError, ValueError):",
            "        return careful(rows, db)",
            "    return out",
        ]

    def _checks(self) -> list[str]:
        return [f"        {line}" for line in self.scope.checks] if isinstance(self.scope, TrustingScope) else []

    def _store(self, owner: str, name: str, value: str, pad: str) -> None:
        if name.isidentifier() and not keyword.iskeyword(name):
            self.lines.append(f"{pad}{owner}.{name} = {value}")
        else:
            self.lines.append(f"{pad}setattr({owner}, {name!r}, {value})")

    def _object(self, objects: ObjectColumns, places: list[int], indent: int) -> str:
        """Write the lines that make one object; return its name."""
        name = f"o{self.count}"
        self.count += 1
        attnames = {self.plan.columns[place][0].target.attname: place for place in places}
        if objects.from_parent:
            # Columns of the parent come first: bring all into the model's order.
            wanted = [field.attname for field in objects.model._meta.concrete_fields]
            attnames = {attname: attnames[attname] for attname in wanted if attname in attnames}
        pad = "    " * indent
        model_name = self.scope.name(objects.model, "M")
        if constructor_matters(objects.model):
            names = self.scope.name(list(attnames), "N")
            values = "".join(f"{self.scope.column(place, self.plan.converters)}, " for place in attnames.values())
            self.lines.append(f"{pad}{name} = {model_name}.from_db(db, {names}, ({values}))")
        else:
            new = self.scope.name(objects.model.__new__, "new")
            self.lines.append(f"{pad}{name} = {new}({model_name})")
            state = f"s{name}"
            self.lines.append(f"{pad}{state} = State()")
            self.lines.append(f"{pad}{state}.db = db; {state}.adding = False")
            self.lines.append(f"{pad}{name}._state = {state}")
            for attname, place in attnames.items():
                self._store(name, attname, self.scope.column(place, self.plan.converters), pad)
        for child in objects.related:
            self._related(child, places, name, indent)
        return name

    def _key_is_read(self, child: ObjectColumns, places: list[int]) -> bool:
        if len(child.field.local_related_fields) > 1:
            return False
        read = {self.plan.columns[place][0].target.attname for place in places}
        return child.field.local_related_fields[0].attname in read

    def _related(self, child: ObjectColumns, parent_places: list[int], parent: str, indent: int) -> None:
        pad = "    " * indent
        places = [*parent_places, *child.select_fields] if child.from_parent else child.select_fields
        pk = child.model._meta.pk_fields[0].attname
        pk_place = next(place for place in places if self.plan.columns[place][0].target.attname == pk)
        self.lines.append(f"{pad}if {self.scope.cell(pk_place)} is None:")
        name = f"o{self.count}"
        self.lines.append(f"{pad}    {name} = None")
        self.lines.append(f"{pad}else:")
        self._object(child, places, indent + 1)
        if _is_plain_key(child) and f"{pad}{parent}._state = s{parent}" in self.lines:
            # What set_cached_value() does for a new object, without the call.
            key = child.field.cache_name
            if not self._key_is_read(child, parent_places):
                # A deferred key would be read to compare it with the object, one of several columns is remembered.
                self.cached.add(parent)
                self.lines.append(f"{pad}{self.scope.name(child.local_setter, 'L')}({parent}, {name})")
            elif parent in self.cached:
                self.lines.append(f"{pad}s{parent}.fields_cache[{key!r}] = {name}")
            else:
                self.cached.add(parent)
                self.lines.append(f"{pad}s{parent}.fields_cache = {{{key!r}: {name}}}")
        elif child.local_setter is not None:
            self.lines.append(f"{pad}{self.scope.name(child.local_setter, 'L')}({parent}, {name})")
        if child.remote_setter is not None:
            self.lines.append(f"{pad}if {name} is not None:")
            self.lines.append(f"{pad}    {self.scope.name(child.remote_setter, 'R')}({name}, {parent})")


__all__ = ["constructor_matters", "object_reader", "readers_key", "single_reader"]
