"""What libraries that are not installed take with them."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
sys.modules["requests"] = None  # as if it were not installed
import importlib.util
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "requests" else find_spec(name, *rest)

from fastjango.conf import settings
settings.configure(INSTALLED_APPS=["fastjango.contrib.contenttypes", "fastjango.contrib.auth", "fastjango.rest"])
import fastjango
fastjango.setup()

from fastjango.rest.test import APIClient, RequestsClient
APIClient()
try:
    RequestsClient()
except Exception as exc:
    print(type(exc).__name__, exc)
"""


def test_without_requests_there_is_every_test_client_but_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.stdout == "ImproperlyConfigured requests must be installed in order to use RequestsClient.\n"
