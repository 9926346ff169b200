"""Type variables of the field descriptors: what may be assigned, what is read."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypeVar

ST = TypeVar("ST", default=Any, contravariant=True)
GT = TypeVar("GT", default=Any, covariant=True)
