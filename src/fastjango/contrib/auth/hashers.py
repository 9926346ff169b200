"""
Password hashes in the format ``algorithm$...``, as Django writes them.

The first hasher of ``PASSWORD_HASHERS`` makes new hashes, all of them are read; a hash by another one, or with less work
than today's, is renewed at the next login.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import logging
import math
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any, ClassVar

from fastjango.conf import settings
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.signals import setting_changed
from fastjango.dispatch import receiver
from fastjango.utils.crypto import RANDOM_STRING_CHARS, constant_time_compare, get_random_string, pbkdf2
from fastjango.utils.encoding import force_bytes, force_str
from fastjango.utils.module_loading import import_string
from fastjango.utils.translation import gettext_noop as _

UNUSABLE_PASSWORD_PREFIX = "!"
UNUSABLE_PASSWORD_SUFFIX_LENGTH = 40

logger = logging.getLogger("fastjango.security.hashers")


def is_password_usable(encoded: str | None) -> bool:
    """Return whether a hash can match any password at all."""
    return encoded is None or not encoded.startswith(UNUSABLE_PASSWORD_PREFIX)


def verify_password(password: str | None, encoded: str, preferred: Any = "default") -> tuple[bool, bool]:
    """Return whether the password is right, and whether its hash should be renewed. Always hashes exactly once."""
    fake_runtime = password is None or not is_password_usable(encoded)
    preferred = get_hasher(preferred)
    try:
        hasher = identify_hasher(encoded)
    except ValueError:
        fake_runtime = True
    if fake_runtime:
        # As much work as for a user who has a password: the time does not tell them apart.
        make_password(get_random_string(UNUSABLE_PASSWORD_SUFFIX_LENGTH))
        return False, False
    changed = hasher.algorithm != preferred.algorithm
    try:
        must_update = changed or preferred.must_update(encoded)
        is_correct = hasher.verify(password or "", encoded)
    except (AssertionError, IndexError, ValueError):
        # A hash that was cut or changed in the table: nobody gets in by it, and a login is no server error.
        logger.warning(
            "A stored %s password hash cannot be read; its user has to set a new password.", hasher.algorithm
        )
        make_password(get_random_string(UNUSABLE_PASSWORD_SUFFIX_LENGTH))
        return False, False
    if not is_correct and not changed and must_update:
        # An old hash was cheaper to compute: make up for the difference.
        hasher.harden_runtime(password or "", encoded)
    return is_correct, must_update


def check_password(
    password: str | None, encoded: str, setter: Callable[[str], Any] | None = None, preferred: Any = "default"
) -> bool:
    """Return whether the password is right; *setter* is called with it when its hash should be renewed."""
    is_correct, must_update = verify_password(password, encoded, preferred=preferred)
    if setter and is_correct and must_update:
        setter(password or "")
    return is_correct


async def acheck_password(
    password: str | None, encoded: str, setter: Callable[[str], Any] | None = None, preferred: Any = "default"
) -> bool:
    """Do the same from async code; the hashing runs in a thread."""
    from starlette.concurrency import run_in_threadpool

    is_correct, must_update = await run_in_threadpool(verify_password, password, encoded, preferred=preferred)
    if setter and is_correct and must_update:
        await setter(password or "")
    return is_correct


def make_password(password: str | bytes | None, salt: str | None = None, hasher: Any = "default") -> str:
    """
    Return the hash of a password; ``None`` gives one that matches no password.

    Raises:
        TypeError: The password is neither text nor bytes.
    """
    if password is None:
        return UNUSABLE_PASSWORD_PREFIX + get_random_string(UNUSABLE_PASSWORD_SUFFIX_LENGTH)
    if not isinstance(password, (bytes, str)):
        raise TypeError(f"Password must be a string or bytes, got {type(password).__qualname__}.")
    chosen = get_hasher(hasher)
    encoded: str = chosen.encode(password, salt or chosen.salt())
    return encoded


@functools.lru_cache
def get_hashers() -> list[Any]:
    """Return the hashers of ``PASSWORD_HASHERS``."""
    hashers = []
    for hasher_path in settings.PASSWORD_HASHERS:
        hasher = import_string(hasher_path)()
        if not getattr(hasher, "algorithm", None):
            raise ImproperlyConfigured(f"hasher doesn't specify an algorithm name: {hasher_path}")
        hashers.append(hasher)
    return hashers


@functools.lru_cache
def get_hashers_by_algorithm() -> dict[str, Any]:
    """Return the hashers by algorithm."""
    return {hasher.algorithm: hasher for hasher in get_hashers()}


@receiver(setting_changed)
def reset_hashers(*, setting: str, **kwargs: Any) -> None:
    """Load the hashers anew when the setting changes."""
    if setting == "PASSWORD_HASHERS":
        get_hashers.cache_clear()
        get_hashers_by_algorithm.cache_clear()


def get_hasher(algorithm: Any = "default") -> Any:
    """Return the hasher of an algorithm; a hasher is returned as it is."""
    if hasattr(algorithm, "algorithm"):
        return algorithm
    if algorithm == "default":
        return get_hashers()[0]
    hashers = get_hashers_by_algorithm()
    try:
        return hashers[algorithm]
    except KeyError:
        raise ValueError(
            f"Unknown password hashing algorithm '{algorithm}'. Did you specify it in the PASSWORD_HASHERS setting?"
        ) from None


def identify_hasher(encoded: str) -> Any:
    """
    Return the hasher that made a hash.

    Raises:
        ValueError: No hasher of ``PASSWORD_HASHERS`` did.
    """
    if (len(encoded) == 32 and "$" not in encoded) or (len(encoded) == 37 and encoded.startswith("md5$$")):
        algorithm = "unsalted_md5"
    elif len(encoded) == 46 and encoded.startswith("sha1$$"):
        algorithm = "unsalted_sha1"
    else:
        algorithm = encoded.split("$", 1)[0]
    return get_hasher(algorithm)


def mask_hash(hash: str, show: int = 6, char: str = "*") -> str:
    """Return a hash with all but its first characters masked."""
    return hash[:show] + char * len(hash[show:])


def must_update_salt(salt: str, expected_entropy: int) -> bool:
    """Return whether a salt has less than the expected bits of entropy."""
    return len(salt) * math.log2(len(RANDOM_STRING_CHARS)) < expected_entropy


class BasePasswordHasher:
    """A hasher: subclass it and name it in ``PASSWORD_HASHERS``."""

    algorithm: ClassVar[str | None] = None
    library: ClassVar[Any] = None
    salt_entropy = 128

    def _load_library(self) -> Any:
        if self.library is None:
            raise ValueError(f"Hasher {self.__class__.__name__!r} doesn't specify a library attribute")
        if isinstance(self.library, (tuple, list)):
            _name, mod_path = self.library
        else:
            mod_path = self.library
        try:
            return import_module(mod_path)
        except ImportError as exc:
            raise ValueError(f"Couldn't load {self.__class__.__name__!r} algorithm library: {exc}") from exc

    def salt(self) -> str:
        """Return a new salt with ``salt_entropy`` bits."""
        count = math.ceil(self.salt_entropy / math.log2(len(RANDOM_STRING_CHARS)))
        return get_random_string(count, allowed_chars=RANDOM_STRING_CHARS)

    def verify(self, password: str, encoded: str) -> bool:
        """Return whether the password is right."""
        raise NotImplementedError("subclasses of BasePasswordHasher must provide a verify() method")

    def _check_encode_args(self, password: str | bytes | None, salt: str) -> None:
        if password is None:
            raise TypeError("password must be provided.")
        if not salt or "$" in force_str(salt):
            raise ValueError("salt must be provided and cannot contain $.")

    def encode(self, password: str | bytes, salt: str) -> str:
        """Return the hash of a password."""
        raise NotImplementedError("subclasses of BasePasswordHasher must provide an encode() method")

    def decode(self, encoded: str) -> dict[str, Any]:
        """Return the parts of a hash."""
        raise NotImplementedError("subclasses of BasePasswordHasher must provide a decode() method.")

    def safe_summary(self, encoded: str) -> dict[str, Any]:
        """Return what may be shown of a hash."""
        raise NotImplementedError("subclasses of BasePasswordHasher must provide a safe_summary() method")

    def must_update(self, encoded: str) -> bool:
        """Return whether a hash is weaker than a new one would be."""
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Do the work that checking a new hash would cost more."""
        warnings.warn("subclasses of BasePasswordHasher should provide a harden_runtime() method", stacklevel=2)


class PBKDF2PasswordHasher(BasePasswordHasher):
    """PBKDF2 with SHA-256 (NIST SP 800-132)."""

    algorithm = "pbkdf2_sha256"
    iterations = 1_000_000
    digest: ClassVar[Any] = hashlib.sha256

    def encode(self, password: str | bytes, salt: str, iterations: int | None = None) -> str:
        self._check_encode_args(password, salt)
        iterations = iterations or self.iterations
        password = force_str(password)
        digest = pbkdf2(password, force_str(salt), iterations, digest=self.digest)
        text = base64.b64encode(digest).decode("ascii").strip()
        return f"{self.algorithm}${iterations}${force_str(salt)}${text}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, iterations, salt, hash_ = encoded.split("$", 3)
        assert algorithm == self.algorithm
        return {"algorithm": algorithm, "hash": hash_, "iterations": int(iterations), "salt": salt}

    def verify(self, password: str, encoded: str) -> bool:
        decoded = self.decode(encoded)
        again = self.encode(password, decoded["salt"], decoded["iterations"])
        return constant_time_compare(encoded, again)

    def safe_summary(self, encoded: str) -> dict[str, Any]:
        decoded = self.decode(encoded)
        return {
            _("algorithm"): decoded["algorithm"],
            _("iterations"): decoded["iterations"],
            _("salt"): mask_hash(decoded["salt"]),
            _("hash"): mask_hash(decoded["hash"]),
        }

    def must_update(self, encoded: str) -> bool:
        decoded = self.decode(encoded)
        return decoded["iterations"] != self.iterations or must_update_salt(decoded["salt"], self.salt_entropy)

    def harden_runtime(self, password: str, encoded: str) -> None:
        decoded = self.decode(encoded)
        missing = self.iterations - decoded["iterations"]
        if missing > 0:
            self.encode(password, decoded["salt"], missing)


class PBKDF2SHA1PasswordHasher(PBKDF2PasswordHasher):
    """PBKDF2 with SHA-1, for systems that have nothing else."""

    algorithm = "pbkdf2_sha1"
    digest = hashlib.sha1


class Argon2PasswordHasher(BasePasswordHasher):
    """Argon2id (RFC 9106)."""

    algorithm = "argon2"
    library = "argon2"
    time_cost = 2
    memory_cost = 102400
    parallelism = 8

    def encode(self, password: str | bytes, salt: str) -> str:
        argon2 = self._load_library()
        params = self.params()
        data = argon2.low_level.hash_secret(
            force_bytes(password),
            force_bytes(salt),
            time_cost=params.time_cost,
            memory_cost=params.memory_cost,
            parallelism=params.parallelism,
            hash_len=params.hash_len,
            type=params.type,
        )
        return f"{self.algorithm}{data.decode('ascii')}"

    def decode(self, encoded: str) -> dict[str, Any]:
        argon2 = self._load_library()
        algorithm, rest = encoded.split("$", 1)
        assert algorithm == self.algorithm
        params = argon2.extract_parameters("$" + rest)
        variety, *_unused, b64salt, hash_ = rest.split("$")
        b64salt += "=" * (-len(b64salt) % 4)
        return {
            "algorithm": algorithm,
            "hash": hash_,
            "memory_cost": params.memory_cost,
            "parallelism": params.parallelism,
            "salt": base64.b64decode(b64salt).decode("latin1"),
            "time_cost": params.time_cost,
            "variety": variety,
            "version": params.version,
            "params": params,
        }

    def verify(self, password: str, encoded: str) -> bool:
        argon2 = self._load_library()
        algorithm, rest = encoded.split("$", 1)
        assert algorithm == self.algorithm
        try:
            return bool(argon2.PasswordHasher().verify("$" + rest, password))
        except argon2.exceptions.VerificationError:
            return False

    def safe_summary(self, encoded: str) -> dict[str, Any]:
        decoded = self.decode(encoded)
        return {
            _("algorithm"): decoded["algorithm"],
            _("variety"): decoded["variety"],
            _("version"): decoded["version"],
            _("memory cost"): decoded["memory_cost"],
            _("time cost"): decoded["time_cost"],
            _("parallelism"): decoded["parallelism"],
            _("salt"): mask_hash(decoded["salt"]),
            _("hash"): mask_hash(decoded["hash"]),
        }

    def must_update(self, encoded: str) -> bool:
        decoded = self.decode(encoded)
        current = decoded["params"]
        wanted = self.params()
        # The length of the salt is told by the salt.
        wanted.salt_len = current.salt_len
        return current != wanted or must_update_salt(decoded["salt"], self.salt_entropy)

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Argon2's cost has no difference that could be added."""

    def params(self) -> Any:
        """Return the parameters of new hashes."""
        argon2 = self._load_library()
        return argon2.Parameters(
            type=argon2.low_level.Type.ID,
            version=argon2.low_level.ARGON2_VERSION,
            salt_len=argon2.DEFAULT_RANDOM_SALT_LENGTH,
            hash_len=argon2.DEFAULT_HASH_LENGTH,
            time_cost=self.time_cost,
            memory_cost=self.memory_cost,
            parallelism=self.parallelism,
        )


class BCryptSHA256PasswordHasher(BasePasswordHasher):
    """bcrypt of the SHA-256 of the password: bcrypt alone looks at 72 bytes only."""

    algorithm = "bcrypt_sha256"
    digest: ClassVar[Any] = hashlib.sha256
    library = ("bcrypt", "bcrypt")
    rounds = 12

    def salt(self) -> Any:
        return self._load_library().gensalt(self.rounds)

    def encode(self, password: str | bytes, salt: Any) -> str:
        bcrypt = self._load_library()
        secret = force_bytes(password)
        salt = force_bytes(salt)
        if self.digest is not None:
            # In hex: a NUL byte in the digest would end the password for bcrypt.
            secret = binascii.hexlify(self.digest(secret).digest())
        data = bcrypt.hashpw(secret, salt)
        return f"{self.algorithm}${data.decode('ascii')}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, _empty, algostr, work_factor, data = encoded.split("$", 4)
        assert algorithm == self.algorithm
        return {
            "algorithm": algorithm,
            "algostr": algostr,
            "checksum": data[22:],
            "salt": data[:22],
            "work_factor": int(work_factor),
        }

    def verify(self, password: str, encoded: str) -> bool:
        algorithm, data = encoded.split("$", 1)
        assert algorithm == self.algorithm
        return constant_time_compare(encoded, self.encode(password, data.encode("ascii")))

    def safe_summary(self, encoded: str) -> dict[str, Any]:
        decoded = self.decode(encoded)
        return {
            _("algorithm"): decoded["algorithm"],
            _("work factor"): decoded["work_factor"],
            _("salt"): mask_hash(decoded["salt"]),
            _("checksum"): mask_hash(decoded["checksum"]),
        }

    def must_update(self, encoded: str) -> bool:
        return bool(self.decode(encoded)["work_factor"] != self.rounds)

    def harden_runtime(self, password: str, encoded: str) -> None:
        _unused, data = encoded.split("$", 1)
        salt = data[:29]
        rounds = data.split("$")[2]
        # Each round more doubles the work.
        for _step in range(2 ** (self.rounds - int(rounds)) - 1):
            self.encode(password, salt.encode("ascii"))


class BCryptPasswordHasher(BCryptSHA256PasswordHasher):
    """bcrypt itself, which looks at 72 bytes of a password; to read old hashes."""

    algorithm = "bcrypt"
    digest = None


class ScryptPasswordHasher(BasePasswordHasher):
    """scrypt (RFC 7914)."""

    algorithm = "scrypt"
    block_size = 8
    maxmem = 0
    parallelism = 5
    work_factor = 2**14

    def encode(
        self, password: str | bytes, salt: str, n: int | None = None, r: int | None = None, p: int | None = None
    ) -> str:
        self._check_encode_args(password, salt)
        n, r, p = n or self.work_factor, r or self.block_size, p or self.parallelism
        salt = force_str(salt)
        digest = hashlib.scrypt(force_bytes(password), salt=salt.encode(), n=n, r=r, p=p, maxmem=self.maxmem, dklen=64)
        text = base64.b64encode(digest).decode("ascii").strip()
        return f"{self.algorithm}${n}${salt}${r}${p}${text}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, work_factor, salt, block_size, parallelism, hash_ = encoded.split("$", 6)
        assert algorithm == self.algorithm
        return {
            "algorithm": algorithm,
            "work_factor": int(work_factor),
            "salt": salt,
            "block_size": int(block_size),
            "parallelism": int(parallelism),
            "hash": hash_,
        }

    def verify(self, password: str, encoded: str) -> bool:
        decoded = self.decode(encoded)
        again = self.encode(
            password, decoded["salt"], decoded["work_factor"], decoded["block_size"], decoded["parallelism"]
        )
        return constant_time_compare(encoded, again)

    def safe_summary(self, encoded: str) -> dict[str, Any]:
        decoded = self.decode(encoded)
        return {
            _("algorithm"): decoded["algorithm"],
            _("work factor"): decoded["work_factor"],
            _("block size"): decoded["block_size"],
            _("parallelism"): decoded["parallelism"],
            _("salt"): mask_hash(decoded["salt"]),
            _("hash"): mask_hash(decoded["hash"]),
        }

    def must_update(self, encoded: str) -> bool:
        decoded = self.decode(encoded)
        return bool(
            decoded["work_factor"] != self.work_factor
            or decoded["block_size"] != self.block_size
            or decoded["parallelism"] != self.parallelism
        )

    def harden_runtime(self, password: str, encoded: str) -> None:
        """The work factor has no difference that could be added."""


class MD5PasswordHasher(BasePasswordHasher):
    """Salted MD5: broken, fast; for tests and to read very old hashes."""

    algorithm = "md5"

    def encode(self, password: str | bytes, salt: str) -> str:
        self._check_encode_args(password, salt)
        salt = force_str(salt)
        digest = hashlib.md5((salt + force_str(password)).encode(), usedforsecurity=False).hexdigest()
        return f"{self.algorithm}${salt}${digest}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, salt, hash_ = encoded.split("$", 2)
        assert algorithm == self.algorithm
        return {"algorithm": algorithm, "hash": hash_, "salt": salt}

    def verify(self, password: str, encoded: str) -> bool:
        return constant_time_compare(encoded, self.encode(password, self.decode(encoded)["salt"]))

    def safe_summary(self, encoded: str) -> dict[str, Any]:
        decoded = self.decode(encoded)
        return {
            _("algorithm"): decoded["algorithm"],
            _("salt"): mask_hash(decoded["salt"], show=2),
            _("hash"): mask_hash(decoded["hash"]),
        }

    def must_update(self, encoded: str) -> bool:
        return must_update_salt(self.decode(encoded)["salt"], self.salt_entropy)

    def harden_runtime(self, password: str, encoded: str) -> None:
        """There is no work to add."""
