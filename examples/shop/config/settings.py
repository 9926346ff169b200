"""
Settings of the example shop.

``SHOP_DATABASE`` is ``sqlite`` (the default: a file beside manage.py) or ``postgresql`` (``PGHOST``, ``PGUSER``,
``PGPASSWORD`` and ``PGDATABASE`` say where).
"""

import os
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent.parent

# An example has no secrets; a real project reads this from its environment.
SECRET_KEY = os.environ.get("SHOP_SECRET_KEY", "the-example-shop-has-no-secrets-at-all-but-a-long-key")
DEBUG = os.environ.get("SHOP_DEBUG", "1") == "1"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "accounts",
    "catalogue",
    "orders",
    "fastjango.contrib.admin",
    "fastjango.contrib.auth",
    "fastjango.contrib.contenttypes",
    "fastjango.contrib.sessions",
    "fastjango.contrib.messages",
    "fastjango.contrib.staticfiles",
    "fastjango.contrib.humanize",
    "fastjango.rest",
    "fastjango.rest.authtoken",
]

MIDDLEWARE = [
    "fastjango.middleware.security.SecurityMiddleware",
    "fastjango.contrib.sessions.middleware.SessionMiddleware",
    "fastjango.middleware.common.CommonMiddleware",
    "fastjango.middleware.csrf.CsrfViewMiddleware",
    "fastjango.contrib.auth.middleware.AuthenticationMiddleware",
    "fastjango.contrib.messages.middleware.MessageMiddleware",
    "fastjango.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.app"

TEMPLATES = [
    {
        "BACKEND": "fastjango.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "fastjango.template.context_processors.request",
                "fastjango.contrib.auth.context_processors.auth",
                "fastjango.contrib.messages.context_processors.messages",
                "orders.context_processors.cart",
                "catalogue.context_processors.categories",
            ],
        },
    },
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": {"ENGINE": "fastjango.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"},
}
if os.environ.get("SHOP_DATABASE", "sqlite") == "postgresql":
    DATABASES["default"] = {
        "ENGINE": "fastjango.db.backends.postgresql",
        "NAME": os.environ.get("PGDATABASE", "fastjango_shop"),
        "HOST": os.environ.get("PGHOST", "127.0.0.1"),
        "PORT": os.environ.get("PGPORT", ""),
        "USER": os.environ.get("PGUSER", "postgres"),
        "PASSWORD": os.environ.get("PGPASSWORD", ""),
    }

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "fastjango.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "fastjango.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "fastjango.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "fastjango.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "catalogue:list"
LOGOUT_REDIRECT_URL = "catalogue:list"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "collected"
MEDIA_URL = "media/"
MEDIA_ROOT = BASE_DIR / "media"

EMAIL_BACKEND = "fastjango.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = "shop@example.com"

DEFAULT_AUTO_FIELD = "fastjango.db.models.BigAutoField"
TEST_RUNNER = "config.testing.ShopRunner"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "fastjango.rest.authentication.SessionAuthentication",
        "fastjango.rest.authentication.TokenAuthentication",
        "fastjango.rest.authentication.BasicAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["fastjango.rest.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_PAGINATION_CLASS": "fastjango.rest.pagination.PageNumberPagination",
    "DEFAULT_FILTER_BACKENDS": [
        "fastjango.rest.filters.SearchFilter",
        "fastjango.rest.filters.OrderingFilter",
    ],
    "PAGE_SIZE": 20,
}
