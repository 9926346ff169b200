"""
From ``settings.DATABASES`` to a backend: completing the settings and importing the backend's module.

The SQLAlchemy engine itself is made by the connection object at its first use (``backends/base/pooling.py``).
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured, fix
from fastjango.utils.connection import ConnectionDoesNotExist

DEFAULT_DB_ALIAS = "default"
DUMMY = "fastjango.db.backends.dummy"
# Names that projects moved from Django may still have in their settings.
RENAMED = {
    "postgresql_psycopg2": "postgresql",
}


def complete(conf: dict[str, Any]) -> None:
    """Fill in the defaults of one entry of ``DATABASES``, in place."""
    conf.setdefault("ATOMIC_REQUESTS", False)
    conf.setdefault("AUTOCOMMIT", True)
    conf.setdefault("ENGINE", DUMMY)
    if conf["ENGINE"] == "django.db.backends." or not conf["ENGINE"]:
        conf["ENGINE"] = DUMMY
    conf.setdefault("CONN_MAX_AGE", 0)
    conf.setdefault("CONN_HEALTH_CHECKS", False)
    conf.setdefault("OPTIONS", {})
    conf.setdefault("POOL", {})
    conf.setdefault("TIME_ZONE", None)
    if not conf["AUTOCOMMIT"]:
        raise fix(
            ImproperlyConfigured("DATABASES[...]['AUTOCOMMIT'] = False is not supported."),
            "switch it off where it is needed: fastjango.db.transaction.set_autocommit(False)",
            code="db.E109",
        )
    for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT"):
        conf.setdefault(key, "")
    test = conf.setdefault("TEST", {})
    for key, value in (
        ("CHARSET", None),
        ("COLLATION", None),
        ("MIGRATE", True),
        ("MIRROR", None),
        ("NAME", None),
    ):
        test.setdefault(key, value)


def load_backend(backend_name: str) -> Any:
    """
    Return the ``base`` module of a backend.

    Raises:
        ImproperlyConfigured: There is no such backend; the choices are named.
    """
    prefix, _, last = backend_name.rpartition(".")
    if last in RENAMED and prefix.endswith("db.backends"):
        backend_name = f"{prefix}.{RENAMED[last]}"
    if backend_name.startswith("django.db.backends."):
        # A project that has only changed its imports.
        backend_name = f"fastjango{backend_name[len('django') :]}"
    try:
        return import_module(f"{backend_name}.base")
    except ImportError as exc:
        folder = str(Path(__file__).parent / "backends")
        builtin = [
            name
            for _, name, is_package in pkgutil.iter_modules([folder])
            if is_package and name not in {"base", "dummy"}
        ]
        if backend_name not in [f"fastjango.db.backends.{name}" for name in builtin]:
            choices = ", ".join(repr(name) for name in sorted(builtin))
            raise ImproperlyConfigured(
                f"{backend_name!r} isn't an available database backend or couldn't be imported. "
                f"Check the above exception. To use one of the built-in backends, use "
                f"'fastjango.db.backends.XXX', where XXX is one of:\n    {choices}"
            ) from exc
        raise


__all__ = ["DEFAULT_DB_ALIAS", "DUMMY", "ConnectionDoesNotExist", "complete", "load_backend"]
