"""Settings that a site should have before it is deployed."""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.core.checks.messages import CheckMessage, Error, Warning  # noqa: A004 - Django's name
from fastjango.core.checks.registry import Tags, register
from fastjango.core.exceptions import ImproperlyConfigured

CROSS_ORIGIN_OPENER_POLICY_VALUES = {"same-origin", "same-origin-allow-popups", "unsafe-none"}
REFERRER_POLICY_VALUES = {
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
}
SECRET_KEY_INSECURE_PREFIX = "django-insecure-"
SECRET_KEY_MIN_LENGTH = 50
SECRET_KEY_MIN_UNIQUE_CHARACTERS = 5

_SECURITY = "fastjango.middleware.security.SecurityMiddleware"
_FRAMES = "fastjango.middleware.clickjacking.XFrameOptionsMiddleware"

SECRET_KEY_WARNING_MSG = (
    f"Your %s has less than {SECRET_KEY_MIN_LENGTH} characters, less than {SECRET_KEY_MIN_UNIQUE_CHARACTERS} unique "
    f"characters, or it's prefixed with '{SECRET_KEY_INSECURE_PREFIX}' indicating that it was generated automatically "
    "by Django. Please generate a long and random value, otherwise many of Django's security-critical features will "
    "be vulnerable to attack."
)

W001 = Warning(
    f"You do not have '{_SECURITY}' in your MIDDLEWARE so the SECURE_HSTS_SECONDS, SECURE_CONTENT_TYPE_NOSNIFF, "
    "SECURE_REFERRER_POLICY, SECURE_CROSS_ORIGIN_OPENER_POLICY, and SECURE_SSL_REDIRECT settings will have no effect.",
    id="security.W001",
)
W002 = Warning(
    f"You do not have '{_FRAMES}' in your MIDDLEWARE, so your pages will not be served with an 'x-frame-options' "
    "header. Unless there is a good reason for your site to be served in a frame, you should consider enabling this "
    "header to help prevent clickjacking attacks.",
    id="security.W002",
)
W004 = Warning(
    "You have not set a value for the SECURE_HSTS_SECONDS setting. If your entire site is served only over SSL, you "
    "may want to consider setting a value and enabling HTTP Strict Transport Security. Be sure to read the "
    "documentation first; enabling HSTS carelessly can cause serious, irreversible problems.",
    id="security.W004",
)
W005 = Warning(
    "You have not set the SECURE_HSTS_INCLUDE_SUBDOMAINS setting to True. Without this, your site is potentially "
    "vulnerable to attack via an insecure connection to a subdomain. Only set this to True if you are certain that "
    "all subdomains of your domain should be served exclusively via SSL.",
    id="security.W005",
)
W006 = Warning(
    "Your SECURE_CONTENT_TYPE_NOSNIFF setting is not set to True, so your pages will not be served with an "
    "'X-Content-Type-Options: nosniff' header. You should consider enabling this header to prevent the browser from "
    "identifying content types incorrectly.",
    id="security.W006",
)
W008 = Warning(
    "Your SECURE_SSL_REDIRECT setting is not set to True. Unless your site should be available over both SSL and "
    "non-SSL connections, you may want to either set this setting True or configure a load balancer or reverse-proxy "
    "server to redirect all connections to HTTPS.",
    id="security.W008",
)
W009 = Warning(SECRET_KEY_WARNING_MSG % "SECRET_KEY", id="security.W009")
W018 = Warning("You should not have DEBUG set to True in deployment.", id="security.W018")
W019 = Warning(
    f"You have '{_FRAMES}' in your MIDDLEWARE, but X_FRAME_OPTIONS is not set to 'DENY'. Unless there is a good reason "
    "for your site to serve other parts of itself in a frame, you should change it to 'DENY'.",
    id="security.W019",
)
W020 = Warning("ALLOWED_HOSTS must not be empty in deployment.", id="security.W020")
W021 = Warning(
    "You have not set the SECURE_HSTS_PRELOAD setting to True. Without this, your site cannot be submitted to the "
    "browser preload list.",
    id="security.W021",
)
W022 = Warning(
    "You have not set the SECURE_REFERRER_POLICY setting. Without this, your site will not send a Referrer-Policy "
    "header. You should consider enabling this header to protect user privacy.",
    id="security.W022",
)
E023 = Error(
    "You have set the SECURE_REFERRER_POLICY setting to an invalid value.",
    hint=f"Valid values are: {', '.join(sorted(REFERRER_POLICY_VALUES))}.",
    id="security.E023",
)
E024 = Error(
    "You have set the SECURE_CROSS_ORIGIN_OPENER_POLICY setting to an invalid value.",
    hint=f"Valid values are: {', '.join(sorted(CROSS_ORIGIN_OPENER_POLICY_VALUES))}.",
    id="security.E024",
)
W025 = Warning(SECRET_KEY_WARNING_MSG, id="security.W025")

Found = list[CheckMessage]


def _security_middleware() -> bool:
    return _SECURITY in settings.MIDDLEWARE


def _xframe_middleware() -> bool:
    return _FRAMES in settings.MIDDLEWARE


def _unless(passed: Any, issue: CheckMessage) -> Found:
    return [] if passed else [issue]


@register(Tags.security, deploy=True)
def check_security_middleware(app_configs: Any, **kwargs: Any) -> Found:
    """Ask for the security middleware."""
    return _unless(_security_middleware(), W001)


@register(Tags.security, deploy=True)
def check_xframe_options_middleware(app_configs: Any, **kwargs: Any) -> Found:
    """Ask for the middleware against framing."""
    return _unless(_xframe_middleware(), W002)


@register(Tags.security, deploy=True)
def check_sts(app_configs: Any, **kwargs: Any) -> Found:
    """Ask for HTTP Strict Transport Security."""
    return _unless(not _security_middleware() or settings.SECURE_HSTS_SECONDS, W004)


@register(Tags.security, deploy=True)
def check_sts_include_subdomains(app_configs: Any, **kwargs: Any) -> Found:
    """Ask for it on subdomains too."""
    off = not _security_middleware() or not settings.SECURE_HSTS_SECONDS
    return _unless(off or settings.SECURE_HSTS_INCLUDE_SUBDOMAINS is True, W005)


@register(Tags.security, deploy=True)
def check_sts_preload(app_configs: Any, **kwargs: Any) -> Found:
    """Ask for it in the browsers' list."""
    off = not _security_middleware() or not settings.SECURE_HSTS_SECONDS
    return _unless(off or settings.SECURE_HSTS_PRELOAD is True, W021)


@register(Tags.security, deploy=True)
def check_content_type_nosniff(app_configs: Any, **kwargs: Any) -> Found:
    """Ask for the header against guessing of types."""
    return _unless(not _security_middleware() or settings.SECURE_CONTENT_TYPE_NOSNIFF is True, W006)


@register(Tags.security, deploy=True)
def check_ssl_redirect(app_configs: Any, **kwargs: Any) -> Found:
    """Ask for redirects to HTTPS."""
    return _unless(not _security_middleware() or settings.SECURE_SSL_REDIRECT is True, W008)


def _check_secret_key(secret_key: Any) -> bool:
    """Return whether a key is long, varied, and not the one that a new project starts with."""
    return (
        len(set(secret_key)) >= SECRET_KEY_MIN_UNIQUE_CHARACTERS
        and len(secret_key) >= SECRET_KEY_MIN_LENGTH
        and not secret_key.startswith(SECRET_KEY_INSECURE_PREFIX)
    )


@register(Tags.security, deploy=True)
def check_secret_key(app_configs: Any, **kwargs: Any) -> Found:
    """Ask for a good secret key."""
    try:
        secret_key = settings.SECRET_KEY
    except (ImproperlyConfigured, AttributeError):
        return [W009]
    return _unless(_check_secret_key(secret_key), W009)


@register(Tags.security, deploy=True)
def check_secret_key_fallbacks(app_configs: Any, **kwargs: Any) -> Found:
    """Ask for good older keys."""
    try:
        fallbacks = settings.SECRET_KEY_FALLBACKS
    except (ImproperlyConfigured, AttributeError):
        return [Warning(W025.msg % "SECRET_KEY_FALLBACKS", id=W025.id)]
    return [
        Warning(W025.msg % f"SECRET_KEY_FALLBACKS[{index}]", id=W025.id)
        for index, key in enumerate(fallbacks)
        if not _check_secret_key(key)
    ]


@register(Tags.security, deploy=True)
def check_debug(app_configs: Any, **kwargs: Any) -> Found:
    """Ask for DEBUG to be off."""
    return _unless(not settings.DEBUG, W018)


@register(Tags.security, deploy=True)
def check_xframe_deny(app_configs: Any, **kwargs: Any) -> Found:
    """Ask for framing to be refused altogether."""
    return _unless(not _xframe_middleware() or settings.X_FRAME_OPTIONS == "DENY", W019)


@register(Tags.security, deploy=True)
def check_allowed_hosts(app_configs: Any, **kwargs: Any) -> Found:
    """Ask for the names of the site."""
    return _unless(settings.ALLOWED_HOSTS, W020)


@register(Tags.security, deploy=True)
def check_referrer_policy(app_configs: Any, **kwargs: Any) -> Found:
    """Ask for a referrer policy that browsers know."""
    if not _security_middleware():
        return []
    policy = settings.SECURE_REFERRER_POLICY
    if policy is None:
        return [W022]
    values = {value.strip() for value in policy.split(",")} if isinstance(policy, str) else set(policy)
    return _unless(values <= REFERRER_POLICY_VALUES, E023)


@register(Tags.security, deploy=True)
def check_cross_origin_opener_policy(app_configs: Any, **kwargs: Any) -> Found:
    """Ask for an opener policy that browsers know."""
    policy = settings.SECURE_CROSS_ORIGIN_OPENER_POLICY
    known = policy is None or policy in CROSS_ORIGIN_OPENER_POLICY_VALUES
    return _unless(not _security_middleware() or known, E024)
