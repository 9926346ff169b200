"""The select list: the model's columns, related objects, annotations, ``values()``.

Next to the list it says what the columns are for: ``ObjectColumns`` is the tree of objects
that the hydrator builds from one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import partial
from typing import TYPE_CHECKING, Any

from fastjango.core.exceptions import FieldError
from fastjango.db.models.expressions import ColPairs, RawSQL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Select = list[tuple[Any, str | None]]


@dataclass
class ObjectColumns:
    """Which columns of a row make an object, and what hangs on it."""

    model: Any
    select_fields: list[int]
    field: Any = None
    reverse: bool = False
    from_parent: bool = False
    local_setter: Callable[[Any, Any], None] | None = None
    remote_setter: Callable[[Any, Any], None] | None = None
    related: list[ObjectColumns] = dataclass_field(default_factory=list)


@dataclass
class SelectList:
    """
    The columns of a statement and what they are for.

    ``tuples`` says where the columns of a composite key begin, and how many they are.
    """

    columns: Select
    objects: ObjectColumns | None
    annotations: dict[str, int]
    tuples: dict[int, int] = dataclass_field(default_factory=dict)


def build_select_list(query: Any) -> SelectList:
    """Return the select list of *query*; joins are added to it as needed."""
    mask = query.get_select_mask()
    columns = default_columns(query, mask) if query.default_cols else list(query.select)
    if query.selected is None:
        first = len(query.extra_select)
        places = list(range(first, first + len(columns)))
        pairs: list[tuple[str | None, Any]] = [
            *((alias, RawSQL(*entry)) for alias, entry in query.extra_select.items()),
            *((None, column) for column in columns),
            *query.annotation_select.items(),
        ]
    else:
        pairs, places = [], []
        for place, (alias, source) in enumerate(query.selected.items()):
            if isinstance(source, str):
                expression = (
                    RawSQL(*query.extra_select[source]) if source in query.extra_select else query.annotations[source]
                )
            else:
                places.append(place)
                expression = columns[source]
            pairs.append((alias, expression))
    select: Select = []
    annotations: dict[str, int] = {}
    tuples: dict[int, int] = {}
    starts: list[int] = []
    for alias, expression in pairs:
        starts.append(len(select))
        if alias:
            annotations[alias] = len(select)
        if isinstance(expression, ColPairs):
            tuples[len(select)] = len(expression)
            select.extend((column, None) for column in expression.get_cols())
        else:
            select.append((expression, alias))
    objects = ObjectColumns(query.model, [starts[place] for place in places]) if columns else None
    if query.select_related and objects is not None:
        objects.related = RelatedColumns(query, select).collect(mask)
    return SelectList(select, objects, annotations, tuples)


def default_columns(
    query: Any, mask: dict[Any, Any], start_alias: str | None = None, opts: Any = None, from_parent: Any = None
) -> list[Any]:
    """
    Return the columns of a model, those of its parents joined.

    Args:
        mask: The fields to load; empty for all.
        from_parent: A parent model whose columns are loaded already.
    """
    if opts is None:
        opts = query.get_meta()
        if opts is None:
            return []
    start_alias = start_alias or query.get_initial_alias()
    seen: dict[Any, Any] = {None: start_alias}
    result = []
    for model_field in opts.concrete_fields:
        model = model_field.model._meta.concrete_model
        if model == opts.model:
            model = None
        if from_parent and model is not None and issubclass(from_parent._meta.concrete_model, model):
            continue
        if mask and model_field not in mask:
            continue
        alias = query.join_parent_model(opts, model, start_alias, seen)
        result.append(model_field.get_col(alias))
    return result


class RelatedColumns:
    """Adds the columns of ``select_related`` objects to a select list."""

    def __init__(self, query: Any, select: Select) -> None:
        self.query = query
        self.select = select

    def collect(
        self,
        mask: dict[Any, Any],
        opts: Any = None,
        root_alias: str | None = None,
        depth: int = 1,
        requested: Any = None,
        restricted: bool = False,
    ) -> list[ObjectColumns]:
        """
        Return the objects that hang on one model.

        Raises:
            FieldError: A name in ``select_related`` is no single-valued relation.
        """
        if not restricted and depth > self.query.max_depth:
            return []
        if opts is None:
            opts = self.query.get_meta()
            root_alias = self.query.get_initial_alias()
        if requested is None:
            restricted = isinstance(self.query.select_related, dict)
            requested = self.query.select_related if restricted else {}
        found: set[str] = set()
        result = self._forward(mask, opts, root_alias, depth, requested, restricted, found)
        if restricted:
            result.extend(self._reverse(mask, opts, root_alias, depth, requested, found))
            if depth == 1:
                result.extend(self._filtered(mask, opts, root_alias, depth, requested, found))
            missing = [name for name in requested if name not in found]
            if missing:
                names = ", ".join(f"'{name}'" for name in missing)
                choices = ", ".join(self._choices(opts)) or "(none)"
                raise FieldError(f"Invalid field name(s) given in select_related: {names}. Choices are: {choices}")
        return result

    def _forward(
        self, mask: Any, opts: Any, root_alias: Any, depth: int, requested: Any, restricted: bool, found: set[str]
    ) -> list[ObjectColumns]:
        result = []
        for relation in opts.fields:
            found.add(relation.name)
            deeper: Any = requested.get(relation.name, {}) if restricted else {}
            if restricted and not relation.is_relation and (deeper or relation.name in requested):
                choices = ", ".join(self._choices(opts)) or "(none)"
                raise FieldError(
                    f"Non-relational field given in select_related: '{relation.name}'. Choices are: {choices}"
                )
            if not descends(relation, restricted, requested, mask):
                continue
            sub_mask = mask.get(relation) or {}
            target = relation.remote_field.model
            objects = ObjectColumns(
                target,
                [],
                field=relation,
                local_setter=relation.set_cached_value,
                remote_setter=relation.remote_field.set_cached_value if relation.unique else None,
            )
            alias = self.query.setup_joins([relation.name], opts, root_alias).joins[-1]
            self._add(objects, default_columns(self.query, sub_mask, alias, target._meta))
            objects.related = self.collect(sub_mask, target._meta, alias, depth + 1, deeper, restricted)
            result.append(objects)
        return result

    def _reverse(
        self, mask: Any, opts: Any, root_alias: Any, depth: int, requested: Any, found: set[str]
    ) -> list[ObjectColumns]:
        result = []
        for rel in opts.related_objects:
            relation, model = rel.field, rel.related_model
            if not relation.unique or rel.many_to_many:
                continue
            if not descends(rel, True, requested, mask):
                continue
            sub_mask = mask.get(rel) or {}
            name = rel.name
            found.add(name)
            alias = self.query.setup_joins([name], opts, root_alias).joins[-1]
            objects = ObjectColumns(
                model,
                [],
                field=relation,
                reverse=True,
                from_parent=issubclass(model, opts.model) and model is not opts.model,
                local_setter=rel.set_cached_value,
                remote_setter=relation.set_cached_value,
            )
            self._add(objects, default_columns(self.query, sub_mask, alias, model._meta, opts.model))
            objects.related = self.collect(sub_mask, model._meta, alias, depth + 1, requested[name], True)
            result.append(objects)
        return result

    def _filtered(
        self, mask: Any, opts: Any, root_alias: Any, depth: int, requested: Any, found: set[str]
    ) -> list[ObjectColumns]:
        result = []
        for name in list(requested):
            if name not in self.query._filtered_relations:
                continue
            found.add(name)
            info = self.query.setup_joins([name], opts, root_alias)
            model, alias = info.opts.model, info.joins[-1]
            objects = ObjectColumns(
                model,
                [],
                field=info.final_field,
                reverse=True,
                from_parent=issubclass(model, opts.model) and model is not opts.model,
                local_setter=partial(_set_far_side, info.final_field) if len(info.joins) <= 2 else None,
                remote_setter=partial(_set_attribute, name),
            )
            sub_mask = mask.get((name, info.final_field)) or {}
            self._add(objects, default_columns(self.query, sub_mask, alias, model._meta, opts.model))
            objects.related = self.collect(sub_mask, model._meta, alias, depth + 1, requested[name], True)
            result.append(objects)
        return result

    def _add(self, objects: ObjectColumns, columns: list[Any]) -> None:
        for column in columns:
            objects.select_fields.append(len(self.select))
            self.select.append((column, None))

    def _choices(self, opts: Any) -> Iterator[str]:
        yield from (relation.name for relation in opts.fields if relation.is_relation)
        yield from (rel.field.related_query_name() for rel in opts.related_objects if rel.field.unique)
        yield from self.query._filtered_relations


def descends(relation: Any, restricted: bool, requested: Any, mask: Any) -> bool:
    """
    Tell whether ``select_related`` follows *relation*, a field or the far side of one.

    Raises:
        FieldError: The relation is asked for and deferred at once.
    """
    if not relation.remote_field or getattr(relation.remote_field, "parent_link", False):
        return False
    if not restricted:
        return not relation.null
    if relation.name not in requested:
        return False
    if mask and relation not in mask:
        raise FieldError(
            f"Field {relation.model._meta.object_name}.{relation.name} cannot be both deferred and "
            "traversed using select_related at the same time."
        )
    return True


def _set_far_side(relation: Any, obj: Any, from_obj: Any) -> None:
    if from_obj:
        relation.remote_field.set_cached_value(from_obj, obj)


def _set_attribute(name: str, obj: Any, from_obj: Any) -> None:
    setattr(from_obj, name, obj)


__all__ = ["ObjectColumns", "RelatedColumns", "SelectList", "build_select_list", "default_columns"]
