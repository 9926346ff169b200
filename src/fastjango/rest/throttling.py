"""Throttles: so many requests in so much time, counted in the cache."""

from __future__ import annotations

import time
from typing import Any

from fastjango.core.cache import cache as default_cache
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.rest.settings import FromSettings, api_settings

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class BaseThrottle:
    """Base of throttles."""

    def allow_request(self, request: Any, view: Any) -> bool:
        """Return whether the request may pass, and count it."""
        raise NotImplementedError(".allow_request() must be overridden")

    def get_ident(self, request: Any) -> str:
        """
        Return the address of the client.

        ``NUM_PROXIES`` says how many proxies of ours stand in between; without it the whole header counts.
        """
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR")
        remote: str = request.META.get("REMOTE_ADDR")
        proxies = api_settings.NUM_PROXIES
        if proxies is not None:
            if proxies == 0 or forwarded is None:
                return remote
            addresses = forwarded.split(",")
            found: str = addresses[-min(proxies, len(addresses))]
            return found.strip()
        return "".join(forwarded.split()) if forwarded else remote

    def wait(self) -> float | None:
        """Return the seconds until the next request is welcome, ``None`` when nobody knows."""
        return None


class SimpleRateThrottle(BaseThrottle):
    """
    A rate such as ``"100/day"``, given as ``rate`` or under ``scope`` in ``DEFAULT_THROTTLE_RATES``.

    A subclass gives the key that requests are counted under.
    """

    cache: Any = default_cache
    timer: Any = time.time
    cache_format = "throttle_%(scope)s_%(ident)s"
    scope: Any = None
    THROTTLE_RATES: Any = FromSettings("DEFAULT_THROTTLE_RATES")

    def __init__(self) -> None:
        if not getattr(self, "rate", None):
            self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        """Return the key, ``None`` for requests that are not counted."""
        raise NotImplementedError(".get_cache_key() must be overridden")

    def get_rate(self) -> str | None:
        """Return the rate of the scope."""
        if not getattr(self, "scope", None):
            raise ImproperlyConfigured(f"You must set either `.scope` or `.rate` for '{type(self).__name__}' throttle")
        try:
            rate: str | None = self.THROTTLE_RATES[self.scope]
        except KeyError:
            raise ImproperlyConfigured(f"No default throttle rate set for '{self.scope}' scope") from None
        return rate

    def parse_rate(self, rate: str | None) -> tuple[int | None, int | None]:
        """Return number of requests and seconds."""
        if rate is None:
            return None, None
        number, period = rate.split("/")
        return int(number), _SECONDS[period[0]]

    def allow_request(self, request: Any, view: Any) -> bool:
        """Return whether the request may pass, and count it when it does."""
        if self.rate is None:
            return True
        self.key = self.get_cache_key(request, view)
        if self.key is None:
            return True
        self.history = self.cache.get(self.key, [])
        self.now = self.timer()
        # The newest stands first.
        while self.history and self.history[-1] <= self.now - self.duration:
            self.history.pop()
        if len(self.history) >= (self.num_requests or 0):
            return self.throttle_failure()
        return self.throttle_success()

    def throttle_success(self) -> bool:
        """Count the request."""
        self.history.insert(0, self.now)
        self.cache.set(self.key, self.history, self.duration)
        return True

    def throttle_failure(self) -> bool:
        """Refuse the request."""
        return False

    def wait(self) -> float | None:
        """Return the seconds until the next request is welcome: what is left, spread over the requests left."""
        if self.history:
            remaining = (self.duration or 0) - (self.now - self.history[-1])
        else:
            remaining = self.duration or 0
        available = (self.num_requests or 0) - len(self.history) + 1
        return remaining / float(available) if available > 0 else None


class AnonRateThrottle(SimpleRateThrottle):
    """Counts who is not logged in, by address."""

    scope = "anon"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        """Return the key of the address."""
        if request.user and request.user.is_authenticated:
            return None
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class UserRateThrottle(SimpleRateThrottle):
    """Counts by user, by address for who is not logged in."""

    scope = "user"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        """Return the key of the user."""
        known = request.user and request.user.is_authenticated
        return self.cache_format % {
            "scope": self.scope,
            "ident": request.user.pk if known else self.get_ident(request),
        }


class ScopedRateThrottle(SimpleRateThrottle):
    """Counts by user for each ``throttle_scope`` of views."""

    scope_attr = "throttle_scope"

    def __init__(self) -> None:
        # The rate is known with the view.
        self.rate: Any = None

    def allow_request(self, request: Any, view: Any) -> bool:
        """Return whether the request may pass; views without a scope are not counted."""
        self.scope = getattr(view, self.scope_attr, None)
        if not self.scope:
            return True
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super().allow_request(request, view)

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        """Return the key of user and scope."""
        known = request.user and request.user.is_authenticated
        return self.cache_format % {
            "scope": self.scope,
            "ident": request.user.pk if known else self.get_ident(request),
        }


__all__ = ["AnonRateThrottle", "BaseThrottle", "ScopedRateThrottle", "SimpleRateThrottle", "UserRateThrottle"]
