"""What a query gives back and in which order: columns, annotations, related objects, order.

The verbs of ``values() annotate() only() defer() select_related() order_by() distinct()
extra()`` on the spec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.core.exceptions import FieldError
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import ColPairs, Ref

from .datastructures import MultiJoin
from .filters import ConditionBook
from .names import get_field_names_from_opts
from .where import AND, ExtraWhere

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class SelectBook(ConditionBook):
    """A spec whose columns and order can be chosen."""

    # -- columns

    def set_select(self, cols: Iterable[Any]) -> None:
        """Select exactly these columns."""
        self.default_cols = False
        self.select = tuple(cols)

    def add_select_col(self, col: Any, name: str) -> None:
        """Select one more column."""
        self.select += (col,)
        self.values_select += (name,)
        if self.selected is not None:
            self.selected[name] = len(self.select) - 1

    def clear_select_clause(self) -> None:
        """Select nothing."""
        self.select = ()
        self.default_cols = False
        self.select_related = False
        self.set_extra_mask(())
        self.set_annotation_mask(())
        self.selected = None

    def clear_select_fields(self) -> None:
        """Forget the columns of ``values()``."""
        self.select = ()
        self.values_select = ()
        self.selected = None

    def add_fields(self, field_names: Iterable[str], allow_m2m: bool = True) -> None:
        """
        Select the fields, with joins where a name leads to another table.

        Raises:
            FieldError: A name is unknown.
        """
        alias = self.get_initial_alias()
        opts = self.get_meta()
        try:
            cols: list[Any] = []
            for name in field_names:
                info = self.setup_joins(name.split(LOOKUP_SEP), opts, alias, allow_many=allow_m2m)
                targets, final_alias, _ = self.trim_joins(info.targets, info.joins, info.path)
                if len(targets) > 1:
                    cols.append(ColPairs(final_alias, targets, targets, info.final_field))
                else:
                    cols.extend(info.transform_function(target, final_alias) for target in targets)
        except MultiJoin:
            raise FieldError(f"Invalid field name: '{name}'") from None
        except FieldError:
            if LOOKUP_SEP in name:
                # The path is wrong, not the name.
                raise
            if name in self.annotations:
                raise FieldError(f"Cannot select the '{name}' alias. Use annotate() to promote it.") from None
            names = sorted(
                [*get_field_names_from_opts(opts), *self.extra, *self.annotation_select, *self._filtered_relations]
            )
            raise FieldError(f"Cannot resolve keyword {name!r} into field. Choices are: {', '.join(names)}") from None
        if cols:
            self.set_select(cols)

    def add_select_related(self, fields: Iterable[str]) -> None:
        """Fetch the related objects of these paths in the same query."""
        tree: dict[str, Any] = {} if isinstance(self.select_related, bool) else self.select_related
        for field in fields:
            branch = tree
            for part in field.split(LOOKUP_SEP):
                branch = branch.setdefault(part, {})
        self.select_related = tree

    # -- annotations

    def add_annotation(self, annotation: Any, alias: str, select: bool = True) -> None:
        """Resolve the expression and keep it under *alias*, as a column or only as a name."""
        self.check_alias(alias)
        annotation = annotation.resolve_expression(self, allow_joins=True, reuse=None)
        if select:
            self.append_annotation_mask([alias])
        else:
            self.set_annotation_mask(name for name in self.annotation_select if name != alias)
        self.annotations[alias] = annotation
        self._annotation_select_cache = None
        if self.selected is not None and select:
            self.selected[alias] = alias

    def set_annotation_mask(self, names: Iterable[str] | None) -> None:
        """Say which annotations are columns; None means all."""
        self.annotation_select_mask = None if names is None else list(dict.fromkeys(names))
        if self.selected and self.annotation_select_mask is not None:
            shown = {*self.annotation_select_mask, *self.extra}
            self.selected = {
                name: source for name, source in self.selected.items() if not isinstance(source, str) or source in shown
            }
        self._annotation_select_cache = None

    def append_annotation_mask(self, names: Iterable[str]) -> None:
        """Make further annotations columns."""
        if self.annotation_select_mask is not None:
            self.set_annotation_mask((*self.annotation_select_mask, *names))

    def set_extra_mask(self, names: Iterable[str] | None) -> None:
        """Say which of the extra columns are selected; None means all."""
        self.extra_select_mask = None if names is None else set(names)
        self._extra_select_cache = None

    # -- values()

    def set_values(self, fields: Iterable[str]) -> None:
        """Select the named fields, annotations and extra columns, in this order; no names: all."""
        self.select_related = False
        self.clear_deferred_loading()
        self.clear_select_fields()
        names = tuple(fields)
        selected: dict[str, Any] = {}
        if names:
            for name in names:
                self.check_alias(name)
            field_names = self._sort_out_names(names, selected)
        else:
            field_names = [field.attname for field in self.model._meta.concrete_fields]
            selected.update(dict.fromkeys(field_names))
        # Which annotations are selected must be known before the groups are.
        self._group_by_values(selected)
        self.values_select = tuple(field_names)
        self.add_fields(field_names, allow_m2m=True)
        # Without names the order is: extra columns, fields, annotations.
        self.selected = selected if names else None

    def _sort_out_names(self, names: tuple[str, ...], selected: dict[str, Any]) -> list[str]:
        field_names: list[str] = []
        extra_names: list[str] = []
        annotation_names: list[str] = []
        for name in names:
            if name in self.extra_select:
                extra_names.append(name)
                selected[name] = name
            elif name in self.annotation_select:
                annotation_names.append(name)
                selected[name] = name
            elif name in self.annotations:
                raise FieldError(f"Cannot select the '{name}' alias. Use annotate() to promote it.")
            else:
                if self.annotation_select:
                    # Refused here, the error still names the annotations that are about to be hidden.
                    self.names_to_path(name.split(LOOKUP_SEP), self.model._meta)
                selected[name] = len(field_names)
                field_names.append(name)
        if self.extra or self.annotations:
            self.default_cols = False
            self.set_extra_mask(extra_names)
            self.set_annotation_mask(annotation_names)
        return field_names

    def _group_by_values(self, selected: dict[str, Any]) -> None:
        """Let values() after an aggregate group by what was selected before."""
        if self.group_by is True:
            self.add_fields((field.attname for field in self.model._meta.concrete_fields), allow_m2m=False)
            # The model's columns may reach here through the default selection.
            self.set_group_by(allow_aliases=False)
            self.clear_select_fields()
        elif self.group_by:
            # Names of annotations in GROUP BY that are not selected any more: say them in full.
            self.group_by = tuple(
                self.annotations[expr.refs] if isinstance(expr, Ref) and expr.refs not in selected else expr
                for expr in self.group_by
            )

    # -- deferred loading

    def clear_deferred_loading(self) -> None:
        """Load every field."""
        self.deferred_loading = (frozenset(), True)

    def add_deferred_loading(self, field_names: Iterable[str]) -> None:
        """Leave these fields out, on top of earlier wishes."""
        existing, defer = self.deferred_loading
        names = set(field_names)
        if defer:
            self.deferred_loading = existing.union(names), True
        elif remaining := existing.difference(names):
            self.deferred_loading = remaining, False
        else:
            # Everything that was asked for is deferred: fall back to deferring what is new.
            self.clear_deferred_loading()
            if new := names.difference(existing):
                self.deferred_loading = frozenset(new), True

    def add_immediate_loading(self, field_names: Iterable[str]) -> None:
        """Load these fields only."""
        existing, defer = self.deferred_loading
        names = set(field_names)
        if "pk" in names:
            names.remove("pk")
            names.add(self.get_meta().pk.name)
        self.deferred_loading = (frozenset(names.difference(existing)) if defer else frozenset(names), False)

    def get_select_mask(self) -> dict[Any, Any]:
        """Return which fields are to be loaded, as a tree over relations; empty means all."""
        names, defer = self.deferred_loading
        if not names:
            return {}
        tree: dict[str, Any] = {}
        for name in names:
            branch = tree
            for part in name.split(LOOKUP_SEP):
                branch = branch.setdefault(part, {})
        opts = self.get_meta()
        return self._mask_without(opts, tree) if defer else self._mask_of(opts, tree)

    def _mask_without(self, opts: Any, tree: dict[str, Any], mask: dict[Any, Any] | None = None) -> dict[Any, Any]:
        """Everything but what *tree* names."""
        mask = {} if mask is None else mask
        mask.update((field, {}) for field in opts.pk_fields)
        # Reverse relations belong to the mask too: select_related() may ask for them.
        for field in (*opts.concrete_fields, *opts.related_objects):
            by_name = tree.pop(field.name, None)
            by_attname = tree.pop(getattr(field, "attname", field.name), None)
            if by_name is None and by_attname is None:
                mask.setdefault(field, {})
            elif by_name:
                if not field.is_relation:
                    raise FieldError(next(iter(by_name)))
                if not field.many_to_many:
                    self._mask_without(_concrete(field.related_model), by_name, mask.setdefault(field, {}))
        # What is left leads to filtered relations; of anything else get_field() says what is wrong.
        for name, branch in tree.items():
            if filtered := self._filtered_relations.get(name):
                relation = opts.get_field(filtered.relation_name)
                self._mask_without(_concrete(relation.related_model), branch, mask.setdefault((name, relation), {}))
            else:
                opts.get_field(name)
        return mask

    def _mask_of(self, opts: Any, tree: dict[str, Any], mask: dict[Any, Any] | None = None) -> dict[Any, Any]:
        """Only what *tree* names, and the primary keys."""
        mask = {} if mask is None else mask
        mask.update((field, {}) for field in opts.pk_fields)
        for name, branch in tree.items():
            if filtered := self._filtered_relations.get(name):
                field = opts.get_field(filtered.relation_name)
                key: Any = (name, field)
            else:
                field = opts.pk if name == "pk" else opts.get_field(name)
                key = field
            sub_mask = mask.setdefault(key, {})
            if branch:
                if not field.is_relation:
                    raise FieldError(next(iter(branch)))
                self._mask_of(_concrete(field.related_model), branch, sub_mask)
        return mask

    # -- order

    def add_ordering(self, *ordering: Any) -> None:
        """
        Add names or expressions to the order.

        Raises:
            FieldError: A name is unknown or something is an aggregate.
        """
        errors = []
        for item in ordering:
            if isinstance(item, str):
                if item == "?":
                    continue
                name = item.removeprefix("-")
                if name in self.annotations:
                    continue
                if self.extra and name in self.extra:
                    continue
                # Raises with the right message when the name is unknown.
                self.names_to_path(name.split(LOOKUP_SEP), self.model._meta)
            elif not hasattr(item, "resolve_expression"):
                errors.append(item)
            if getattr(item, "contains_aggregate", False):
                raise FieldError(
                    f"Using an aggregate in order_by() without also including it in annotate() is not allowed: {item}"
                )
        if errors:
            raise FieldError(f"Invalid order_by arguments: {errors}")
        if ordering:
            self.order_by += ordering
        else:
            self.default_ordering = False

    def note_lookups_of(self, items: Iterable[Any]) -> None:
        """
        Note the lookups inside ordering expressions, which are resolved only when the statement is built.

        They check and convert the values of this call and of its repeats.
        """
        probe = self.chain()
        probe.slotted_lookups = []
        for item in items:
            if hasattr(item, "resolve_expression"):
                try:
                    item.resolve_expression(probe)
                except Exception:
                    # Said when the rows are asked for.
                    self.uncacheable = True
        self.slotted_lookups = [*self.slotted_lookups, *probe.slotted_lookups]
        self.uncacheable = self.uncacheable or probe.uncacheable

    def clear_ordering(self, force: bool = False, clear_default: bool = True) -> None:
        """
        Drop the order, unless it decides which rows are returned.

        Args:
            force: Drop it also when the query is sliced or distinct on fields.
            clear_default: Drop the model's ordering as well.
        """
        if not force and (self.is_sliced or self.distinct_fields or self.select_for_update):
            return
        self.order_by = ()
        self.extra_order_by = ()
        if clear_default:
            self.default_ordering = False

    def add_distinct_fields(self, *field_names: str) -> None:
        """Return each row once, or one row per value of the named fields."""
        self.distinct_fields = field_names
        self.distinct = True

    # -- extra()

    def add_extra(
        self,
        select: dict[str, Any] | None,
        select_params: Sequence[Any] | None,
        where: Sequence[str] | None,
        params: Sequence[Any] | None,
        tables: Sequence[str] | None,
        order_by: Sequence[str] | None,
    ) -> None:
        """Add SQL of the user's own."""
        if select:
            remaining = iter(select_params or ())
            pairs: dict[str, tuple[str, list[Any]]] = {}
            for name, entry in select.items():
                self.check_alias(name)
                text = str(entry)
                needed = _placeholders(text)
                pairs[name] = (text, [next(remaining) for _ in range(needed)])
            self.extra.update(pairs)
            self._extra_select_cache = None
        if where or params:
            self.where.add(ExtraWhere(where or (), params or ()), AND)
        if tables:
            if any("\0" in name for name in tables):
                # The text of a statement ends there for the server.
                raise ValueError("Names of tables cannot contain null characters.")
            self.extra_tables += tuple(tables)
        if order_by:
            self.extra_order_by = tuple(order_by)

    if TYPE_CHECKING:

        def set_group_by(self, allow_aliases: bool = True) -> None: ...


def _concrete(model: Any) -> Any:
    """Return the options of the model that has the table."""
    return model._meta.concrete_model._meta


def _placeholders(text: str) -> int:
    """Return how many ``%s`` the text holds; ``%%s`` is none."""
    return text.replace("%%", "").count("%s")


__all__ = ["SelectBook"]
