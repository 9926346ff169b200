"""A PostgreSQL server of a test's own, which it may stop, restart and kill."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

FOLDERS = (os.environ.get("PG_BIN", ""), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)))


def program(name: str) -> str | None:
    """Return the path of one of the server's programs."""
    return shutil.which(name, path=os.pathsep.join([*filter(None, FOLDERS), os.environ.get("PATH", "")]))


def missing() -> str | None:
    """Say what keeps a server of our own from being made."""
    for name in ("initdb", "pg_ctl"):
        if program(name) is None:
            return f"{name} is not installed"
    if os.geteuid() == 0:
        if shutil.which("runuser") is None:
            return "the server does not run as root, and there is no runuser"
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return "the server does not run as root, and there is no user postgres"
    return None


class Cluster:
    """One server in a temporary folder, on a port of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fastjango_cluster_"))
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as_user = ["runuser", "-u", "postgres", "--"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write(f"port = {self.port}\nlisten_addresses = '127.0.0.1'\nfsync = off\nmax_connections = 60\n")
            conf.write(f"unix_socket_directories = '{self.folder}'\n")

    @property
    def data(self) -> Path:
        """Where the server keeps its files."""
        return self.folder / "data"

    def _run(self, name: str, *arguments: str) -> None:
        command = [*self._as_user, str(program(name)), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd="/", check=False)
        if done.returncode:
            raise RuntimeError(f"{name} failed: {done.stdout}{done.stderr}")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-l", str(self.folder / "log"), "start")

    def restart(self, mode: str) -> None:
        """Restart the server; *mode* is ``fast`` or ``immediate``."""
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-m", mode, "-l", log, "restart")

    def remove(self) -> None:
        """Stop the server and remove its files."""
        try:
            if (self.data / "postmaster.pid").exists():
                self._run("pg_ctl", "-D", str(self.data), "-w", "-m", "immediate", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def settings(self, **pool: Any) -> dict[str, Any]:
        """Return the entry of ``DATABASES``."""
        return {
            "ENGINE": "fastjango.db.backends.postgresql",
            "NAME": "postgres",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "USER": "postgres",
            "POOL": pool,
        }
