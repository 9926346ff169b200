"""Random texts, keyed digests and comparison in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any

from fastjango.conf import settings
from fastjango.utils.encoding import force_bytes


class InvalidAlgorithm(ValueError):
    """hashlib has no algorithm of that name."""


def salted_hmac(key_salt: Any, value: Any, secret: Any = None, *, algorithm: str = "sha1") -> hmac.HMAC:
    """
    Return the HMAC of *value* under a key made from *key_salt* and *secret*.

    Args:
        key_salt: Names the use, so that digests of one use are worthless in another.
        secret: ``settings.SECRET_KEY`` by default.
    Raises:
        InvalidAlgorithm: hashlib does not know *algorithm*.
    """
    if secret is None:
        secret = settings.SECRET_KEY
    hasher: Callable[..., Any] | None = getattr(hashlib, algorithm, None)
    if hasher is None:
        raise InvalidAlgorithm(f"{algorithm!r} is not an algorithm accepted by the hashlib module.")
    # A digest as key keeps salt and secret apart from the message, whatever their lengths.
    key = hasher(force_bytes(key_salt) + force_bytes(secret)).digest()
    return hmac.new(key, msg=force_bytes(value), digestmod=hasher)


RANDOM_STRING_CHARS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def get_random_string(length: int, allowed_chars: str = RANDOM_STRING_CHARS) -> str:
    """Return *length* characters drawn with the system's secure generator."""
    return "".join(secrets.choice(allowed_chars) for _ in range(length))


def constant_time_compare(val1: Any, val2: Any) -> bool:
    """Return whether both texts are equal, in a time that does not tell where they differ."""
    return secrets.compare_digest(force_bytes(val1), force_bytes(val2))


def pbkdf2(password: Any, salt: Any, iterations: int, dklen: int = 0, digest: Any = None) -> bytes:
    """Return the PBKDF2 key of *password* (RFC 8018); SHA-256 unless *digest* says otherwise."""
    name = (digest or hashlib.sha256)().name
    return hashlib.pbkdf2_hmac(name, force_bytes(password), force_bytes(salt), iterations, dklen or None)
