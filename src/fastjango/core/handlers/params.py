"""
FastAPI's reading of path, query, header and cookie parameters, with what does not change worked out once.

For every request FastAPI asks anew what kind of parameter each one is. Plain ones (one name, one value) are read here by
a plan that its own functions made; all others go to its own function. ``install()`` puts it in place, once per process;
where FastAPI has changed too much, nothing is put in place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fastapi.dependencies import utils
from fastapi.params import Param
from pydantic_core import PydanticUndefined

Read = Callable[[Sequence[Any], Any], tuple[dict[str, Any], list[Any]]]

_NEEDED = (
    *("_get_param_model", "_get_param_aliases", "_is_json_field", "field_annotation_is_sequence"),
    *("get_missing_field_error", "request_params_to_args", "_validate_value_with_model_field"),
)
_PLAIN_DEFAULTS = (type(None), str, bytes, int, float, bool)


class Plan:
    """How one parameter is read."""

    __slots__ = ("alias", "default", "field", "loc", "name")

    def __init__(self, field: Any, alias: str) -> None:
        self.field = field
        self.name: str = field.name
        self.alias = alias
        self.loc = (field.field_info.in_.value, alias)
        info = field.field_info
        plain = (
            not info.is_required()
            and info.default_factory is None
            and not info.validate_default
            and type(info.default) in _PLAIN_DEFAULTS
        )
        # The value of a parameter that is not sent; undefined where FastAPI is to say.
        self.default: Any = info.default if plain else PydanticUndefined


def plan_for(field: Any) -> Plan | None:
    """Return how *field* is read, or None where FastAPI has to do it."""
    source: Any = utils
    info = field.field_info
    if not isinstance(info, Param) or source._get_param_model(field) is not None or source._is_json_field(field):
        return None
    if source.field_annotation_is_sequence(info.annotation):
        return None
    aliases = source._get_param_aliases(field)
    return Plan(field, aliases[0][1]) if len(aliases) == 1 else None


class Reader:
    """Reads parameters; knows the plans of the lists of fields it has seen."""

    def __init__(self, original: Read) -> None:
        self._original = original
        # The list itself is kept, so that its id stays its own.
        self._plans: dict[int, tuple[Sequence[Any], int, list[Plan] | None]] = {}

    def __call__(self, fields: Sequence[Any], received_params: Any) -> tuple[dict[str, Any], list[Any]]:
        if not fields:
            return {}, []
        known = self._plans.get(id(fields))
        if known is None or known[1] != len(fields):
            known = self._learn(fields)
        plans = known[2]
        if plans is None:
            return self._original(fields, received_params)
        values: dict[str, Any] = {}
        errors: list[Any] = []
        for plan in plans:
            value = received_params.get(plan.alias)
            if value is None:
                if plan.default is not PydanticUndefined:
                    values[plan.name] = plan.default
                    continue
                value = PydanticUndefined
                found, wrong = utils._validate_value_with_model_field(
                    field=plan.field, value=value, values=values, loc=plan.loc
                )
            else:
                found, wrong = plan.field.validate(value, values, loc=plan.loc)
            if wrong:
                errors.extend(wrong)
            else:
                values[plan.name] = found
        return values, errors

    def _learn(self, fields: Sequence[Any]) -> tuple[Sequence[Any], int, list[Plan] | None]:
        made = [plan_for(field) for field in fields]
        plans = [plan for plan in made if plan is not None]
        if len(self._plans) > 4096:
            # Dependency overrides make new lists for each request.
            self._plans.clear()
        known = (fields, len(fields), plans if len(plans) == len(made) else None)
        self._plans[id(fields)] = known
        return known


def install() -> None:
    """Let FastAPI read parameters by plans; a second call does nothing."""
    source: Any = utils
    if all(hasattr(source, name) for name in _NEEDED) and not isinstance(source.request_params_to_args, Reader):
        source.request_params_to_args = Reader(source.request_params_to_args)


__all__ = ["Plan", "Reader", "install", "plan_for"]
