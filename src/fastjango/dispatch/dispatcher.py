"""Compatibility door: lives in ``fastjango.dispatch``."""

from fastjango.dispatch.references import NO_RECEIVERS, NONE_ID
from fastjango.dispatch.references import make_id as _make_id
from fastjango.dispatch.signal import Signal, receiver

__all__ = ["NONE_ID", "NO_RECEIVERS", "Signal", "_make_id", "receiver"]
