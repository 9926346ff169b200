"""Fewer operations that do the same."""

from __future__ import annotations

from typing import Any

from fastjango.db.migrations import operations as kinds


class MigrationOptimizer:
    """Reduces a list of operations until nothing changes."""

    def optimize(self, operations: list[Any], app_label: str) -> list[Any]:
        """Return the reduced list."""
        if app_label is None:
            raise TypeError("app_label must be a str.")
        self._iterations = 0
        while True:
            result = self.optimize_inner(operations, app_label)
            self._iterations += 1
            if result == operations:
                return result
            operations = result

    def optimize_inner(self, operations: list[Any], app_label: str) -> list[Any]:
        """Return the list after the first reduction that is possible."""
        for index in range(len(operations)):
            reduced = self._reduced_from(operations, index, app_label)
            if reduced is not None:
                return reduced
        return list(operations)

    def _reduced_from(self, operations: list[Any], index: int, app_label: str) -> list[Any] | None:
        """Return the list with one operation joined to a later one; None when it joins with none of them."""
        first = operations[index]
        # Whether the first one could stand as far right as the later one.
        moves_right = True
        for position in range(index + 1, len(operations)):
            later = operations[position]
            joined = first.reduce(later, app_label)
            if not isinstance(joined, list):
                moves_right = moves_right and may_pass(later, first, app_label)
                continue
            between = operations[index + 1 : position]
            if moves_right:
                middle = [*between, *joined]
            elif all(may_pass(later, other, app_label) for other in between):
                middle = [*joined, *between]
            else:
                return None
            return [*operations[:index], *middle, *operations[position + 1 :]]
        return None


def may_pass(later: Any, earlier: Any, app_label: str) -> bool:
    """Return whether *later* means the same when it stands before *earlier*."""
    if earlier.reduce(later, app_label) is not True:
        return False
    # What speaks of a model by its old name must stay in front of the renaming.
    if isinstance(later, kinds.RenameModel):
        return not earlier.references_model(later.old_name, app_label)
    # A generated column speaks of other fields of its model.
    field = getattr(earlier, "field", None)
    if isinstance(later, (kinds.RenameField, kinds.RemoveField)) and getattr(field, "generated", False):
        return bool(earlier.model_name_lower != later.model_name_lower)
    return True


__all__ = ["MigrationOptimizer", "may_pass"]
