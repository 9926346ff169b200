"""
Locks on open files: ``with open("x", "wb") as f: locks.lock(f, locks.LOCK_EX)``.

Advisory; where the system has none, the functions say so by returning False.
"""

from __future__ import annotations

from typing import Any

__all__ = ("LOCK_EX", "LOCK_NB", "LOCK_SH", "lock", "unlock")

try:
    import fcntl
except ImportError:  # Windows
    LOCK_EX = LOCK_SH = LOCK_NB = 0
else:
    LOCK_EX, LOCK_SH, LOCK_NB = fcntl.LOCK_EX, fcntl.LOCK_SH, fcntl.LOCK_NB


def _fd(f: Any) -> Any:
    return f.fileno() if hasattr(f, "fileno") else f


def lock(f: Any, flags: int) -> bool:
    """Lock an open file or a descriptor; return whether it is locked now."""
    if not LOCK_EX:
        return False
    try:
        fcntl.flock(_fd(f), flags)
    except BlockingIOError:
        return False
    return True


def unlock(f: Any) -> bool:
    """Unlock an open file or a descriptor; return whether that was done."""
    if not LOCK_EX:
        return False
    fcntl.flock(_fd(f), fcntl.LOCK_UN)
    return True
