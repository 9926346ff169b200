"""Warning classes for what will go away."""

from __future__ import annotations


class RemovedInDRF318Warning(DeprecationWarning):
    """Removed in 3.18."""


class RemovedInDRF319Warning(DeprecationWarning):
    """Removed in 3.19."""


class RemovedInDRF320Warning(PendingDeprecationWarning):
    """Removed in 3.20."""


# The same for every release, so that filters of warnings need no change.
RemovedInNextDRFVersionWarning = RemovedInDRF319Warning
RemovedAfterNextDRFVersionWarning = RemovedInDRF320Warning

__all__ = [
    "RemovedAfterNextDRFVersionWarning",
    "RemovedInDRF318Warning",
    "RemovedInDRF319Warning",
    "RemovedInDRF320Warning",
    "RemovedInNextDRFVersionWarning",
]
