"""Settings of FastJango's own test suite: SQLite in memory, or what DATABASE_URL-like variables name."""

from __future__ import annotations

import os
from typing import Any

SECRET_KEY = "tests-only"
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "fastjango.db.models.BigAutoField"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

DATABASES: dict[str, dict[str, Any]] = {
    "default": {"ENGINE": "fastjango.db.backends.sqlite3", "NAME": ":memory:"},
}
if os.environ.get("FASTJANGO_TEST_DB") == "postgresql":
    DATABASES["default"] = {
        "ENGINE": "fastjango.db.backends.postgresql",
        "NAME": os.environ.get("PGDATABASE", "fastjango"),
        "HOST": os.environ.get("PGHOST", "127.0.0.1"),
        "USER": os.environ.get("PGUSER", "postgres"),
        "PASSWORD": os.environ.get("PGPASSWORD", ""),
    }

INSTALLED_APPS = [
    "fastjango.contrib.contenttypes",
    "fastjango.contrib.auth",
    "fastjango.contrib.sessions",
    "fastjango.contrib.messages",
    "fastjango.contrib.admin",
    "fastjango.contrib.staticfiles",
    "fastjango.contrib.sites",
    "fastjango.contrib.flatpages",
    "fastjango.contrib.redirects",
    "fastjango.contrib.sitemaps",
    "fastjango.contrib.humanize",
    "fastjango.contrib.admindocs",
    "fastjango.rest.authtoken",
]
SITE_ID = 1
MIDDLEWARE = [
    "fastjango.middleware.security.SecurityMiddleware",
    "fastjango.contrib.sessions.middleware.SessionMiddleware",
    "fastjango.middleware.common.CommonMiddleware",
    "fastjango.middleware.csrf.CsrfViewMiddleware",
    "fastjango.contrib.auth.middleware.AuthenticationMiddleware",
    "fastjango.contrib.messages.middleware.MessageMiddleware",
    "fastjango.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "fastjango.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "fastjango.template.context_processors.request",
                "fastjango.contrib.auth.context_processors.auth",
                "fastjango.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "tests.urls"
STATIC_URL = "/static/"
PASSWORD_HASHERS = ["fastjango.contrib.auth.hashers.MD5PasswordHasher"]
