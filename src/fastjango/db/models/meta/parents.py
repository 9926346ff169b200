"""Which models a model inherits from, and the way from one table to the other."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from fastjango.db.models.query_utils import PathInfo
from fastjango.utils.functional import cached_property


class ParentPaths:
    """The inheritance half of ``Options``."""

    if TYPE_CHECKING:
        model: Any
        parents: dict[Any, Any]
        concrete_model: Any
        proxy: bool

    @cached_property
    def all_parents(self) -> tuple[Any, ...]:
        """All ancestors with a table, nearest first."""
        found = list(self.parents)
        for parent in self.parents:
            found.extend(ancestor for ancestor in parent._meta.all_parents if ancestor not in found)
        return tuple(found)

    def get_parent_list(self) -> list[Any]:
        """Return all ancestors with a table, nearest first."""
        return list(self.all_parents)

    def get_base_chain(self, model: Any) -> list[Any]:
        """Return the models between this one and its ancestor *model*, nearest first."""
        if not self.parents:
            return []
        if model in self.parents:
            return [model]
        for parent in self.parents:
            chain = parent._meta.get_base_chain(model)
            if chain:
                return [parent, *chain]
        return []

    def get_ancestor_link(self, ancestor: Any) -> Any:
        """
        Return the field that leads towards *ancestor*, or None.

        For a grandparent this is the link to the parent in between.
        """
        if ancestor in self.parents:
            return self.parents[ancestor]
        for parent in self.parents:
            link = parent._meta.get_ancestor_link(ancestor)
            if link:
                # Where the link is inherited through a proxy there is none of our own.
                return self.parents[parent] or link
        return None

    def get_path_to_parent(self, parent: Any) -> list[Any]:
        """Return the joins from this model's table to *parent*'s."""
        if self.model is parent:
            return []
        proxied = self.concrete_model
        path: list[Any] = []
        opts: Any = self
        for step in self.get_base_chain(parent):
            if step is proxied:
                opts = step._meta
                continue
            link = opts.parents[step]
            path.append(
                PathInfo(
                    from_opts=link.model._meta,
                    to_opts=step._meta,
                    target_fields=(link.remote_field.get_related_field(),),
                    join_field=link,
                    m2m=False,
                    direct=True,
                    filtered_relation=None,
                )
            )
            opts = step._meta
        return path

    def get_path_from_parent(self, parent: Any) -> list[Any]:
        """Return the joins from *parent*'s table to this model's."""
        if self.model is parent:
            return []
        model = self.concrete_model
        chain = [*reversed(model._meta.get_base_chain(parent)), model]
        path: list[Any] = []
        for ancestor, child in pairwise(chain):
            path.extend(child._meta.get_ancestor_link(ancestor).reverse_path_infos)
        return path
