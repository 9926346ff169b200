"""Importing a room reads no settings, so it can open no database either."""

from __future__ import annotations

import os
import subprocess
import sys

ROOMS = [
    "fastjango",
    "fastjango.conf",
    "fastjango.utils.text",
    "fastjango.dispatch",
    "fastjango.core.cache",
    "fastjango.core.mail",
    "fastjango.core.files.storage",
    "fastjango.core.checks",
    "fastjango.core.management",
    "fastjango.core.handlers.app",
    "fastjango.core.wsgi",
    "fastjango.core.asgi",
    "fastjango.db",
    "fastjango.db.models",
    "fastjango.db.migrations",
    "fastjango.http",
    "fastjango.urls",
    "fastjango.template",
    "fastjango.forms",
    "fastjango.views.generic",
    "fastjango.shortcuts",
    "fastjango.middleware.csrf",
    "fastjango.contrib.auth",
    "fastjango.contrib.messages",
    "fastjango.test",
]
PROBE = """
import importlib, sys
from fastjango.conf import settings
for room in sys.argv[1:]:
    importlib.import_module(room)
    assert not settings.configured, f"{room} read settings"
from fastjango.apps import apps
assert not apps.ready, "apps were loaded"
"""


def test_importing_a_room_reads_no_settings() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.endswith("SETTINGS_MODULE")}

    done = subprocess.run(
        [sys.executable, "-c", PROBE, *ROOMS], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr[-600:]


def test_the_light_door_does_not_load_the_heavy_libraries() -> None:
    code = "import fastjango, sys; print([m for m in ('fastapi', 'sqlalchemy', 'pydantic') if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
