"""
Validators: callables that raise ``ValidationError`` for a value that is not acceptable.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastjango.core.exceptions import ValidationError
from fastjango.utils.deconstruct import deconstructible
from fastjango.utils.http import MAX_URL_LENGTH
from fastjango.utils.ipv6 import is_valid_ipv6_address
from fastjango.utils.regex_helper import _lazy_re_compile
from fastjango.utils.translation import gettext_lazy as _
from fastjango.utils.translation import ngettext_lazy

# None, the empty text and the empty containers: what a required field refuses.
EMPTY_VALUES: tuple[Any, ...] = (None, "", [], (), {})


@deconstructible
class RegexValidator:
    """
    Accepts values whose text a pattern finds.

    Args:
        regex: A pattern or its text.
        inverse_match: Refuse what the pattern finds instead.
        flags: For a pattern given as text.
    """

    regex: Any = ""
    message: Any = _("Enter a valid value.")
    code: str = "invalid"
    inverse_match = False
    flags: Any = 0

    def __init__(
        self,
        regex: Any = None,
        message: Any = None,
        code: str | None = None,
        inverse_match: bool | None = None,
        flags: Any = None,
    ) -> None:
        given = {"regex": regex, "message": message, "code": code, "inverse_match": inverse_match, "flags": flags}
        for name, value in given.items():
            if value is not None:
                setattr(self, name, value)
        if self.flags and not isinstance(self.regex, str):
            raise TypeError("If the flags are set, regex must be a regular expression string.")
        self.regex = _lazy_re_compile(self.regex, self.flags)

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` unless *value* is accepted."""
        if bool(self.regex.search(str(value))) is bool(self.inverse_match):
            raise ValidationError(self.message, code=self.code, params={"value": value})

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, RegexValidator)
            and (self.regex.pattern, self.regex.flags) == (other.regex.pattern, other.regex.flags)
            and self.message == other.message
            and self.code == other.code
            and self.inverse_match == other.inverse_match
        )

    __hash__ = None  # type: ignore[assignment]


_TLD_HYPHEN = r"(?!-)(?:[a-z{ul}-]{{2,63}}|xn--[a-z0-9]{{1,59}})(?<!-)"


@deconstructible
class DomainNameValidator(RegexValidator):
    """
    Accepts domain names (RFC 1034), also international ones.

    Args:
        accept_idna: Accept letters outside ASCII.
    """

    message = _("Enter a valid domain name.")
    ul = "\u00a1-\uffff"  # letters outside ASCII; no surrogates
    hostname_re = rf"[a-z{ul}0-9](?:[a-z{ul}0-9-]{{0,61}}[a-z{ul}0-9])?"
    domain_re = rf"(?:\.(?!-)[a-z{ul}0-9-]{{1,63}}(?<!-))*"
    tld_no_fqdn_re = rf"\.{_TLD_HYPHEN.format(ul=ul)}"
    tld_re = tld_no_fqdn_re + r"\.?"
    ascii_only_hostname_re = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    ascii_only_domain_re = r"(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*"
    ascii_only_tld_re = r"\.(?!-)(?:[a-z0-9-]{2,63})(?<!-)(?:\.)?"
    max_length = 255

    def __init__(self, **kwargs: Any) -> None:
        self.accept_idna = kwargs.pop("accept_idna", True)
        if self.accept_idna:
            parts = (self.hostname_re, self.domain_re, self.tld_re)
        else:
            parts = (self.ascii_only_hostname_re, self.ascii_only_domain_re, self.ascii_only_tld_re)
        kwargs["regex"] = _lazy_re_compile(rf"^{''.join(parts)}\Z", re.IGNORECASE)
        super().__init__(**kwargs)

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` unless *value* is a domain name."""
        refused = not isinstance(value, str) or len(value) > self.max_length
        if refused or (not self.accept_idna and not value.isascii()):
            raise ValidationError(self.message, code=self.code, params={"value": value})
        super().__call__(value)


validate_domain_name = DomainNameValidator()


@deconstructible
class URLValidator(RegexValidator):
    """
    Accepts addresses (RFC 3986) of certain schemes.

    Args:
        schemes: http, https, ftp and ftps by default.
    """

    ipv4_re = (
        r"(?:0|25[0-5]|2[0-4][0-9]|1[0-9]?[0-9]?|[1-9][0-9]?)"
        r"(?:\.(?:0|25[0-5]|2[0-4][0-9]|1[0-9]?[0-9]?|[1-9][0-9]?)){3}"
    )
    ipv6_re = r"\[[0-9a-f:.]+\]"  # looked at more closely below
    hostname_re = DomainNameValidator.hostname_re
    domain_re = DomainNameValidator.domain_re
    tld_re = DomainNameValidator.tld_re
    host_re = f"({hostname_re}{domain_re}{tld_re}|localhost)"

    regex = _lazy_re_compile(
        r"^(?:[a-z0-9.+-]*)://"  # the scheme is checked on its own
        r"(?:[^\s:@/]+(?::[^\s:@/]*)?@)?"  # user:password
        rf"(?:{ipv4_re}|{ipv6_re}|{host_re})"
        r"(?::[0-9]{1,5})?"
        r"(?:[/?#][^\s]*)?"
        r"\Z",
        re.IGNORECASE,
    )
    message = _("Enter a valid URL.")
    schemes: Any = ["http", "https", "ftp", "ftps"]
    unsafe_chars = frozenset("\t\r\n")
    max_length = MAX_URL_LENGTH

    def __init__(self, schemes: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if schemes is not None:
            self.schemes = schemes

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` unless *value* is an address."""
        if not self._is_valid(value):
            raise ValidationError(self.message, code=self.code, params={"value": value})

    def _is_valid(self, value: Any) -> bool:
        if not isinstance(value, str) or len(value) > self.max_length or self.unsafe_chars.intersection(value):
            return False
        if value.split("://")[0].lower() not in self.schemes:
            return False
        try:
            parts = urlsplit(value)
        except ValueError:
            return False
        if not self.regex.search(value):
            return False
        bracketed = re.search(r"^\[(.+)\](?::[0-9]{1,5})?$", parts.netloc)
        if bracketed and not is_valid_ipv6_address(bracketed[1]):
            return False
        # 253 characters: what a name in the DNS may have (RFC 1034 section 3.1).
        return parts.hostname is not None and len(parts.hostname) <= 253


integer_validator = RegexValidator(_lazy_re_compile(r"^-?\d+\Z"), message=_("Enter a valid integer."), code="invalid")


def validate_integer(value: Any) -> None:
    """Accept texts that are whole numbers."""
    integer_validator(value)


@deconstructible
class EmailValidator:
    """
    Accepts mail addresses (RFC 5322, without its rarer forms).

    Args:
        allowlist: Domains that are accepted as they are.
    """

    message: Any = _("Enter a valid email address.")
    code = "invalid"
    hostname_re = DomainNameValidator.hostname_re
    domain_re = DomainNameValidator.domain_re
    tld_no_fqdn_re = DomainNameValidator.tld_no_fqdn_re
    user_regex = _lazy_re_compile(
        r"(^[-!#$%&'*+/=?^_`{}|~0-9A-Z]+(\.[-!#$%&'*+/=?^_`{}|~0-9A-Z]+)*\Z"  # words and dots
        r'|^"([\001-\010\013\014\016-\037!#-\[\]-\177]|\\[\001-\011\013\014\016-\177])*"\Z)',  # in quotes
        re.IGNORECASE,
    )
    domain_regex = _lazy_re_compile(rf"^{hostname_re}{domain_re}{tld_no_fqdn_re}\Z", re.IGNORECASE)
    literal_regex = _lazy_re_compile(r"\[([A-F0-9:.]+)\]\Z", re.IGNORECASE)  # an IP address (RFC 5321)
    domain_allowlist: Any = ["localhost"]

    def __init__(self, message: Any = None, code: str | None = None, allowlist: Any = None) -> None:
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code
        if allowlist is not None:
            self.domain_allowlist = allowlist

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` unless *value* is a mail address."""
        # 320 characters: 64 before the sign and 255 behind it (RFC 3696 section 3).
        if not value or "@" not in value or len(value) > 320:
            raise self._error(value)
        user_part, domain_part = value.rsplit("@", 1)
        if not self.user_regex.match(user_part):
            raise self._error(value)
        if domain_part not in self.domain_allowlist and not self.validate_domain_part(domain_part):
            raise self._error(value)

    def _error(self, value: Any) -> ValidationError:
        return ValidationError(self.message, code=self.code, params={"value": value})

    def validate_domain_part(self, domain_part: str) -> bool:
        """Return whether the part behind the sign is a domain or an address in brackets."""
        if self.domain_regex.match(domain_part):
            return True
        literal = self.literal_regex.match(domain_part)
        return bool(literal) and _accepts(validate_ipv46_address, literal[1])

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, EmailValidator)
            and set(self.domain_allowlist) == set(other.domain_allowlist)
            and self.message == other.message
            and self.code == other.code
        )

    __hash__ = None  # type: ignore[assignment]


def _accepts(validator: Callable[[Any], None], value: Any) -> bool:
    try:
        validator(value)
    except ValidationError:
        return False
    return True


validate_email = EmailValidator()

slug_re = _lazy_re_compile(r"^[-a-zA-Z0-9_]+\Z")
validate_slug = RegexValidator(
    slug_re,
    # Translators: "letters" means latin letters: a-z and A-Z.
    _("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    "invalid",
)

slug_unicode_re = _lazy_re_compile(r"^[-\w]+\Z")
validate_unicode_slug = RegexValidator(
    slug_unicode_re,
    _("Enter a valid “slug” consisting of Unicode letters, numbers, underscores, or hyphens."),
    "invalid",
)


def validate_ipv4_address(value: Any) -> None:
    """Accept IPv4 addresses, without leading zeros."""
    try:
        ipaddress.IPv4Address(value)
    except ValueError:
        raise ValidationError(
            _("Enter a valid %(protocol)s address."), code="invalid", params={"protocol": _("IPv4"), "value": value}
        )


def validate_ipv6_address(value: Any) -> None:
    """Accept IPv6 addresses."""
    if not is_valid_ipv6_address(value):
        raise ValidationError(
            _("Enter a valid %(protocol)s address."), code="invalid", params={"protocol": _("IPv6"), "value": value}
        )


def validate_ipv46_address(value: Any) -> None:
    """Accept IPv4 and IPv6 addresses."""
    if _accepts(validate_ipv4_address, value) or _accepts(validate_ipv6_address, value):
        return
    raise ValidationError(
        _("Enter a valid %(protocol)s address."),
        code="invalid",
        params={"protocol": _("IPv4 or IPv6"), "value": value},
    )


ip_address_validator_map: dict[str, list[Callable[[Any], None]]] = {
    "both": [validate_ipv46_address],
    "ipv4": [validate_ipv4_address],
    "ipv6": [validate_ipv6_address],
}


def ip_address_validators(protocol: str, unpack_ipv4: bool) -> list[Callable[[Any], None]]:
    """
    Return the validators for a kind of IP address.

    Raises:
        ValueError: The kind is unknown, or *unpack_ipv4* is asked for with one kind only.
    """
    if protocol != "both" and unpack_ipv4:
        raise ValueError("You can only use `unpack_ipv4` if `protocol` is set to 'both'")
    try:
        return ip_address_validator_map[protocol.lower()]
    except KeyError:
        raise ValueError(f"The protocol '{protocol}' is unknown. Supported: {list(ip_address_validator_map)}") from None


def int_list_validator(
    sep: str = ",", message: Any = None, code: str = "invalid", allow_negative: bool = False
) -> RegexValidator:
    """Return a validator for whole numbers separated by *sep*."""
    number = r"-?\d+" if allow_negative else r"\d+"
    regexp = _lazy_re_compile(rf"^{number}(?:{re.escape(sep)}{number})*\Z")
    return RegexValidator(regexp, message=message, code=code)


validate_comma_separated_integer_list = int_list_validator(message=_("Enter only digits separated by commas."))


@deconstructible
class BaseValidator:
    """
    Compares a value, or something made from it, with a limit.

    Args:
        limit_value: The limit, or a function that gives it.
    """

    message: Any = _("Ensure this value is %(limit_value)s (it is %(show_value)s).")
    code = "limit_value"

    def __init__(self, limit_value: Any, message: Any = None) -> None:
        self.limit_value = limit_value
        if message:
            self.message = message

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` when *value* is beyond the limit."""
        cleaned = self.clean(value)
        limit = self._limit()
        if self.compare(cleaned, limit):
            params = {"limit_value": limit, "show_value": cleaned, "value": value}
            raise ValidationError(self.message, code=self.code, params=params)

    def _limit(self) -> Any:
        return self.limit_value() if callable(self.limit_value) else self.limit_value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, self.__class__):
            return NotImplemented
        return self.limit_value == other.limit_value and self.message == other.message and self.code == other.code

    __hash__ = None  # type: ignore[assignment]

    def compare(self, a: Any, b: Any) -> bool:
        """Return whether the value *a* is not acceptable for the limit *b*."""
        return a is not b

    def clean(self, x: Any) -> Any:
        """Return what is compared."""
        return x


@deconstructible
class MaxValueValidator(BaseValidator):
    """Accepts values up to a limit."""

    message = _("Ensure this value is less than or equal to %(limit_value)s.")
    code = "max_value"

    def compare(self, a: Any, b: Any) -> bool:
        """Return whether *a* is too large."""
        return bool(a > b)


@deconstructible
class MinValueValidator(BaseValidator):
    """Accepts values from a limit on."""

    message = _("Ensure this value is greater than or equal to %(limit_value)s.")
    code = "min_value"

    def compare(self, a: Any, b: Any) -> bool:
        """Return whether *a* is too small."""
        return bool(a < b)


@deconstructible
class StepValueValidator(BaseValidator):
    """
    Accepts multiples of a step.

    Args:
        offset: Where the multiples begin.
    """

    message = _("Ensure this value is a multiple of step size %(limit_value)s.")
    code = "step_size"

    def __init__(self, limit_value: Any, message: Any = None, offset: Any = None) -> None:
        super().__init__(limit_value, message)
        if offset is not None:
            self.message = _(
                "Ensure this value is a multiple of step size %(limit_value)s, starting from %(offset)s, e.g. "
                "%(offset)s, %(valid_value1)s, %(valid_value2)s, and so on."
            )
        self.offset = offset

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` unless *value* is a multiple."""
        if self.offset is None:
            super().__call__(value)
            return
        cleaned, limit = self.clean(value), self._limit()
        if self.compare(cleaned, limit):
            params = {
                "limit_value": limit,
                "offset": self.offset,
                "valid_value1": self.offset + limit,
                "valid_value2": self.offset + 2 * limit,
            }
            raise ValidationError(self.message, code=self.code, params=params)

    def compare(self, a: Any, b: Any) -> bool:
        """Return whether *a* lies between two steps."""
        return not math.isclose(math.remainder(a - (self.offset or 0), b), 0, abs_tol=1e-9)


@deconstructible
class MinLengthValidator(BaseValidator):
    """Accepts values of at least a length."""

    message = ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    )
    code = "min_length"

    def compare(self, a: Any, b: Any) -> bool:
        """Return whether the length *a* is too small."""
        return bool(a < b)

    def clean(self, x: Any) -> Any:
        """Return the length."""
        return len(x)


@deconstructible
class MaxLengthValidator(BaseValidator):
    """Accepts values of at most a length."""

    message = ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    )
    code = "max_length"

    def compare(self, a: Any, b: Any) -> bool:
        """Return whether the length *a* is too large."""
        return bool(a > b)

    def clean(self, x: Any) -> Any:
        """Return the length."""
        return len(x)


@deconstructible
class DecimalValidator:
    """
    Accepts decimals of so many digits.

    Args:
        max_digits: Digits altogether; None for any number.
        decimal_places: Of them behind the point; None for any number.
    """

    messages = {  # noqa: RUF012 - Django's name
        "invalid": _("Enter a number."),
        "max_digits": ngettext_lazy(
            "Ensure that there are no more than %(max)s digit in total.",
            "Ensure that there are no more than %(max)s digits in total.",
            "max",
        ),
        "max_decimal_places": ngettext_lazy(
            "Ensure that there are no more than %(max)s decimal place.",
            "Ensure that there are no more than %(max)s decimal places.",
            "max",
        ),
        "max_whole_digits": ngettext_lazy(
            "Ensure that there are no more than %(max)s digit before the decimal point.",
            "Ensure that there are no more than %(max)s digits before the decimal point.",
            "max",
        ),
    }

    def __init__(self, max_digits: int | None, decimal_places: int | None) -> None:
        self.max_digits = max_digits
        self.decimal_places = decimal_places

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` when *value* has too many digits, or is no number."""
        _sign, digit_tuple, exponent = value.as_tuple()
        if exponent in {"F", "n", "N"}:
            raise ValidationError(self.messages["invalid"], code="invalid", params={"value": value})
        if exponent >= 0:
            # Trailing zeros count as digits, a plain zero does not.
            digits = len(digit_tuple) + (exponent if digit_tuple != (0,) else 0)
            decimals = 0
        else:
            decimals = abs(exponent)
            digits = max(len(digit_tuple), decimals)
        self._refuse_more(digits, self.max_digits, "max_digits", value)
        self._refuse_more(decimals, self.decimal_places, "max_decimal_places", value)
        if self.max_digits is not None and self.decimal_places is not None:
            self._refuse_more(digits - decimals, self.max_digits - self.decimal_places, "max_whole_digits", value)

    def _refuse_more(self, count: int, limit: int | None, code: str, value: Any) -> None:
        if limit is not None and count > limit:
            raise ValidationError(self.messages[code], code=code, params={"max": limit, "value": value})

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, self.__class__)
            and self.max_digits == other.max_digits
            and self.decimal_places == other.decimal_places
        )

    __hash__ = None  # type: ignore[assignment]


@deconstructible
class FileExtensionValidator:
    """
    Accepts files whose names end in certain ways.

    Args:
        allowed_extensions: Without the dot; None accepts all.
    """

    message: Any = _("File extension “%(extension)s” is not allowed. Allowed extensions are: %(allowed_extensions)s.")
    code = "invalid_extension"

    def __init__(self, allowed_extensions: Any = None, message: Any = None, code: str | None = None) -> None:
        if allowed_extensions is not None:
            allowed_extensions = [extension.lower() for extension in allowed_extensions]
        self.allowed_extensions = allowed_extensions
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` when the file's name ends in another way."""
        extension = Path(value.name).suffix[1:].lower()
        if self.allowed_extensions is None or extension in self.allowed_extensions:
            return
        params = {
            "extension": extension,
            "allowed_extensions": ", ".join(self.allowed_extensions),
            "value": value,
        }
        raise ValidationError(self.message, code=self.code, params=params)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, self.__class__)
            and set(self.allowed_extensions or []) == set(other.allowed_extensions or [])
            and self.message == other.message
            and self.code == other.code
        )

    __hash__ = None  # type: ignore[assignment]


def get_available_image_extensions() -> list[str]:
    """Return the endings of the image files that Pillow can read, none without Pillow."""
    try:
        from PIL import Image
    except ImportError:
        return []
    Image.init()
    return [extension.lower()[1:] for extension in Image.EXTENSION]


def validate_image_file_extension(value: Any) -> None:
    """Accept files whose names end like an image's."""
    FileExtensionValidator(allowed_extensions=get_available_image_extensions())(value)


@deconstructible
class ProhibitNullCharactersValidator:
    """Accepts texts without null characters."""

    message: Any = _("Null characters are not allowed.")
    code = "null_characters_not_allowed"

    def __init__(self, message: Any = None, code: str | None = None) -> None:
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` when *value* has a null character."""
        if "\x00" in str(value):
            raise ValidationError(self.message, code=self.code, params={"value": value})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self.__class__) and self.message == other.message and self.code == other.code

    __hash__ = None  # type: ignore[assignment]
