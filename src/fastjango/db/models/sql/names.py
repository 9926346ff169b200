"""From names to columns: ``"author__name__lower"`` to joins, a field and transforms.

Names are resolved through the model's options only, so that nothing a user sends can
reach further than the fields, relations, annotations and registered transforms.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from fastjango.core.exceptions import FieldDoesNotExist, FieldError
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import F, Q, Ref

from .constants import INNER
from .datastructures import Join, MultiJoin
from .joins import TableBook, gen_cols

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


class JoinInfo(NamedTuple):
    """Where a path of names has led."""

    final_field: Any
    targets: tuple[Any, ...]
    opts: Any
    joins: list[str]
    path: list[Any]
    transform_function: Callable[..., Any]


def get_field_names_from_opts(opts: Any) -> set[str]:
    """Return every name a lookup may begin with; no options, no names."""
    if opts is None:
        return set()
    return {
        name
        for field in opts.get_fields()
        for name in ((field.name, field.attname) if field.concrete else (field.name,))
    }


def get_children_from_q(condition: Any) -> Iterator[str]:
    """Yield the paths of names in a Q tree: of its lookups, and of the expressions on either side."""
    for child in condition.children:
        if hasattr(child, "children") and hasattr(child, "connector"):
            yield from get_children_from_q(child)
        elif isinstance(child, tuple):
            name, value = child
            yield from _paths_of_expression(value)
            yield name
        else:
            yield from _paths_of_expression(child)


def _paths_of_expression(expression: Any) -> Iterator[str]:
    if isinstance(expression, F):
        yield expression.name
    elif hasattr(expression, "flatten"):
        for part in expression.flatten():
            if isinstance(part, F):
                yield part.name
            elif isinstance(part, Q):
                yield from get_children_from_q(part)


class NameBook(TableBook):
    """A spec that can follow paths of names."""

    # -- paths

    def names_to_path(
        self,
        names: list[str],
        opts: Any,
        allow_many: bool = True,
        fail_on_missing: bool = False,
    ) -> tuple[list[Any], Any, tuple[Any, ...], list[str]]:
        """
        Follow *names* from *opts*: the path, the last field, its targets, the rest of the names.

        Raises:
            FieldError: The first name (or, with *fail_on_missing*, any) is unknown.
            MultiJoin: The path is multi-valued and *allow_many* is off.
        """
        path: list[Any] = []
        names_with_path: list[tuple[str, list[Any]]] = []
        final_field: Any = None
        targets: tuple[Any, ...] = ()
        position = 0
        for position, name in enumerate(names):  # noqa: B007 - the last position is used below
            travelled: tuple[str, list[Any]] = (name, [])
            field, filtered_relation = self._field_of_name(name, opts, position, path, allow_many, fail_on_missing)
            if field is None:
                # A local field is no relation: the rest are transforms and a lookup.
                position -= 1
                if position == -1 or fail_on_missing:
                    self._raise_unknown_name(name, opts)
                break
            opts = self._to_table_of(field, opts, path, travelled)
            if not hasattr(field, "path_infos"):
                final_field = field
                targets = (field,)
                if fail_on_missing and position + 1 != len(names):
                    raise FieldError(
                        f"Cannot resolve keyword {names[position + 1]!r} into field. Join on '{name}' not permitted."
                    )
                break
            infos = field.path_infos if filtered_relation is None else field.get_path_info(filtered_relation)
            if not allow_many:
                for inner, info in enumerate(infos):
                    if info.m2m:
                        travelled[1].extend(infos[: inner + 1])
                        names_with_path.append(travelled)
                        raise MultiJoin(position + 1, names_with_path)
            last = infos[-1]
            path.extend(infos)
            final_field, opts, targets = last.join_field, last.to_opts, last.target_fields
            travelled[1].extend(infos)
            names_with_path.append(travelled)
        return path, final_field, targets, list(names[position + 1 :])

    def _field_of_name(
        self, name: str, opts: Any, position: int, path: list[Any], allow_many: bool, fail_on_missing: bool
    ) -> tuple[Any, Any]:
        if name == "pk" and opts is not None:
            name = opts.pk.name
        field: Any = None
        filtered_relation: Any = None
        try:
            if opts is None:
                raise FieldDoesNotExist
            field = opts.get_field(name)
        except FieldDoesNotExist:
            if name in self.annotation_select:
                field = self.annotation_select[name].output_field
            elif position == 0 and name in self._filtered_relations:
                filtered_relation = self._filtered_relations[name]
                relation = filtered_relation.relation_name
                if LOOKUP_SEP in relation:
                    inner_path, field, _, _ = self.names_to_path(
                        relation.split(LOOKUP_SEP), opts, allow_many, fail_on_missing
                    )
                    path.extend(inner_path[:-1])
                else:
                    field = self.get_meta().get_field(relation)
        if field is not None and field.is_relation and not field.related_model:
            raise FieldError(
                f"Field {field.name!r} does not generate an automatic reverse relation and therefore "
                "cannot be used for reverse querying. If it is a GenericForeignKey, consider "
                "adding a GenericRelation."
            )
        return field, filtered_relation

    def _raise_unknown_name(self, name: str, opts: Any) -> None:
        choices = sorted([*get_field_names_from_opts(opts), *self.annotation_select, *self._filtered_relations])
        raise FieldError(f"Cannot resolve keyword '{name}' into field. Choices are: {', '.join(choices)}")

    def _to_table_of(self, field: Any, opts: Any, path: list[Any], travelled: tuple[str, list[Any]]) -> Any:
        """Add the steps to the ancestor that owns *field*; return the options there."""
        # An annotation's field belongs to no model.
        owner = getattr(field, "model", None)
        model = owner._meta.concrete_model if owner is not None else None
        if opts is None or model is opts.model or model is None:
            return opts
        steps = opts.get_path_to_parent(model)
        if not steps:
            return opts
        path.extend(steps)
        travelled[1].extend(steps)
        return steps[-1].to_opts

    # -- joins

    def setup_joins(
        self,
        names: list[str],
        opts: Any,
        alias: str | None,
        can_reuse: Collection[str] | None = None,
        allow_many: bool = True,
    ) -> JoinInfo:
        """
        Join what *names* lead through, beginning at *alias*.

        Names that are no fields become transforms, applied by ``transform_function``.
        """
        joins: list[Any] = [alias]

        def plain(field: Any, alias: str | None) -> Any:
            if not self.alias_cols:
                alias = None
            return field.get_col(alias)

        final_transformer: Callable[..., Any] = plain
        last_error: FieldError | None = None
        transforms: list[str] = []
        for pivot in range(len(names), 0, -1):
            try:
                path, final_field, targets, _ = self.names_to_path(
                    names[:pivot], opts, allow_many, fail_on_missing=True
                )
            except FieldError as error:
                if pivot == 1:
                    # Not even the first name is a field.
                    raise
                last_error = error
            else:
                transforms = names[pivot:]
                break
        for name in transforms:
            final_transformer = self._transformer(name, final_transformer, final_field, last_error)
        for info in path:
            joins.append(self._join_step(info, joins[-1], can_reuse))
            opts = info.to_opts
        return JoinInfo(final_field, targets, opts, joins, path, final_transformer)

    def _transformer(
        self, name: str, previous: Callable[..., Any], final_field: Any, last_error: FieldError | None
    ) -> Callable[..., Any]:
        def transform(field: Any, alias: str | None) -> Any:
            try:
                return self.try_transform(previous(field, alias), name)
            except FieldError:
                # The error about the name tells more than the one about the transform.
                if hasattr(final_field, "attname") and last_error is not None:
                    raise last_error from None
                raise

        transform.has_transforms = True  # type: ignore[attr-defined]
        return transform

    def _join_step(self, info: Any, parent: str, can_reuse: Collection[str] | None) -> str:
        filtered_relation = info.filtered_relation
        table_alias: str | None = None
        if filtered_relation:
            filtered_relation = filtered_relation.clone()
            table_alias = filtered_relation.alias
        else:
            filtered_relation = None
        nullable = self.is_nullable(info.join_field) if info.direct else True
        connection = Join(
            info.to_opts.db_table, parent, table_alias, INNER, info.join_field, nullable, filtered_relation
        )
        return self.join(connection, reuse=can_reuse if info.m2m else None)

    def trim_joins(
        self, targets: tuple[Any, ...], joins: list[str], path: list[Any]
    ) -> tuple[tuple[Any, ...], str, list[str]]:
        """
        Drop the joins at the end of the path that only lead to a column this side has too.

        ``author__id`` is ``author_id``: no join is needed.
        """
        joins = joins[:]
        for position, info in enumerate(reversed(path)):
            if len(joins) == 1 or not info.direct or info.filtered_relation:
                break
            wanted = {target.column for target in targets}
            if not wanted <= {field.column for field in info.join_field.foreign_related_fields}:
                break
            here = {
                foreign.column: local for local, foreign in info.join_field.related_fields if foreign.column in wanted
            }
            targets = tuple(here[target.column] for target in targets)
            self.unref_alias(joins.pop())
        return targets, joins[-1], joins

    # -- lookups and transforms

    def solve_lookup_type(self, lookup: str, summarize: bool = False) -> tuple[Any, Any, Any]:
        """Split a lookup into the lookup names, the field names and the annotation it begins with."""
        parts = lookup.split(LOOKUP_SEP)
        if self.annotations:
            annotation, rest = refs_expression(parts, self.annotations)
            if annotation:
                expression = self.annotations[annotation]
                if summarize:
                    expression = Ref(annotation, expression)
                return rest, (), expression
        _, _, _, lookup_parts = self.names_to_path(parts, self.get_meta())
        field_parts = parts[: len(parts) - len(lookup_parts)]
        if len(lookup_parts) > 1 and not field_parts:
            raise FieldError(f'Invalid lookup "{lookup}" for model {self.get_meta().model.__name__}".')
        return lookup_parts, field_parts, False

    def try_transform(self, lhs: Any, name: str, lookups: list[str] | None = None) -> Any:
        """
        Return *lhs* under the transform called *name*.

        Raises:
            FieldError: There is no such transform for this kind of expression.
        """
        transform_class = lhs.get_transform(name)
        if transform_class:
            return transform_class(lhs)
        output_field = lhs.output_field
        similar = difflib.get_close_matches(name, output_field.get_lookups())
        hint = f", perhaps you meant {' or '.join(similar)}?" if similar else "."
        asked = name if lookups is None else LOOKUP_SEP.join(lookups[lookups.index(name) :])
        raise FieldError(
            f"Unsupported lookup '{asked}' for {type(output_field).__name__} or join on the field not permitted{hint}"
        )

    # -- references

    def resolve_ref(
        self,
        name: str,
        allow_joins: bool = True,
        reuse: Collection[str] | None = None,
        summarize: bool = False,
    ) -> Any:
        """Return what *name* stands for in this query: an annotation or a column, with its joins."""
        annotation = self.annotations.get(name)
        if annotation is not None:
            if not allow_joins:
                self.check_no_joins([annotation])
            if summarize:
                # The inner query selects it; the summary refers to it by name.
                if name not in self.annotation_select:
                    raise FieldError(f"Cannot aggregate over the '{name}' alias. Use annotate() to promote it.")
                return Ref(name, self.annotation_select[name])
            return annotation
        parts = name.split(LOOKUP_SEP)
        if parts[0] in self.annotations:
            expression = self.annotations[parts[0]]
            for transform in parts[1:]:
                expression = self.try_transform(expression, transform)
            return expression
        info = self.setup_joins(parts, self.get_meta(), self.get_initial_alias(), can_reuse=reuse)
        targets, final_alias, join_list = self.trim_joins(info.targets, info.joins, info.path)
        if not allow_joins and len(join_list) > 1:
            raise FieldError("Joined field references are not permitted in this query")
        if len(targets) > 1:
            raise FieldError("Referencing multicolumn fields with F() objects isn't supported")
        # The joins of the reference are to be used again by the filter it stands in.
        column = info.transform_function(next(iter(targets)), final_alias)
        if reuse is not None and isinstance(reuse, set):
            reuse.update(join_list)
        return column

    def check_no_joins(self, expressions: Iterable[Any]) -> None:
        """
        Refuse expressions that use a joined table.

        Raises:
            FieldError: One of them does.
        """
        for column in gen_cols(expressions):
            alias = column.alias
            if alias in self.alias_map and self.alias_map[alias].join_type is not None:
                raise FieldError("Joined field references are not permitted in this query")


def refs_expression(lookup_parts: list[str], annotations: Any) -> tuple[str | None, list[str]]:
    """Return the longest annotation that the path begins with, and what is left of the path."""
    for length in range(1, len(lookup_parts) + 1):
        name = LOOKUP_SEP.join(lookup_parts[:length])
        if annotations.get(name):
            return name, lookup_parts[length:]
    return None, []


__all__ = ["JoinInfo", "NameBook", "get_children_from_q", "get_field_names_from_opts", "refs_expression"]
