"""
The defaults of every setting, by topic. A settings module overrides them by name.

Names and values are Django 5.2's; the last block holds the settings of our own.
"""

from __future__ import annotations

from typing import Any

# --- the project -----------------------------------------------------------------------------
DEBUG = False
DEBUG_PROPAGATE_EXCEPTIONS = False
SECRET_KEY = ""
SECRET_KEY_FALLBACKS: list[str] = []
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
ADMINS: list[tuple[str, str]] = []
MANAGERS = ADMINS
WSGI_APPLICATION: str | None = None
ASGI_APPLICATION: str | None = None
ABSOLUTE_URL_OVERRIDES: dict[str, Any] = {}
SILENCED_SYSTEM_CHECKS: list[str] = []
FIXTURE_DIRS: list[str] = []
MIGRATION_MODULES: dict[str, str | None] = {}
TEST_RUNNER = "fastjango.test.runner.DiscoverRunner"
TEST_NON_SERIALIZED_APPS: list[str] = []

# --- requests, addresses, responses ----------------------------------------------------------
ALLOWED_HOSTS: list[str] = []
INTERNAL_IPS: list[str] = []
APPEND_SLASH = True
PREPEND_WWW = False
FORCE_SCRIPT_NAME: str | None = None
DISALLOWED_USER_AGENTS: list[Any] = []
IGNORABLE_404_URLS: list[Any] = []
USE_X_FORWARDED_HOST = False
USE_X_FORWARDED_PORT = False
DEFAULT_CHARSET = "utf-8"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
DEFAULT_EXCEPTION_REPORTER = "fastjango.views.debug.ExceptionReporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "fastjango.views.debug.SafeExceptionReporterFilter"

# --- databases -------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {}
DATABASE_ROUTERS: list[Any] = []
DEFAULT_TABLESPACE = ""
DEFAULT_INDEX_TABLESPACE = ""
DEFAULT_AUTO_FIELD = "fastjango.db.models.AutoField"

# --- templates and forms ---------------------------------------------------------------------
TEMPLATES: list[dict[str, Any]] = []
FORM_RENDERER = "fastjango.forms.renderers.DjangoTemplates"
FORMS_URLFIELD_ASSUME_HTTPS = False

# --- files -----------------------------------------------------------------------------------
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "fastjango.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "fastjango.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = ""
MEDIA_URL = ""
STATIC_ROOT: str | None = None
STATIC_URL: str | None = None
STATICFILES_DIRS: list[Any] = []
STATICFILES_FINDERS = [
    f"fastjango.contrib.staticfiles.finders.{finder}" for finder in ("FileSystemFinder", "AppDirectoriesFinder")
]
FILE_UPLOAD_HANDLERS = [
    f"fastjango.core.files.uploadhandler.{handler}"
    for handler in ("MemoryFileUploadHandler", "TemporaryFileUploadHandler")
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes
FILE_UPLOAD_TEMP_DIR: str | None = None
FILE_UPLOAD_PERMISSIONS = 0o644
FILE_UPLOAD_DIRECTORY_PERMISSIONS: int | None = None

# --- mail ------------------------------------------------------------------------------------
EMAIL_BACKEND = "fastjango.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "localhost"
EMAIL_PORT = 25
EMAIL_HOST_USER = ""
EMAIL_HOST_PASSWORD = ""
EMAIL_USE_TLS = False
EMAIL_USE_SSL = False
EMAIL_USE_LOCALTIME = False
EMAIL_SSL_CERTFILE: str | None = None
EMAIL_SSL_KEYFILE: str | None = None
EMAIL_TIMEOUT: float | None = None  # seconds
EMAIL_SUBJECT_PREFIX = "[Django] "
DEFAULT_FROM_EMAIL = "webmaster@localhost"
SERVER_EMAIL = "root@localhost"

# --- caches ----------------------------------------------------------------------------------
CACHES: dict[str, dict[str, Any]] = {"default": {"BACKEND": "fastjango.core.cache.backends.locmem.LocMemCache"}}
CACHE_MIDDLEWARE_ALIAS = "default"
CACHE_MIDDLEWARE_KEY_PREFIX = ""
CACHE_MIDDLEWARE_SECONDS = 600

# --- sessions and messages -------------------------------------------------------------------
SESSION_ENGINE = "fastjango.contrib.sessions.backends.db"
SESSION_SERIALIZER = "fastjango.contrib.sessions.serializers.JSONSerializer"
SESSION_CACHE_ALIAS = "default"
SESSION_FILE_PATH: str | None = None
SESSION_COOKIE_NAME = "sessionid"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds
SESSION_COOKIE_DOMAIN: str | None = None
SESSION_COOKIE_PATH = "/"
SESSION_COOKIE_SECURE = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
MESSAGE_STORAGE = "fastjango.contrib.messages.storage.fallback.FallbackStorage"

# --- users -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "auth.User"
AUTHENTICATION_BACKENDS = ["fastjango.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = []
PASSWORD_HASHERS = [
    f"fastjango.contrib.auth.hashers.{hasher}PasswordHasher"
    for hasher in ("PBKDF2", "PBKDF2SHA1", "Argon2", "BCryptSHA256", "Scrypt")
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # seconds
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/accounts/profile/"
LOGOUT_REDIRECT_URL: str | None = None

# --- security --------------------------------------------------------------------------------
SIGNING_BACKEND = "fastjango.core.signing.TimestampSigner"
# Also accept signed cookies of older versions, whose salt could be shared by two names.
SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False
CSRF_FAILURE_VIEW = "fastjango.views.csrf.csrf_failure"
CSRF_COOKIE_NAME = "csrftoken"
CSRF_COOKIE_AGE = 52 * 7 * 24 * 3600  # seconds
CSRF_COOKIE_DOMAIN: str | None = None
CSRF_COOKIE_PATH = "/"
CSRF_COOKIE_SECURE = False
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_HEADER_NAME = "HTTP_X_CSRFTOKEN"
CSRF_TRUSTED_ORIGINS: list[str] = []
CSRF_USE_SESSIONS = False
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_HSTS_PRELOAD = False
SECURE_HSTS_SECONDS = 0
SECURE_PROXY_SSL_HEADER: tuple[str, str] | None = None
SECURE_REDIRECT_EXEMPT: list[str] = []
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_HOST: str | None = None
SECURE_SSL_REDIRECT = False

# --- logging ---------------------------------------------------------------------------------
LOGGING_CONFIG: str | None = "logging.config.dictConfig"
LOGGING: dict[str, Any] = {}

# --- time ------------------------------------------------------------------------------------
TIME_ZONE = "America/Chicago"
USE_TZ = True

# --- languages -------------------------------------------------------------------------------
USE_I18N = True
LANGUAGE_CODE = "en-us"
LOCALE_PATHS: list[str] = []
LANGUAGE_COOKIE_NAME = "django_language"
LANGUAGE_COOKIE_AGE: int | None = None
LANGUAGE_COOKIE_DOMAIN: str | None = None
LANGUAGE_COOKIE_PATH = "/"
LANGUAGE_COOKIE_SECURE = False
LANGUAGE_COOKIE_HTTPONLY = False
LANGUAGE_COOKIE_SAMESITE: str | None = None
LANGUAGES_BIDI = ["he", "ar", "ar-dz", "ckb", "fa", "ug", "ur"]
_LANGUAGE_NAMES = """
af=Afrikaans ar=Arabic ar-dz=Algerian_Arabic ast=Asturian az=Azerbaijani bg=Bulgarian be=Belarusian bn=Bengali
br=Breton bs=Bosnian ca=Catalan ckb=Central_Kurdish_(Sorani) cs=Czech cy=Welsh da=Danish de=German
dsb=Lower_Sorbian el=Greek en=English en-au=Australian_English en-gb=British_English eo=Esperanto es=Spanish
es-ar=Argentinian_Spanish es-co=Colombian_Spanish es-mx=Mexican_Spanish es-ni=Nicaraguan_Spanish
es-ve=Venezuelan_Spanish et=Estonian eu=Basque fa=Persian fi=Finnish fr=French fy=Frisian ga=Irish
gd=Scottish_Gaelic gl=Galician he=Hebrew hi=Hindi hr=Croatian hsb=Upper_Sorbian hu=Hungarian hy=Armenian
ia=Interlingua id=Indonesian ig=Igbo io=Ido is=Icelandic it=Italian ja=Japanese ka=Georgian kab=Kabyle kk=Kazakh
km=Khmer kn=Kannada ko=Korean ky=Kyrgyz lb=Luxembourgish lt=Lithuanian lv=Latvian mk=Macedonian ml=Malayalam
mn=Mongolian mr=Marathi ms=Malay my=Burmese nb=Norwegian_Bokmål ne=Nepali nl=Dutch nn=Norwegian_Nynorsk
os=Ossetic pa=Punjabi pl=Polish pt=Portuguese pt-br=Brazilian_Portuguese ro=Romanian ru=Russian sk=Slovak
sl=Slovenian sq=Albanian sr=Serbian sr-latn=Serbian_Latin sv=Swedish sw=Swahili ta=Tamil te=Telugu tg=Tajik
th=Thai tk=Turkmen tr=Turkish tt=Tatar udm=Udmurt ug=Uyghur uk=Ukrainian ur=Urdu uz=Uzbek vi=Vietnamese
zh-hans=Simplified_Chinese zh-hant=Traditional_Chinese
"""
LANGUAGES = [
    (code, name.replace("_", " ")) for code, name in (entry.split("=", 1) for entry in _LANGUAGE_NAMES.split())
]

# --- formats ---------------------------------------------------------------------------------
FORMAT_MODULE_PATH: str | list[str] | None = None
DATE_FORMAT = "N j, Y"
DATETIME_FORMAT = "N j, Y, P"
TIME_FORMAT = "P"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "F j"
SHORT_DATE_FORMAT = "m/d/Y"
SHORT_DATETIME_FORMAT = "m/d/Y P"
_TIMES = ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M")
DATE_INPUT_FORMATS = [
    "%Y-%m-%d",
    "%m/%d/%Y",
    "%m/%d/%y",
    "%b %d %Y",
    "%b %d, %Y",
    "%d %b %Y",
    "%d %b, %Y",
    "%B %d %Y",
    "%B %d, %Y",
    "%d %B %Y",
    "%d %B, %Y",
]
TIME_INPUT_FORMATS = list(_TIMES)
DATETIME_INPUT_FORMATS = [
    *[f"%Y-%m-%d {time}" for time in _TIMES],
    *[f"%m/%d/%Y {time}" for time in _TIMES],
    *[f"%m/%d/%y {time}" for time in _TIMES],
]
FIRST_DAY_OF_WEEK = 0  # Sunday
DECIMAL_SEPARATOR = "."
USE_THOUSAND_SEPARATOR = False
NUMBER_GROUPING = 0
THOUSAND_SEPARATOR = ","

# --- our own ---------------------------------------------------------------------------------
SYNC_VIEWS = "bridge"
BLOCKING_VIEW_MS = 100
FETCH_MODE = "one"  # how objects load what was not loaded with them: "one", "peers", "raise"
SQL_TAGS = False  # whether statements carry the id of their shape as a comment, for logs and statistics of the server
N_PLUS_ONE: str | None = None  # "log", "warn", "raise" or "off"; None logs with DEBUG
API_DOCS = False  # serve the API docs without DEBUG too
API_TITLE = "FastJango"
DATA_UPLOAD_MAX_BODY_SIZE: int | None = 1_073_741_824  # bytes of a whole request, files included; None for no limit

del _LANGUAGE_NAMES, _TIMES
