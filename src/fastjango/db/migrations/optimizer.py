"""Fewer operations that do the same."""

from __future__ import annotations

from typing import Any


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
        new_operations: list[Any] = []
        for index, operation in enumerate(operations):
            right = True  # Whether the reduced operations go where the later one stands.
            for offset, other in enumerate(operations[index + 1 :]):
                result = operation.reduce(other, app_label)
                if isinstance(result, list):
                    in_between = operations[index + 1 : index + offset + 1]
                    if right:
                        new_operations += in_between
                        new_operations += result
                    elif all(op.reduce(other, app_label) is True for op in in_between):
                        # What lies between lets the later one pass to the left.
                        new_operations += result
                        new_operations += in_between
                    else:
                        new_operations.append(operation)
                        break
                    new_operations += operations[index + offset + 2 :]
                    return new_operations
                if not result:
                    right = False
            else:
                new_operations.append(operation)
        return new_operations
