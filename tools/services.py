"""Which services answer on this machine; asked by ``make test`` and by the tests' own skips."""

from __future__ import annotations

import os
import socket

PORTS = {"postgresql": 5432, "mariadb": 3306, "redis": 6379}
HOSTS = {"postgresql": "PGHOST", "mariadb": "MYSQL_HOST", "redis": "REDIS_HOST"}


def answers(name: str, timeout_seconds: float = 0.5) -> bool:
    """Return whether something listens where the service should."""
    host = os.environ.get(HOSTS[name], "127.0.0.1")
    if host.startswith("/"):
        return os.path.exists(f"{host}/.s.PGSQL.5432")
    try:
        with socket.create_connection((host, PORTS[name]), timeout_seconds):
            return True
    except OSError:
        return False


def answering() -> dict[str, bool]:
    """Return ``{service: whether it answers}``."""
    return {name: answers(name) for name in PORTS}
