"""``full_clean()`` and its parts: fields, uniqueness, constraints."""

from __future__ import annotations

from typing import Any

from fastjango.core.exceptions import NON_FIELD_ERRORS, ValidationError
from fastjango.db import router
from fastjango.db.models.expressions import DatabaseDefault, F, Value
from fastjango.db.models.fields import CompositePrimaryKey
from fastjango.utils.text import capfirst, get_text_list
from fastjango.utils.translation import gettext_lazy as _

UniqueCheck = tuple[Any, tuple[str, ...]]
DateCheck = tuple[Any, str, str, str]


def full_clean(instance: Any, exclude: Any, validate_unique: bool, validate_constraints: bool) -> None:
    """Run all validation and raise everything that it finds at once."""
    errors: dict[str, Any] = {}
    exclude = set(exclude) if exclude else set()
    try:
        instance.clean_fields(exclude=exclude)
    except ValidationError as exc:
        errors = exc.update_error_dict(errors)
    # The model's own clean() runs in any case.
    try:
        instance.clean()
    except ValidationError as exc:
        errors = exc.update_error_dict(errors)
    # Uniqueness of a wrong value means nothing.
    steps = []
    if validate_unique:
        steps.append(instance.validate_unique)
    if validate_constraints:
        steps.append(instance.validate_constraints)
    for step in steps:
        exclude.update(name for name in errors if name != NON_FIELD_ERRORS)
        try:
            step(exclude=exclude)
        except ValidationError as exc:
            errors = exc.update_error_dict(errors)
    if errors:
        raise ValidationError(errors)


def clean_fields(instance: Any, exclude: Any = None) -> None:
    """Validate every field and store the cleaned values."""
    exclude = exclude or set()
    errors: dict[str, Any] = {}
    for field in instance._meta.fields:
        if field.name in exclude or field.generated:
            continue
        # A blank value that is allowed is not looked at further.
        raw = getattr(instance, field.attname)
        if field.blank and raw in field.empty_values:
            continue
        if isinstance(raw, DatabaseDefault):
            continue
        try:
            setattr(instance, field.attname, field.clean(raw, instance))
        except ValidationError as exc:
            errors[field.name] = exc.error_list
    if errors:
        raise ValidationError(errors)


def unique_checks(
    instance: Any, exclude: Any = None, include_meta_constraints: bool = False
) -> tuple[list[UniqueCheck], list[DateCheck]]:
    """Return the sets of fields that must be unique, and those that must be so per date."""
    exclude = exclude or set()
    sets: list[UniqueCheck] = []
    cls = type(instance)
    togethers = [(cls, instance._meta.unique_together)]
    constraints = [(cls, instance._meta.total_unique_constraints)] if include_meta_constraints else []
    for parent in instance._meta.all_parents:
        if parent._meta.unique_together:
            togethers.append((parent, parent._meta.unique_together))
        if include_meta_constraints and parent._meta.total_unique_constraints:
            constraints.append((parent, parent._meta.total_unique_constraints))
    everywhere = [
        *((model, tuple(names)) for model, together in togethers for names in together),
        *((model, constraint.fields) for model, found in constraints for constraint in found),
    ]
    sets.extend((model, names) for model, names in everywhere if not any(name in exclude for name in names))

    dates: list[DateCheck] = []
    with_fields = [(cls, instance._meta.local_fields)]
    with_fields.extend((parent, parent._meta.local_fields) for parent in instance._meta.all_parents)
    for model, fields in with_fields:
        for field in fields:
            name = field.name
            if name in exclude:
                continue
            if isinstance(field, CompositePrimaryKey):
                parts = tuple(part.name for part in field.fields)
                if not any(part in exclude for part in parts):
                    sets.append((model, parts))
            elif field.unique:
                sets.append((model, (name,)))
            for option, kind in (
                ("unique_for_date", "date"),
                ("unique_for_year", "year"),
                ("unique_for_month", "month"),
            ):
                other = getattr(field, option)
                if other and other not in exclude:
                    dates.append((model, kind, name, other))
    return sets, dates


def perform_unique_checks(instance: Any, checks: list[UniqueCheck]) -> dict[str, list[Any]]:
    """Return the errors of sets that another row has already. Queries: 1 per set."""
    errors: dict[str, list[Any]] = {}
    for model, names in checks:
        lookup: dict[str, Any] = {}
        for name in names:
            field = instance._meta.get_field(name)
            value = getattr(instance, field.attname)
            if value is None:
                # Nulls are never equal.
                continue
            # A row keeps its own key.
            if not instance._state.adding and (field.primary_key or field in model._meta.pk_fields):
                continue
            lookup[str(name)] = value
        if len(names) != len(lookup):
            continue
        rows = model._default_manager.filter(**lookup)
        # The row itself is no clash; its key may be one of the fields.
        own_key = instance._get_pk_val(model._meta)
        if not instance._state.adding and instance._is_pk_set(model._meta):
            rows = rows.exclude(pk=own_key)
        if rows.exists():
            key = names[0] if len(names) == 1 else NON_FIELD_ERRORS
            errors.setdefault(key, []).append(instance.unique_error_message(model, names))
    return errors


def perform_date_checks(instance: Any, checks: list[DateCheck]) -> dict[str, list[Any]]:
    """Return the errors of values that another row has in the same period. Queries: 1 per check."""
    errors: dict[str, list[Any]] = {}
    for model, kind, name, other in checks:
        date = getattr(instance, other)
        if date is None:
            continue
        lookup: dict[str, Any] = {}
        if kind == "date":
            lookup[f"{other}__day"] = date.day
            lookup[f"{other}__month"] = date.month
            lookup[f"{other}__year"] = date.year
        else:
            lookup[f"{other}__{kind}"] = getattr(date, kind)
        lookup[name] = getattr(instance, name)
        rows = model._default_manager.filter(**lookup)
        if not instance._state.adding and instance._is_pk_set():
            rows = rows.exclude(pk=instance.pk)
        if rows.exists():
            errors.setdefault(name, []).append(instance.date_error_message(kind, name, other))
    return errors


def date_error(instance: Any, lookup_type: str, field_name: str, unique_for: str) -> ValidationError:
    """Return the error of a value that is not unique in its period."""
    opts = instance._meta
    field = opts.get_field(field_name)
    return ValidationError(
        message=field.error_messages["unique_for_date"],
        code="unique_for_date",
        params={
            "model": instance,
            "model_name": capfirst(opts.verbose_name),
            "lookup_type": lookup_type,
            "field": field_name,
            "field_label": capfirst(field.verbose_name),
            "date_field": unique_for,
            "date_field_label": capfirst(opts.get_field(unique_for).verbose_name),
        },
    )


def unique_error(instance: Any, model_class: Any, names: tuple[str, ...]) -> ValidationError:
    """Return the error of a value, or of several together, that another row has."""
    opts = model_class._meta
    params: dict[str, Any] = {
        "model": instance,
        "model_class": model_class,
        "model_name": capfirst(opts.verbose_name),
        "unique_check": names,
    }
    if len(names) == 1:
        field = opts.get_field(names[0])
        params["field_label"] = capfirst(field.verbose_name)
        return ValidationError(message=field.error_messages["unique"], code="unique", params=params)
    labels = [capfirst(opts.get_field(name).verbose_name) for name in names]
    params["field_labels"] = get_text_list(labels, _("and"))
    return ValidationError(
        message=_("%(model_name)s with this %(field_labels)s already exists."),
        code="unique_together",
        params=params,
    )


def validate_constraints(instance: Any, exclude: Any = None) -> None:
    """Ask every constraint of the model and its parents."""
    using = router.db_for_write(type(instance), instance=instance)
    errors: dict[str, Any] = {}
    for model, constraints in instance.get_constraints():
        for constraint in constraints:
            try:
                constraint.validate(model, instance, exclude=exclude, using=using)
            except ValidationError as exc:
                if getattr(exc, "code", None) == "unique" and len(getattr(constraint, "fields", ())) == 1:
                    errors.setdefault(constraint.fields[0], []).append(exc)
                else:
                    errors = exc.update_error_dict(errors)
    if errors:
        raise ValidationError(errors)


def field_expression_map(instance: Any, meta: Any, exclude: Any = None) -> dict[str, Any]:
    """Return the instance's values as expressions, for checking constraints."""
    exclude = exclude or set()
    found: dict[str, Any] = {}
    generated: list[Any] = []
    for field in meta.local_concrete_fields:
        if field.name in exclude:
            continue
        if field.generated:
            if not any(part in exclude for part in _names_in(field.expression)):
                generated.append(field)
            continue
        value = getattr(instance, field.attname)
        if not value or not hasattr(value, "resolve_expression"):
            value = Value(value, field)
        if field.name != field.attname:
            found[field.attname] = value
        found[field.name] = value
    if "pk" not in exclude:
        found["pk"] = Value(instance.pk, meta.pk)
    # Generated columns may read all of the others.
    replacements = {F(name): value for name, value in found.items()}
    for field in generated:
        found[field.name] = field.expression.replace_expressions(replacements)
    return found


def _names_in(expression: Any) -> set[str]:
    return {getattr(part, "name", "") for part in expression.flatten()} if hasattr(expression, "flatten") else set()
