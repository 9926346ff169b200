"""What ``save()`` is given: which tables are forced, which fields are written."""

from __future__ import annotations

import warnings
from typing import Any

from fastjango.utils.deprecation import RemovedInDjango60Warning


def positional(method_name: str, args: tuple[Any, ...], options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of ``save`` with old-style positional values filled in."""
    warnings.warn(
        f"Passing positional arguments to {method_name}() is deprecated",
        RemovedInDjango60Warning,
        stacklevel=3,
    )
    defaults = {"force_insert": False, "force_update": False, "using": None, "update_fields": None}
    if len(args) > len(defaults):
        raise TypeError(
            f"Model.{method_name}() takes from 1 to {len(defaults) + 1} positional arguments but {len(args) + 1} were given"
        )
    for (name, default), value in zip(defaults.items(), args, strict=False):
        if options[name] is not default:
            raise TypeError(f"Model.{method_name}() got multiple values for argument '{name}'")
        options[name] = value
    return options


def fields_to_update(instance: Any, given: Any) -> frozenset[str]:
    """
    Return the names as a set.

    Raises:
        ValueError: some are no columns that can be updated.
    """
    names: frozenset[str] = frozenset(given)
    unknown = names.difference(instance._meta._non_pk_concrete_field_names)
    if unknown:
        raise ValueError(
            "The following fields do not exist in this model, are m2m fields, primary keys, or are non-concrete fields: {}".format(
                ", ".join(sorted(unknown))
            )
        )
    return names


def loaded_fields(instance: Any) -> frozenset[str] | None:
    """Return the columns that an instance with deferred fields has, else None."""
    opts = instance._meta
    data = instance.__dict__
    missing = {field.attname for field in opts.concrete_fields if field.attname not in data and not field.generated}
    if not missing:
        return None
    keys = {field.attname for field in opts.pk_fields}
    found = {field.attname for field in opts.concrete_fields} - keys - missing
    return frozenset(found) or None


def forced_models(cls: Any, force_insert: Any) -> tuple[Any, ...]:
    """
    Return the models whose tables must get a new row.

    Raises:
        TypeError: *force_insert* is neither a bool nor a tuple of base models.
    """
    if force_insert is False:
        return ()
    if force_insert is True:
        return (cls,)
    if not isinstance(force_insert, tuple):
        raise TypeError("force_insert must be a bool or tuple.")
    for member in force_insert:
        if not isinstance(member, type(cls)):
            raise TypeError(f"Invalid force_insert member. {member!r} must be a model subclass.")
        if not issubclass(cls, member):
            raise TypeError(f"Invalid force_insert member. {member.__qualname__} must be a base of {cls.__qualname__}.")
    return force_insert
