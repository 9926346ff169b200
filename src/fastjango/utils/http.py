"""
Facts of HTTP that need no request: dates, etags, header parameters, safe redirect targets, query strings.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from urllib.parse import urlencode as _urlencode

from fastjango.utils.datastructures import MultiValueDict

ETAG_MATCH = re.compile(r'((?:W/)?"[^"]*")')
MAX_URL_LENGTH = 2048
MAX_URL_REDIRECT_LENGTH = 16384
MAX_HEADER_LENGTH = 10_000

MONTHS: list[str] = [*"jan feb mar apr may jun jul aug sep oct nov dec".split()]
_CLOCK = r"(?P<hour>\d{2}):(?P<min>\d{2}):(?P<sec>\d{2})"
# RFC 9110 section 5.6.7: the preferred form and the two obsolete ones.
_DATES = [
    re.compile(rf"^\w{{3}}, (?P<day>\d{{2}}) (?P<mon>\w{{3}}) (?P<year>\d{{4}}) {_CLOCK} GMT$", re.ASCII),
    re.compile(rf"^\w{{6,9}}, (?P<day>\d{{2}})-(?P<mon>\w{{3}})-(?P<year>\d{{2}}) {_CLOCK} GMT$", re.ASCII),
    re.compile(rf"^\w{{3}} (?P<mon>\w{{3}}) (?P<day>[ \d]\d) {_CLOCK} (?P<year>\d{{4}})$", re.ASCII),
]

RFC3986_GENDELIMS = ":/?#[]@"
RFC3986_SUBDELIMS = "!$&'()*+,;="


def urlencode(query: Any, doseq: bool = False) -> str:
    """
    Return *query* as a query string; a ``MultiValueDict`` gives all its values.

    Args:
        doseq: Take sequences apart, one pair per element.
    Raises:
        TypeError: A value is None.
    """
    if isinstance(query, MultiValueDict):
        query = query.lists()
    elif hasattr(query, "items"):
        query = query.items()
    pairs = []
    for key, value in query:
        parts: Any = value
        if value is None:
            raise TypeError(_none_message(key))
        if doseq and not isinstance(value, str | bytes):
            try:
                elements = iter(value)
            except TypeError:
                pass
            else:
                parts = [_query_part(key, element) for element in elements]
        pairs.append((key, parts))
    return _urlencode(pairs, doseq)


def _none_message(key: Any) -> str:
    return (
        f"Cannot encode None for key '{key}' in a query string. Did you mean to pass an empty string or omit the value?"
    )


def _query_part(key: Any, element: Any) -> Any:
    if element is None:
        raise TypeError(_none_message(key))
    return element if isinstance(element, bytes) else str(element)


def http_date(epoch_seconds: float | None = None) -> str:
    """Return a time (now by default) as HTTP writes it: ``Wdy, DD Mon YYYY HH:MM:SS GMT``."""
    return formatdate(epoch_seconds, usegmt=True)


def parse_http_date(date: str) -> int:
    """
    Return the time that an HTTP header gives, in seconds since the epoch.

    Raises:
        ValueError: The text is in none of the three forms, or names no real moment.
    """
    match = next(filter(None, (form.match(date) for form in _DATES)), None)
    if match is None:
        raise ValueError(f"{date!r} is not in a valid HTTP date format")
    try:
        month = MONTHS.index(match["mon"].lower()) + 1
        clock = int(match["hour"]), int(match["min"]), int(match["sec"])
        moment = datetime(_full_year(match["year"]), month, int(match["day"]), *clock, tzinfo=UTC)
        return int(moment.timestamp())
    except Exception as error:
        raise ValueError(f"{date!r} is not a valid date") from error


def _full_year(text: str) -> int:
    """Return a year below 100 as the one that is at most fifty years ahead."""
    year = int(text)
    if year >= 100:
        return year
    now = datetime.now(tz=UTC).year
    century = now - now % 100
    return century - 100 + year if year - now % 100 > 50 else century + year


def parse_http_date_safe(date: str) -> int | None:
    """Return what ``parse_http_date`` gives, None for what it refuses."""
    try:
        return parse_http_date(date)
    except Exception:  # noqa: BLE001 - None or a number in place of a text count as well
        return None


def base36_to_int(s: str) -> int:
    """Return the number that a base 36 text stands for; at most 13 characters (64 bits)."""
    if len(s) > 13:
        raise ValueError("Base36 input too large")
    return int(s, 36)


def int_to_base36(i: int) -> str:
    """Return a number in base 36; negative ones are refused."""
    if i < 0:
        raise ValueError("Negative base36 conversion input.")
    digits = ""
    while True:
        i, rest = divmod(i, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
        if not i:
            return digits


def urlsafe_base64_encode(s: bytes) -> str:
    """Return bytes in the base 64 of addresses, without padding."""
    return base64.urlsafe_b64encode(s).rstrip(b"=").decode("ascii")


def urlsafe_base64_decode(s: str) -> bytes:
    """Return the bytes of such a text; ``ValueError`` when it is none."""
    raw = s.encode()
    try:
        return base64.urlsafe_b64decode(raw.ljust(len(raw) + len(raw) % 4, b"="))
    except (LookupError, binascii.Error) as error:
        raise ValueError(error) from error


def parse_etags(etag_str: str) -> list[str]:
    """Return the etags of an ``If-Match`` or ``If-None-Match`` header, quotes included."""
    if etag_str.strip() == "*":
        return ["*"]
    matches = (ETAG_MATCH.fullmatch(part.strip()) for part in etag_str.split(","))
    return [match[1] for match in matches if match]


def quote_etag(etag_str: str) -> str:
    """Return an etag in quotes, unless it has them."""
    return etag_str if ETAG_MATCH.fullmatch(etag_str) else f'"{etag_str}"'


def is_same_domain(host: str, pattern: str) -> bool:
    """Return whether *host* is *pattern*, or below it when the pattern starts with a dot."""
    if not pattern:
        return False
    pattern = pattern.lower()
    if pattern.startswith("."):
        return host.endswith(pattern) or host == pattern[1:]
    return host == pattern


def url_has_allowed_host_and_scheme(url: Any, allowed_hosts: Any, require_https: bool = False) -> bool:
    """
    Return whether an address is safe to redirect to: of an allowed host, by HTTP or HTTPS.

    Args:
        allowed_hosts: A host, or several; None for none but relative addresses.
        require_https: Refuse plain HTTP too.
    """
    url = url.strip() if url else url
    if not url:
        return False
    hosts: Iterable[str] = {allowed_hosts} if isinstance(allowed_hosts, str) else allowed_hosts or ()
    # Browsers read backslashes as slashes, so both readings must be safe.
    return all(_is_safe_target(reading, hosts, require_https) for reading in (url, url.replace("\\", "/")))


def _is_safe_target(url: str, allowed_hosts: Iterable[str], require_https: bool) -> bool:
    # Three slashes: an empty host for urlsplit, a host for browsers.
    if len(url) > MAX_URL_LENGTH or url.startswith("///"):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme and not parts.netloc:
        return False
    # Browsers drop leading control characters.
    if unicodedata.category(url[0])[0] == "C":
        return False
    scheme = parts.scheme or ("http" if parts.netloc else "")
    schemes = ("https",) if require_https else ("http", "https")
    return (not parts.netloc or parts.netloc in allowed_hosts) and (not scheme or scheme in schemes)


def escape_leading_slashes(url: str) -> str:
    """Return a path that cannot be read as another host: ``//`` at the start is escaped."""
    return f"/%2F{url.removeprefix('//')}" if url.startswith("//") else url


def _header_parts(text: str) -> Iterator[str]:
    """Yield the parts between the semicolons that stand outside of quotes."""
    start, quoted, escaped = 0, False, False
    for position, char in enumerate(text):
        if escaped:
            escaped = False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            yield text[start:position]
            start = position + 1
    yield text[start:]


def parse_header_parameters(line: str | None, max_length: int | None = MAX_HEADER_LENGTH) -> tuple[str, dict[str, str]]:
    """
    Return the main value of a header (lower case) and its parameters, RFC 2231 texts decoded.

    Raises:
        ValueError: The header is longer than *max_length*, or in an unknown encoding.
    """
    if not line:
        return "", {}
    if max_length is not None and len(line) > max_length:
        raise ValueError("Unable to parse header parameters (value too long).")
    main, *parts = _header_parts(line)
    found: dict[str, str] = {}
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals:
            continue
        name, value = name.strip().lower(), value.strip()
        extended = name.endswith("*")
        name = name.removesuffix("*")
        encoding = "utf-8"
        if len(value) >= 2 and value[0] == value[-1] == '"':
            # Only these two: browsers send the backslashes of a path as they are.
            value = re.sub(r'\\(["\\])', r"\1", value[1:-1])
        if extended and value.count("'") == 2:
            encoding, _, value = value.split("'")
        try:
            found[name] = unquote(value, encoding=encoding) if extended else value
        except LookupError:
            raise ValueError(f"Invalid encoding: {encoding!r}") from None
    return main.strip().lower(), found


_QUOTABLE = re.compile(r"[\t \x21-\x7e]*")


def content_disposition_header(as_attachment: bool, filename: str | None) -> str | None:
    """Return the value of a Content-Disposition header (RFC 6266), None when there is nothing to say."""
    if not filename:
        return "attachment" if as_attachment else None
    kind = "attachment" if as_attachment else "inline"
    if _QUOTABLE.fullmatch(filename):
        escaped = filename.replace("\\", "\\\\").replace('"', r"\"")
        return f'{kind}; filename="{escaped}"'
    return f"{kind}; filename*=utf-8''{quote(filename)}"
