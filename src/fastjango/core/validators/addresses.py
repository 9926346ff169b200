"""Domain names, addresses of pages, mail addresses."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from fastjango.core.exceptions import ValidationError
from fastjango.core.validators.ip import accepts, validate_ipv46_address
from fastjango.core.validators.regex import RegexValidator
from fastjango.utils.deconstruct import deconstructible
from fastjango.utils.http import MAX_URL_LENGTH
from fastjango.utils.ipv6 import is_valid_ipv6_address
from fastjango.utils.regex_helper import _lazy_re_compile
from fastjango.utils.translation import gettext_lazy as _

_TLD_HYPHEN = r"(?!-)(?:[a-z{ul}-]{{2,63}}|xn--[a-z0-9]{{1,59}})(?<!-)"


@deconstructible(path="fastjango.core.validators.DomainNameValidator")
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


@deconstructible(path="fastjango.core.validators.URLValidator")
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


@deconstructible(path="fastjango.core.validators.EmailValidator")
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
        return bool(literal) and accepts(validate_ipv46_address, literal[1])

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, EmailValidator)
            and set(self.domain_allowlist) == set(other.domain_allowlist)
            and self.message == other.message
            and self.code == other.code
        )

    __hash__ = None  # type: ignore[assignment]


validate_email = EmailValidator()
