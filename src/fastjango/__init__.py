"""
FastJango: Django's batteries and names, FastAPI's typing and speed, SQLAlchemy underneath.

``setup()`` makes a process ready; ``FastJango`` is the application class. Nothing else is loaded here, so that
``--version`` answers at once.
"""

from __future__ import annotations

import gc
import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastjango.core.handlers.app import FastJango

VERSION = (0, 1, 0, "final", 0)
__version__ = "0.1.0"

__all__ = ["VERSION", "FastJango", "__version__", "get_version", "setup"]


def get_version(version: Any = None) -> str:
    """Return a version tuple as text; ours by default."""
    if version is None:
        return __version__
    result: str = importlib.import_module("fastjango.utils.version").get_version(version)
    return result


def setup(set_prefix: bool = True) -> None:
    """
    Configure logging, set the script prefix and load the installed apps.

    What is loaded afterwards stays: the garbage collector is told not to look through it again (``gc.freeze()``), which
    would cost a third of the time of reading large results.

    Args:
        set_prefix: Reverse addresses below ``FORCE_SCRIPT_NAME`` outside of requests too.
    """
    settings = importlib.import_module("fastjango.conf").settings
    importlib.import_module("fastjango.db.worlds")
    importlib.import_module("fastjango.utils.log").configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    if set_prefix:
        prefix = importlib.import_module("fastjango.conf.script_prefix")
        prefix.set_script_prefix("/" if settings.FORCE_SCRIPT_NAME is None else settings.FORCE_SCRIPT_NAME)
    if settings.INSTALLED_APPS:
        # Plain SQLAlchemy classes among the models of an app are noticed from the first one on.
        importlib.import_module("fastjango.db.models")
    importlib.import_module("fastjango.apps").apps.populate(settings.INSTALLED_APPS)
    if gc.isenabled():
        gc.freeze()


def __getattr__(name: str) -> Any:
    if name == "FastJango":
        return importlib.import_module("fastjango.core.handlers.app").FastJango
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
