"""pytest plugin for FastAPI's suite: ``fastapi.FastAPI`` is ``FastJango``, and every outcome is logged.

``CONFORMANCE_APP`` says which application the tests get: ``stock`` (FastAPI itself), ``plain`` (FastJango without
settings) or ``settings`` (FastJango with a URLconf, the middleware and the apps of a new project). Load it early, with
``-p runner.fastapi_plugin``, so that the name is replaced before a test imports it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runner.events import EventLog
from runner.recorder import Recorder

APP = os.environ["CONFORMANCE_APP"]

# The middleware and the apps of `startproject`. What the tests know of a stock FastAPI is said to the settings: any
# host name, docs pages without DEBUG, its title, and tokens by cookie are not asked of forms without a session.
NEW_PROJECT = {
    "ROOT_URLCONF": "runner.fastapi_urls",
    "SECRET_KEY": "fastapi-suite",
    "ALLOWED_HOSTS": ["*"],
    "API_DOCS": True,
    "API_TITLE": "FastAPI",
    "MIDDLEWARE": [
        "fastjango.middleware.security.SecurityMiddleware",
        "fastjango.contrib.sessions.middleware.SessionMiddleware",
        "fastjango.middleware.common.CommonMiddleware",
        "fastjango.middleware.csrf.CsrfViewMiddleware",
        "fastjango.contrib.auth.middleware.AuthenticationMiddleware",
        "fastjango.contrib.messages.middleware.MessageMiddleware",
        "fastjango.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    "INSTALLED_APPS": [
        "fastjango.contrib.auth",
        "fastjango.contrib.contenttypes",
        "fastjango.contrib.sessions",
        "fastjango.contrib.messages",
        "fastjango.contrib.staticfiles",
    ],
    "DATABASES": {"default": {"ENGINE": "fastjango.db.backends.sqlite3", "NAME": ":memory:"}},
    "STATIC_URL": "django-static/",
}


def replace() -> None:
    """Put FastJango where FastAPI is imported from."""
    import fastapi
    import fastapi.applications

    import fastjango

    if APP == "settings":
        from fastjango.conf import settings

        settings.configure(**NEW_PROJECT)
        fastjango.setup()
    fastapi.FastAPI = fastapi.applications.FastAPI = fastjango.FastJango  # type: ignore[misc]


if APP != "stock":
    replace()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--conformance-events", type=Path, required=True)


def pytest_configure(config: pytest.Config) -> None:
    log = EventLog(config.getoption("--conformance-events"))
    config.pluginmanager.register(Recorder(log), "conformance-recorder")
