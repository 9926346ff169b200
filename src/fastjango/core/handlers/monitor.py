"""
Says in the log when something has held the event loop for seconds, while it still holds it, and where it stands.

A view that waits for its own server would otherwise hang without a word. A thread asks the loop for a sign of life; requests
pay nothing. ``app.py`` starts it with ``DEBUG``, the live test server always.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import traceback
from typing import Final

logger = logging.getLogger("fastjango.request")

#: The loop is asked so often.
PAUSE_SECONDS: Final = 1.0
#: So long it may take to answer.
HELD_SECONDS: Final = 5.0
_FRAMES: Final = 8


class LoopMonitor(threading.Thread):
    """
    Watches the loop that runs in the thread that makes this.

    Raises:
        RuntimeError: No loop of asyncio runs here.
    """

    def __init__(self, held_seconds: float = HELD_SECONDS, pause_seconds: float = PAUSE_SECONDS) -> None:
        super().__init__(name="fastjango-loop-monitor", daemon=True)
        self._loop = asyncio.get_running_loop()
        self._thread_id = threading.get_ident()
        self._held_seconds = held_seconds
        self._pause_seconds = pause_seconds
        self._stopped = threading.Event()

    def run(self) -> None:
        """Ask until stopped, or until the loop is closed."""
        while not self._stopped.wait(self._pause_seconds):
            answered = threading.Event()
            try:
                self._loop.call_soon_threadsafe(answered.set)
            except RuntimeError:
                return
            if not answered.wait(self._held_seconds) and not self._stopped.is_set():
                self._tell()
                while not answered.wait(self._pause_seconds):
                    if self._stopped.is_set():
                        return

    def _tell(self) -> None:
        frame = sys._current_frames().get(self._thread_id)
        if frame is None:
            return
        logger.warning(
            "Something has held the event loop for %g seconds, and nobody is served meanwhile. If it waits for this very "
            "server, it waits for ever. Fix: decorate the view with @in_thread from fastjango.core.handlers.placement, or "
            "make its slow part async. It stands here:\n%s",
            self._held_seconds,
            "".join(traceback.format_stack(frame)[-_FRAMES:]).rstrip(),
        )

    def stop(self) -> None:
        """Stop asking; the thread ends by itself."""
        self._stopped.set()


__all__ = ["LoopMonitor"]
