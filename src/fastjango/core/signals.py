"""Signals of the life of a request, and of a changed setting."""

from fastjango.dispatch import Signal

request_started = Signal(use_caching=True)
request_finished = Signal(use_caching=True)
got_request_exception = Signal()
setting_changed = Signal()

__all__ = ["got_request_exception", "request_finished", "request_started", "setting_changed"]
