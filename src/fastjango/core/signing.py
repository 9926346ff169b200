"""
Signed values: texts and JSON that a client may carry but not change.

``value:signature``, and with a time ``value:timestamp:signature``; times are seconds in base 62.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import time
import zlib
from typing import Any

from fastjango.conf import settings
from fastjango.utils.crypto import constant_time_compare, salted_hmac
from fastjango.utils.encoding import force_bytes
from fastjango.utils.module_loading import import_string
from fastjango.utils.regex_helper import _lazy_re_compile

_SEP_UNSAFE = _lazy_re_compile(r"^[A-z0-9-_=]*$")
BASE62_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class BadSignature(Exception):
    """The signature does not belong to the value."""


class SignatureExpired(BadSignature):
    """The value was signed too long ago."""


def b62_encode(s: int) -> str:
    """Return a whole number in base 62."""
    if s == 0:
        return "0"
    number, encoded = abs(s), ""
    while number:
        number, rest = divmod(number, 62)
        encoded = BASE62_ALPHABET[rest] + encoded
    return f"-{encoded}" if s < 0 else encoded


def b62_decode(s: str) -> int:
    """Return the whole number that a base 62 text stands for."""
    if s == "0":
        return 0
    sign, digits = (-1, s[1:]) if s[0] == "-" else (1, s)
    number = 0
    for digit in digits:
        number = number * 62 + BASE62_ALPHABET.index(digit)
    return sign * number


def b64_encode(s: bytes) -> bytes:
    """Return bytes in the base 64 of addresses, without padding."""
    return base64.urlsafe_b64encode(s).strip(b"=")


def b64_decode(s: bytes) -> bytes:
    """Return the bytes of such a text."""
    return base64.urlsafe_b64decode(s + b"=" * (-len(s) % 4))


def base64_hmac(salt: Any, value: Any, key: Any, algorithm: str = "sha1") -> str:
    """Return the HMAC of *value* in base 64."""
    return b64_encode(salted_hmac(salt, value, key, algorithm=algorithm).digest()).decode()


def _cookie_signer_key(key: Any) -> bytes:
    # Keys of cookies are kept apart from those of other uses.
    return b"fastjango.http.cookies" + bytes(force_bytes(key))


def _cookie_signer_salt(key: str, salt: str) -> str:
    """Return the salt of a signed cookie: no other name and salt give the same."""
    return f"{len(key)}:{key}:{salt}"


def _cookie_signer_legacy_salt(key: str, salt: str) -> str:
    """Return the salt as it was once made; cookies of different names may share it."""
    return key + salt


def get_cookie_signer(salt: str = "fastjango.core.signing.get_cookie_signer") -> Any:
    """Return the signer of ``SIGNING_BACKEND`` with keys for cookies."""
    signer_class = import_string(settings.SIGNING_BACKEND)
    return signer_class(
        key=_cookie_signer_key(settings.SECRET_KEY),
        fallback_keys=list(map(_cookie_signer_key, settings.SECRET_KEY_FALLBACKS)),
        salt=salt,
    )


class JSONSerializer:
    """Compact JSON in Latin-1."""

    def dumps(self, obj: Any) -> bytes:
        """Return *obj* as bytes."""
        return json.dumps(obj, separators=(",", ":")).encode("latin-1")

    def loads(self, data: bytes) -> Any:
        """Return the object that such bytes stand for."""
        return json.loads(data.decode("latin-1"))


def dumps(
    obj: Any,
    key: Any = None,
    salt: str = "fastjango.core.signing",
    serializer: Any = JSONSerializer,
    compress: bool = False,
) -> str:
    """
    Return *obj* as a signed text with the time of now, safe in addresses.

    Args:
        key: ``settings.SECRET_KEY`` by default.
        salt: Names the use; a value signed for one use is refused in another.
        compress: Compress it where that makes it shorter.
    """
    signed: str = TimestampSigner(key=key, salt=salt).sign_object(obj, serializer=serializer, compress=compress)
    return signed


def loads(
    s: str,
    key: Any = None,
    salt: str = "fastjango.core.signing",
    serializer: Any = JSONSerializer,
    max_age: Any = None,
    fallback_keys: Any = None,
) -> Any:
    """
    Return what ``dumps`` was given.

    Args:
        max_age: Seconds, or a timedelta.
    Raises:
        BadSignature: The text was changed, or signed for something else.
        SignatureExpired: It is older than *max_age*.
    """
    signer = TimestampSigner(key=key, salt=salt, fallback_keys=fallback_keys)
    return signer.unsign_object(s, serializer=serializer, max_age=max_age)


class Signer:
    """
    Signs texts.

    Args:
        key: ``settings.SECRET_KEY`` by default.
        sep: Stands between the value and the signature.
        salt: Names the use.
        algorithm: Of hashlib; SHA-256 by default.
        fallback_keys: Older keys whose signatures are still good.
    """

    def __init__(
        self,
        *,
        key: Any = None,
        sep: str = ":",
        salt: Any = None,
        algorithm: str | None = None,
        fallback_keys: Any = None,
    ) -> None:
        self.key = key or settings.SECRET_KEY
        self.fallback_keys = fallback_keys if fallback_keys is not None else settings.SECRET_KEY_FALLBACKS
        self.sep = sep
        self.salt = salt or f"{type(self).__module__}.{type(self).__name__}"
        self.algorithm = algorithm or "sha256"
        if _SEP_UNSAFE.match(self.sep):
            raise ValueError(f"Unsafe Signer separator: {sep!r} (cannot be empty or consist of only A-z0-9-_=)")

    def signature(self, value: Any, key: Any = None) -> str:
        """Return the signature of *value*."""
        return base64_hmac(f"{self.salt}signer", value, key or self.key, algorithm=self.algorithm)

    def sign(self, value: Any) -> str:
        """Return *value* with its signature."""
        return f"{value}{self.sep}{self.signature(value)}"

    def unsign(self, signed_value: str) -> str:
        """Return the value without its signature; ``BadSignature`` when that does not belong to it."""
        if self.sep not in signed_value:
            raise BadSignature(f'No "{self.sep}" found in value')
        value, sig = signed_value.rsplit(self.sep, 1)
        for key in [self.key, *self.fallback_keys]:
            if constant_time_compare(sig, self.signature(value, key)):
                return value
        raise BadSignature(f'Signature "{sig}" does not match')

    def sign_object(self, obj: Any, serializer: Any = JSONSerializer, compress: bool = False) -> str:
        """Return *obj* as a signed text; a dot in front says that it is compressed."""
        data = serializer().dumps(obj)
        marker = ""
        if compress:
            compressed = zlib.compress(data)
            if len(compressed) < len(data) - 1:
                data, marker = compressed, "."
        return self.sign(marker + b64_encode(data).decode())

    def unsign_object(self, signed_obj: str, serializer: Any = JSONSerializer, **kwargs: Any) -> Any:
        """Return what ``sign_object`` was given."""
        # Looked at only when the signature is good, so that nobody can send us a decompression bomb.
        encoded = self.unsign(signed_obj, **kwargs).encode()
        data = b64_decode(encoded.removeprefix(b"."))
        if encoded.startswith(b"."):
            data = zlib.decompress(data)
        return serializer().loads(data)


class TimestampSigner(Signer):
    """Signs texts together with the time of now."""

    def timestamp(self) -> str:
        """Return the time of now in base 62."""
        return b62_encode(int(time.time()))

    def sign(self, value: Any) -> str:
        """Return *value* with the time and the signature."""
        return super().sign(f"{value}{self.sep}{self.timestamp()}")

    def unsign(self, value: str, max_age: Any = None) -> str:
        """
        Return the value without time and signature.

        Args:
            max_age: Seconds, or a timedelta.
        Raises:
            SignatureExpired: It was signed longer ago.
        """
        value, timestamp = super().unsign(value).rsplit(self.sep, 1)
        if max_age is not None:
            limit = max_age.total_seconds() if isinstance(max_age, dt.timedelta) else max_age
            age = time.time() - b62_decode(timestamp)
            if age > limit:
                raise SignatureExpired(f"Signature age {age} > {limit} seconds")
        return value
