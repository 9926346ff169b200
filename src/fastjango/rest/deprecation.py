"""Warning classes for what will go away."""

from __future__ import annotations


class RemovedInDRF318Warning(DeprecationWarning):
    """Removed in 3.18."""


class RemovedInDRF319Warning(DeprecationWarning):
    """Removed in 3.19."""


class RemovedInDRF320Warning(PendingDeprecationWarning):
    """Removed in 3.20."""


__all__ = ["RemovedInDRF318Warning", "RemovedInDRF319Warning", "RemovedInDRF320Warning"]
