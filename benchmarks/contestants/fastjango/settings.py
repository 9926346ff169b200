"""The settings of a JSON API: what startproject writes without sessions, messages and admin."""

import os

SECRET_KEY = os.environ["BENCH_JWT_SECRET"]
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
DEFAULT_AUTO_FIELD = "fastjango.db.models.BigAutoField"
APPEND_SLASH = False
LOGGING_CONFIG = None
INSTALLED_APPS = ["fastjango.contrib.contenttypes", "fastjango.contrib.auth", "shop"]
MIDDLEWARE = [
    "fastjango.middleware.security.SecurityMiddleware",
    "fastjango.middleware.common.CommonMiddleware",
]
ROOT_URLCONF = os.environ.get("BENCH_FASTJANGO_URLS", "app")
TEMPLATES = [
    {
        "BACKEND": "fastjango.template.backends.django.DjangoTemplates",
        "DIRS": [os.path.join(os.path.dirname(__file__), "templates")],
        "OPTIONS": {"context_processors": []},
    }
]
POOL = {"size": int(os.environ["BENCH_POOL_SIZE"])}
if os.environ["BENCH_DB"] == "postgres":
    DATABASES = {
        "default": {
            "ENGINE": "fastjango.db.backends.postgresql",
            "HOST": os.environ["BENCH_PG_HOST"],
            "PORT": os.environ["BENCH_PG_PORT"],
            "USER": os.environ["BENCH_PG_USER"],
            "NAME": os.environ["BENCH_PG_DB"],
            "POOL": POOL,
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "fastjango.db.backends.sqlite3",
            "NAME": os.environ["BENCH_SQLITE_PATH"],
            "OPTIONS": {"init_command": "PRAGMA synchronous=NORMAL;"},
        }
    }
