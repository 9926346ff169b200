"""Door at Django's path: session data is JSON, nothing else."""

from __future__ import annotations

from fastjango.core.signing import JSONSerializer

__all__ = ["JSONSerializer"]
