"""Start the server again when a source file changes: a parent that watches, a child that serves."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

RELOADED = "FASTJANGO_RELOADED"
_SUFFIXES = frozenset({".py", ".html", ".toml", ".mo", ".env"})


def run_with_reloader(main: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Call *main* in a child process; on a change the child is ended and started anew."""
    if os.environ.get(RELOADED) == "true":
        main(*args, **kwargs)
        return
    try:
        from watchfiles import watch
    except ImportError:
        sys.stderr.write(
            "Reloading needs the distribution watchfiles (pip install 'fastjango[standard]'); serving without it.\n"
        )
        main(*args, **kwargs)
        return
    command = _child_command()
    environment = {**os.environ, RELOADED: "true"}
    child = subprocess.Popen(command, env=environment)
    try:
        for changes in watch(*_watched_folders(), watch_filter=_is_source, yield_on_timeout=True, rust_timeout=500):
            if changes:
                names = ", ".join(sorted({Path(path).name for _, path in changes})[:3])
                sys.stderr.write(f"{names} changed, reloading.\n")
                _end(child)
                child = subprocess.Popen(command, env=environment)
            elif child.poll() is not None and child.returncode == 0:
                break
    except KeyboardInterrupt:
        pass
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _child_command() -> list[str]:
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    if spec is not None and spec.parent:
        return [sys.executable, "-m", spec.parent, *sys.argv[1:]]
    return [sys.executable, *sys.argv]


def _watched_folders() -> list[Path]:
    """Return the folder of the project and those of imported code that is no installed package."""
    folders = {Path.cwd().resolve()}
    for entry in sys.path:
        path = Path(entry or ".").resolve()
        if path.is_dir() and "site-packages" not in path.parts and not path.is_relative_to(Path(sys.base_prefix)):
            folders.add(path)
    return sorted(
        folder for folder in folders if not any(other != folder and folder.is_relative_to(other) for other in folders)
    )


def _is_source(change: Any, path: str) -> bool:
    found = Path(path)
    hidden = any(part.startswith(".") or part in {"__pycache__", "node_modules"} for part in found.parts[1:])
    return found.suffix in _SUFFIXES and not hidden
