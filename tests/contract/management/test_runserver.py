"""``startproject`` and ``runserver``, as they are typed: a new project, served with the reloader."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

import fastjango
from fastjango.core.management import CommandError, call_command

SOURCE = str(Path(fastjango.__path__[0]).parent)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A new project."""
    call_command("startproject", "demo", str(tmp_path))
    return tmp_path


def environment(**further: str) -> dict[str, str]:
    """Return the environment of a shell that knows no settings."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("SETTINGS_MODULE")}
    return {**kept, "PYTHONPATH": SOURCE, **further}


@pytest.fixture
def served(project: Path) -> Iterator[str]:
    """The address of the project, served with the reloader."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", str(port)],
        cwd=project,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        # As a terminal does: Ctrl-C reaches the server and its reloader.
        os.killpg(server.pid, signal.SIGINT)
        server.wait(30)


def test_a_new_project_is_served_with_the_reloader(served: str) -> None:
    for _ in range(240):
        try:
            response = httpx.get(served)
        except httpx.TransportError:
            time.sleep(0.25)
        else:
            break
    else:
        pytest.fail("The server did not answer.")

    assert response.status_code == 200


def test_manage_py_can_be_run_and_keeps_to_the_umask(project: Path) -> None:
    mode = stat.S_IMODE((project / "manage.py").stat().st_mode)

    assert mode & stat.S_IXUSR
    assert mode & 0o022 == 0 or os.umask(os.umask(0o022)) & 0o022 == 0


def test_the_settings_of_django_s_variable_are_used(project: Path) -> None:
    (project / "other.py").write_text('from demo.settings import *\nTIME_ZONE = "Europe/Vienna"\n')

    done = subprocess.run(
        [sys.executable, "manage.py", "diffsettings"],
        cwd=project,
        env=environment(DJANGO_SETTINGS_MODULE="other"),
        capture_output=True,
        text=True,
        check=True,
    )

    assert re.search(r"TIME_ZONE = '?Europe/Vienna", done.stdout)


def test_hidden_folders_of_a_template_stay_behind(tmp_path: Path) -> None:
    template, target = tmp_path / "template", tmp_path / "target"
    (template / ".cache").mkdir(parents=True)
    (template / ".cache" / "a.py").touch()
    (template / "b.py-tpl").write_text("name = '{{ project_name }}'")
    target.mkdir()

    call_command("startproject", "demo", str(target), template=str(template))

    assert [path.name for path in target.iterdir()] == ["b.py"]
    assert (target / "b.py").read_text().strip().replace('"', "'") == "name = 'demo'"


def test_a_template_is_downloaded(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "made.py").write_text("")
    archive = shutil.make_archive(str(tmp_path / "template"), "gztar", tmp_path / "source")
    target = tmp_path / "target"
    target.mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=str(Path(archive).parent))

    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        call_command("startproject", "demo", str(target), template=f"{address}/template.tar.gz")
        with pytest.raises(CommandError, match="couldn't download URL"):
            call_command("startproject", "demo", str(target), template=f"{address}/nothing.tar.gz")
        server.shutdown()

    assert (target / "made.py").exists()
