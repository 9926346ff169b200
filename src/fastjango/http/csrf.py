"""
The CSRF token: making, masking and comparing it.

Forms carry the secret under a fresh mask each time, so that a compressed page tells nothing about it (BREACH).
Templates and middleware are above this room, and both ask here.
"""

from __future__ import annotations

import string
from typing import Any

from fastjango.utils.crypto import constant_time_compare, get_random_string

CSRF_SECRET_LENGTH = 32
CSRF_TOKEN_LENGTH = 2 * CSRF_SECRET_LENGTH
CSRF_ALLOWED_CHARS = string.ascii_letters + string.digits
CSRF_SESSION_KEY = "_csrftoken"

REASON_INCORRECT_LENGTH = "has incorrect length"
REASON_INVALID_CHARACTERS = "has invalid characters"

_allowed = frozenset(CSRF_ALLOWED_CHARS)
_index = {char: index for index, char in enumerate(CSRF_ALLOWED_CHARS)}


class InvalidTokenFormat(Exception):
    """A token that cannot be one of ours; *reason* says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def _get_new_csrf_string() -> str:
    return get_random_string(CSRF_SECRET_LENGTH, allowed_chars=CSRF_ALLOWED_CHARS)


def _mask_cipher_secret(secret: str) -> str:
    """Return *secret* added to a random mask, with the mask in front."""
    mask = _get_new_csrf_string()
    size = len(_index)
    cipher = "".join(
        CSRF_ALLOWED_CHARS[(_index[left] + _index[right]) % size] for left, right in zip(secret, mask, strict=False)
    )
    return mask + cipher


def _unmask_cipher_token(token: str) -> str:
    """Return the secret of a token that ``_mask_cipher_secret`` made."""
    mask, cipher = token[:CSRF_SECRET_LENGTH], token[CSRF_SECRET_LENGTH:]
    return "".join(CSRF_ALLOWED_CHARS[_index[left] - _index[right]] for left, right in zip(cipher, mask, strict=False))


def _add_new_csrf_cookie(request: Any) -> str:
    """Give *request* a fresh secret and have the middleware send it."""
    secret = _get_new_csrf_string()
    request.META.update({"CSRF_COOKIE": secret, "CSRF_COOKIE_NEEDS_UPDATE": True})
    return secret


def get_token(request: Any) -> str:
    """
    Return the token for a form; a secret is made for *request* when it has none.

    Asking for it makes the middleware send the cookie and ``Vary: Cookie``.
    """
    if "CSRF_COOKIE" in request.META:
        secret = request.META["CSRF_COOKIE"]
        if len(secret) == CSRF_TOKEN_LENGTH:
            secret = _unmask_cipher_token(secret)
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True
    else:
        secret = _add_new_csrf_cookie(request)
    return _mask_cipher_secret(secret)


def rotate_token(request: Any) -> None:
    """Give *request* a new secret; login does so, that one from before is worth nothing then."""
    _add_new_csrf_cookie(request)


def _check_token_format(token: str) -> None:
    """Raise ``InvalidTokenFormat`` unless *token* is a secret or a masked secret."""
    if len(token) not in (CSRF_TOKEN_LENGTH, CSRF_SECRET_LENGTH):
        raise InvalidTokenFormat(REASON_INCORRECT_LENGTH)
    if not _allowed.issuperset(token):
        raise InvalidTokenFormat(REASON_INVALID_CHARACTERS)


def _does_token_match(request_csrf_token: str, csrf_secret: str) -> bool:
    """Return, in constant time, whether the token carries the secret."""
    if len(request_csrf_token) == CSRF_TOKEN_LENGTH:
        request_csrf_token = _unmask_cipher_token(request_csrf_token)
    return constant_time_compare(request_csrf_token, csrf_secret)


__all__ = [
    "CSRF_ALLOWED_CHARS",
    "CSRF_SECRET_LENGTH",
    "CSRF_SESSION_KEY",
    "CSRF_TOKEN_LENGTH",
    "REASON_INCORRECT_LENGTH",
    "REASON_INVALID_CHARACTERS",
    "InvalidTokenFormat",
    "_add_new_csrf_cookie",
    "_check_token_format",
    "_does_token_match",
    "_get_new_csrf_string",
    "_mask_cipher_secret",
    "_unmask_cipher_token",
    "get_token",
    "rotate_token",
]
