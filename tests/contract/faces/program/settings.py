"""Settings of the program; the test says by the environment which database it runs on."""

from __future__ import annotations

import json
import os
from typing import Any

SECRET_KEY = "the program's own key, of more than thirty-two bytes"
DEBUG = False
API_DOCS = True
ALLOWED_HOSTS = ["127.0.0.1"]
DATABASES: dict[str, Any] = {"default": json.loads(os.environ["PROGRAM_DATABASE"])}
DEFAULT_AUTO_FIELD = "fastjango.db.models.BigAutoField"
USE_TZ = True
INSTALLED_APPS = [
    "tests.contract.faces.program",
    "fastjango.contrib.admin",
    "fastjango.contrib.auth",
    "fastjango.contrib.contenttypes",
    "fastjango.contrib.messages",
    "fastjango.contrib.sessions",
    "fastjango.contrib.staticfiles",
    "fastjango.rest",
]
MIDDLEWARE = [
    "fastjango.contrib.sessions.middleware.SessionMiddleware",
    "fastjango.middleware.common.CommonMiddleware",
    "fastjango.middleware.csrf.CsrfViewMiddleware",
    "fastjango.contrib.auth.middleware.AuthenticationMiddleware",
    "fastjango.contrib.messages.middleware.MessageMiddleware",
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
PASSWORD_HASHERS = ["fastjango.contrib.auth.hashers.MD5PasswordHasher"]
ROOT_URLCONF = "tests.contract.faces.program.urls"
STATIC_URL = "/static/"
REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": ["fastjango.rest.authentication.BasicAuthentication"]}
