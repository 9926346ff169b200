"""Links in plain text: web and mail addresses become ``<a>`` elements. Linear in the length of the text."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from fastjango.utils.functional import keep_lazy_text
from fastjango.utils.safestring import SafeData, SafeString, mark_safe

__all__ = ["MAX_URL_LENGTH", "Urlizer", "smart_urlquote", "urlize", "urlizer"]

MAX_URL_LENGTH = 2048
MAX_EMAIL_LENGTH = 320
# Longer than any named character reference.
MAX_ENTITY_LENGTH = 40

_SAFE_IN_URL = "!*'();:@&=+$,/?#[]~"
_WORDS = re.compile(r"""([\s<>"']+)""")
_WITH_SCHEME = re.compile(r"https?://\[?\w", re.IGNORECASE)
_WITHOUT_SCHEME = re.compile(
    r"www\.|(?!http)\w[^@]+\.(?:com|edu|gov|int|mil|net|org)(?:/.*)?\Z", re.IGNORECASE | re.DOTALL
)
_LOCAL_PART = re.compile(r"[-!#$%&'*+/=?^_`{}|~0-9A-Z]+(?:\.[-!#$%&'*+/=?^_`{}|~0-9A-Z]+)*", re.IGNORECASE | re.ASCII)
_DOMAIN_LABEL = re.compile(r"(?!-)(?:[a-zA-Z0-9-]|[^\x00-\x7f]){1,63}")


def _quote_again(segment: str) -> str:
    return quote(unquote(segment), safe=_SAFE_IN_URL)


def smart_urlquote(url: str) -> str:
    """Return *url* with everything unsafe percent-encoded, and what was encoded left as it is."""
    try:
        scheme, netloc, path, query, fragment = urlsplit(url)
    except ValueError:  # a broken IPv6 address
        return _quote_again(url)
    if query:
        query = urlencode([(unquote(name), unquote(value)) for name, value in parse_qsl(query, keep_blank_values=True)])
    return urlunsplit((scheme, _quote_again(netloc), _quote_again(path), query, _quote_again(fragment)))


class Urlizer:
    """Turns addresses in a text into links; a project may subclass it and change its parts."""

    trailing_punctuation_chars = ".,:;!"
    wrapping_punctuation = (("(", ")"), ("[", "]"))
    mailto_template = "mailto:{local}@{domain}"
    url_template = '<a href="{href}"{attrs}>{url}</a>'

    def __call__(
        self, text: Any, trim_url_limit: int | None = None, nofollow: bool = False, autoescape: bool = False
    ) -> str:
        """Return *text* with links."""
        safe_input = isinstance(text, SafeData)
        done: dict[str, str] = {}
        pieces: list[str] = []
        for word in _WORDS.split(str(text)):
            piece = done.get(word)
            if piece is None:
                piece = done[word] = self.handle_word(
                    word,
                    safe_input=safe_input,
                    trim_url_limit=trim_url_limit,
                    nofollow=nofollow,
                    autoescape=autoescape,
                )
            pieces.append(piece)
        return "".join(pieces)

    def handle_word(
        self,
        word: str,
        *,
        safe_input: bool,
        trim_url_limit: int | None = None,
        nofollow: bool = False,
        autoescape: bool = False,
    ) -> Any:
        """Return one word, as a link if it is an address."""
        escaping = autoescape and not safe_input
        if "." in word or "@" in word or ":" in word:
            lead, middle, trail = self.trim_punctuation(word)
            href, follow = self._address(middle)
            if href is not None:
                shown = self.trim_url(middle, limit=trim_url_limit)
                if escaping:
                    lead, shown, trail = html.escape(lead), html.escape(shown), html.escape(trail)
                attrs = ' rel="nofollow"' if nofollow and follow else ""
                link = self.url_template.format(href=html.escape(href), attrs=attrs, url=shown)
                return mark_safe(f"{lead}{link}{trail}")
        if safe_input:
            return mark_safe(word)
        return SafeString(html.escape(word)) if autoescape else word

    def _address(self, text: str) -> tuple[str | None, bool]:
        """Return the link target of *text*, if it is an address, and whether it leads to a web page."""
        if len(text) <= MAX_URL_LENGTH:
            if _WITH_SCHEME.match(text):
                return smart_urlquote(html.unescape(text)), True
            if _WITHOUT_SCHEME.match(text):
                return smart_urlquote(f"http://{html.unescape(text)}"), True
        if ":" not in text and self.is_email_simple(text):
            local, domain = text.rsplit("@", 1)
            return self.mailto_template.format(local=quote(local, safe=""), domain=quote(domain, safe="")), False
        return None, False

    def trim_url(self, x: str, *, limit: int | None) -> str:
        """Return *x*, cut to *limit* characters with an ellipsis."""
        if limit is None or len(x) <= limit:
            return x
        return f"{x[: max(0, limit - 1)]}…"

    def trim_punctuation(self, word: str) -> tuple[str, str, str]:
        """Return *word* as ``(lead, middle, trail)``: brackets and punctuation around the middle cut off."""
        openings = "".join(opening for opening, _closing in self.wrapping_punctuation)
        start = len(word) - len(word.lstrip(openings))
        end = len(word)
        surplus = {
            closing: word.count(closing, start) - word.count(opening, start)
            for opening, closing in self.wrapping_punctuation
        }
        while end > start:
            last = word[end - 1]
            if surplus.get(last, 0) > 0:
                surplus[last] -= 1
            elif last not in self.trailing_punctuation_chars or (last == ";" and _ends_with_entity(word, start, end)):
                break
            end -= 1
        return word[:start], word[start:end], word[end:]

    @staticmethod
    def is_email_simple(value: str) -> bool:
        """Tell whether *value* looks like a mail address."""
        if len(value) > MAX_EMAIL_LENGTH:
            return False
        local, at, domain = value.partition("@")
        labels = domain.split(".")
        return (
            bool(at)
            and "@" not in domain
            and len(labels) > 1
            and _LOCAL_PART.fullmatch(local) is not None
            and all(_DOMAIN_LABEL.fullmatch(label) and not label.endswith("-") for label in labels)
            and len(labels[-1]) > 1
        )


def _ends_with_entity(text: str, start: int, end: int) -> bool:
    """Tell whether the ";" before *end* closes a character reference."""
    ampersand = text.rfind("&", max(start, end - MAX_ENTITY_LENGTH), end)
    if ampersand == -1:
        return False
    candidate = text[ampersand:end]
    shown = html.unescape(candidate)
    return shown != candidate and not shown.endswith(";")


urlizer = Urlizer()


@keep_lazy_text
def urlize(text: Any, trim_url_limit: int | None = None, nofollow: bool = False, autoescape: bool = False) -> str:
    """
    Return *text* with its web and mail addresses as links.

    Args:
        trim_url_limit: Show at most so many characters of an address.
        nofollow: Give links ``rel="nofollow"``.
        autoescape: Escape everything else.
    """
    return urlizer(text, trim_url_limit=trim_url_limit, nofollow=nofollow, autoescape=autoescape)
