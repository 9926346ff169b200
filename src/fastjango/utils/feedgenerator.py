"""
Syndication feeds: RSS 0.91, RSS 2.01 (RFC 2822 dates) and Atom 1.0 (RFC 4287).
"""

from __future__ import annotations

import datetime as dt
import email.utils
import mimetypes
from io import StringIO
from typing import Any
from urllib.parse import urlparse
from xml.sax.saxutils import quoteattr  # noqa: S406 - it writes, it does not read

from fastjango.utils.encoding import iri_to_uri
from fastjango.utils.xmlutils import SimplerXMLGenerator

__all__ = [
    "Atom1Feed",
    "DefaultFeed",
    "Enclosure",
    "Rss201rev2Feed",
    "RssFeed",
    "RssUserland091Feed",
    "Stylesheet",
    "SyndicationFeed",
    "get_tag_uri",
    "rfc2822_date",
    "rfc3339_date",
]


def _as_datetime(date: Any) -> dt.datetime:
    return date if isinstance(date, dt.datetime) else dt.datetime.combine(date, dt.time())


def rfc2822_date(date: Any) -> str:
    """Return a date as mail writes it."""
    return email.utils.format_datetime(_as_datetime(date))


def rfc3339_date(date: Any) -> str:
    """Return a date as Atom writes it; a naive one is taken for UTC."""
    date = _as_datetime(date)
    return f"{date.isoformat()}{'Z' if date.utcoffset() is None else ''}"


def get_tag_uri(url: str, date: Any) -> str:
    """Return an identifier made from an address and a date (RFC 4151)."""
    parts = urlparse(url)
    day = f",{_as_datetime(date).strftime('%Y-%m-%d')}" if date is not None else ""
    fragment = f"/{parts.fragment}" if parts.fragment else ""
    return f"tag:{parts.hostname}{day}:{parts.path}{fragment}"


_QUOTE = {'"': "&quot;"}


def _guess_stylesheet_type(url: Any) -> Any:
    """Return the media type of a stylesheet and its encoding."""
    if str(url).endswith((".xsl", ".xslt")):
        # Browsers do not know the registered application/xslt+xml.
        return "text/xsl", None
    return mimetypes.guess_type(str(url))


class Stylesheet:
    """
    A stylesheet of a feed.

    Args:
        mimetype: Guessed from the address by default.
        media: ``screen`` by default.
    """

    def __init__(self, url: Any, mimetype: Any = "", media: str | None = "screen") -> None:
        self._url = url
        self._mimetype = mimetype
        self.media = media

    # Addresses are worked out late: they may be reversed lazily, before URLs are loaded.
    @property
    def url(self) -> Any:
        """The address."""
        return iri_to_uri(self._url)

    @property
    def mimetype(self) -> Any:
        """The media type."""
        return _guess_stylesheet_type(self.url)[0] if self._mimetype == "" else self._mimetype

    def __str__(self) -> str:
        # The address is worked out once; a lazy one may be expensive.
        url = self.url
        mimetype = _guess_stylesheet_type(url)[0] if self._mimetype == "" else self._mimetype
        attrs = {"href": url, "media": self.media, "type": mimetype}
        return " ".join(f"{name}={quoteattr(value, _QUOTE)}" for name, value in attrs.items() if value is not None)

    def __repr__(self) -> str:
        return repr((self.url, self.mimetype, self.media))


class Enclosure:
    """A file that belongs to an item."""

    def __init__(self, url: Any, length: Any, mime_type: Any) -> None:
        self.length, self.mime_type = length, mime_type
        self.url = iri_to_uri(url)


def _text(value: Any) -> Any:
    return str(value) if value is not None else value


class SyndicationFeed:
    """Base of feeds: collects items; a subclass writes them."""

    content_type: str
    mime_type: str

    def __init__(
        self,
        title: Any,
        link: Any,
        description: Any,
        language: Any = None,
        author_email: Any = None,
        author_name: Any = None,
        author_link: Any = None,
        subtitle: Any = None,
        categories: Any = None,
        feed_url: Any = None,
        feed_copyright: Any = None,
        feed_guid: Any = None,
        ttl: Any = None,
        stylesheets: Any = None,
        **kwargs: Any,
    ) -> None:
        if stylesheets is not None:
            if isinstance(stylesheets, Stylesheet | str):
                raise TypeError(f"stylesheets should be a list, not {type(stylesheets)}")
            stylesheets = [sheet if isinstance(sheet, Stylesheet) else Stylesheet(sheet) for sheet in stylesheets]
        self.feed = {
            "title": _text(title),
            "link": iri_to_uri(link),
            "description": _text(description),
            "language": _text(language),
            "author_email": _text(author_email),
            "author_name": _text(author_name),
            "author_link": iri_to_uri(author_link),
            "subtitle": _text(subtitle),
            "categories": [str(category) for category in categories or ()],
            "feed_url": iri_to_uri(feed_url),
            "feed_copyright": _text(feed_copyright),
            "id": feed_guid or link,
            "ttl": _text(ttl),
            "stylesheets": stylesheets,
            **kwargs,
        }
        self.items: list[dict[str, Any]] = []

    def add_item(
        self,
        title: Any,
        link: Any,
        description: Any,
        author_email: Any = None,
        author_name: Any = None,
        author_link: Any = None,
        pubdate: Any = None,
        comments: Any = None,
        unique_id: Any = None,
        unique_id_is_permalink: bool | None = None,
        categories: Any = (),
        item_copyright: Any = None,
        ttl: Any = None,
        updateddate: Any = None,
        enclosures: Any = None,
        **kwargs: Any,
    ) -> None:
        """Add an item; dates are datetimes, everything else becomes text."""
        self.items.append(
            {
                "title": _text(title),
                "link": iri_to_uri(link),
                "description": _text(description),
                "author_email": _text(author_email),
                "author_name": _text(author_name),
                "author_link": iri_to_uri(author_link),
                "pubdate": pubdate,
                "updateddate": updateddate,
                "comments": _text(comments),
                "unique_id": _text(unique_id),
                "unique_id_is_permalink": unique_id_is_permalink,
                "enclosures": enclosures or [],
                "categories": [str(category) for category in categories or ()],
                "item_copyright": _text(item_copyright),
                "ttl": _text(ttl),
                **kwargs,
            }
        )

    def num_items(self) -> int:
        """Return how many items there are."""
        return len(self.items)

    def root_attributes(self) -> dict[str, str]:
        """Return the attributes of the outermost element."""
        return {}

    def add_root_elements(self, handler: Any) -> None:
        """Write elements of the feed itself."""

    def add_stylesheets(self, handler: Any) -> None:
        """Write processing instructions in front of the feed."""

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        """Return the attributes of an item's element."""
        return {}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """Write elements of an item."""

    def write(self, outfile: Any, encoding: str) -> None:
        """Write the feed to a file."""
        raise NotImplementedError("subclasses of SyndicationFeed must provide a write() method")

    def writeString(self, encoding: str) -> str:  # noqa: N802 - Django's name
        """Return the feed as text."""
        out = StringIO()
        self.write(out, encoding)
        return out.getvalue()

    def latest_post_date(self) -> dt.datetime:
        """Return the newest date of the items, or now."""
        dates = [item[key] for item in self.items for key in ("updateddate", "pubdate") if item.get(key)]
        return max(dates) if dates else dt.datetime.now(tz=dt.UTC)


class RssFeed(SyndicationFeed):
    """Base of RSS feeds."""

    content_type = "application/rss+xml; charset=utf-8"
    _version: str

    def write(self, outfile: Any, encoding: str) -> None:
        """Write the feed to a file."""
        handler = SimplerXMLGenerator(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        # Instructions come before the first element.
        self.add_stylesheets(handler)
        handler.startElement("rss", self.rss_attributes())
        handler.startElement("channel", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        self.endChannelElement(handler)
        handler.endElement("rss")

    def rss_attributes(self) -> dict[str, str]:
        """Return the attributes of the outermost element."""
        return {"version": self._version, "xmlns:atom": "http://www.w3.org/2005/Atom"}

    def write_items(self, handler: Any) -> None:
        """Write all items."""
        for item in self.items:
            handler.startElement("item", self.item_attributes(item))
            self.add_item_elements(handler, item)
            handler.endElement("item")

    def add_stylesheets(self, handler: Any) -> None:
        """Write an instruction per stylesheet."""
        for stylesheet in self.feed["stylesheets"] or []:
            handler.processingInstruction("xml-stylesheet", stylesheet)

    def add_root_elements(self, handler: Any) -> None:
        """Write the channel's own elements."""
        feed = self.feed
        handler.addQuickElement("title", feed["title"])
        handler.addQuickElement("link", feed["link"])
        handler.addQuickElement("description", feed["description"])
        if feed["feed_url"] is not None:
            handler.addQuickElement("atom:link", None, {"rel": "self", "href": feed["feed_url"]})
        if feed["language"] is not None:
            handler.addQuickElement("language", feed["language"])
        for category in feed["categories"]:
            handler.addQuickElement("category", category)
        if feed["feed_copyright"] is not None:
            handler.addQuickElement("copyright", feed["feed_copyright"])
        handler.addQuickElement("lastBuildDate", rfc2822_date(self.latest_post_date()))
        if feed["ttl"] is not None:
            handler.addQuickElement("ttl", feed["ttl"])

    def endChannelElement(self, handler: Any) -> None:  # noqa: N802 - Django's name
        """Close the channel."""
        handler.endElement("channel")

    @property
    def mime_type(self) -> str:  # type: ignore[override]
        """The old name of ``content_type``."""
        return self.content_type


class RssUserland091Feed(RssFeed):
    """RSS 0.91."""

    _version = "0.91"

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """Write title, link and description."""
        handler.addQuickElement("title", item["title"])
        handler.addQuickElement("link", item["link"])
        if item["description"] is not None:
            handler.addQuickElement("description", item["description"])


class Rss201rev2Feed(RssFeed):
    """RSS 2.01."""

    _version = "2.0"

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """Write an item."""
        handler.addQuickElement("title", item["title"])
        handler.addQuickElement("link", item["link"])
        if item["description"] is not None:
            handler.addQuickElement("description", item["description"])
        self._add_author(handler, item)
        if item["pubdate"] is not None:
            handler.addQuickElement("pubDate", rfc2822_date(item["pubdate"]))
        if item["comments"] is not None:
            handler.addQuickElement("comments", item["comments"])
        if item["unique_id"] is not None:
            attrs = {}
            if isinstance(item.get("unique_id_is_permalink"), bool):
                attrs["isPermaLink"] = str(item["unique_id_is_permalink"]).lower()
            handler.addQuickElement("guid", item["unique_id"], attrs)
        if item["ttl"] is not None:
            handler.addQuickElement("ttl", item["ttl"])
        if len(item["enclosures"]) > 1:
            raise ValueError(
                "RSS feed items may only have one enclosure, see http://www.rssboard.org/rss-profile#element-channel-item-enclosure"
            )
        for enclosure in item["enclosures"]:
            attrs = {"url": enclosure.url, "length": enclosure.length, "type": enclosure.mime_type}
            handler.addQuickElement("enclosure", "", attrs)
        for category in item["categories"]:
            handler.addQuickElement("category", category)

    def _add_author(self, handler: Any, item: dict[str, Any]) -> None:
        name, address = item["author_name"], item["author_email"]
        if name and address:
            handler.addQuickElement("author", f"{address} ({name})")
        elif address:
            handler.addQuickElement("author", address)
        elif name:
            handler.addQuickElement("dc:creator", name, {"xmlns:dc": "http://purl.org/dc/elements/1.1/"})


class Atom1Feed(SyndicationFeed):
    """Atom 1.0 (RFC 4287)."""

    content_type = "application/atom+xml; charset=utf-8"
    ns = "http://www.w3.org/2005/Atom"

    @property
    def mime_type(self) -> str:  # type: ignore[override]
        """The old name of ``content_type``."""
        return self.content_type

    def write(self, outfile: Any, encoding: str) -> None:
        """Write the feed to a file."""
        handler = SimplerXMLGenerator(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        self.add_stylesheets(handler)
        handler.startElement("feed", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")

    def add_stylesheets(self, handler: Any) -> None:
        """Write an instruction per stylesheet."""
        for stylesheet in self.feed["stylesheets"] or []:
            handler.processingInstruction("xml-stylesheet", stylesheet)

    def root_attributes(self) -> dict[str, str]:
        """Return the namespace and the language."""
        attrs = {"xmlns": self.ns}
        if self.feed["language"] is not None:
            attrs["xml:lang"] = self.feed["language"]
        return attrs

    def add_root_elements(self, handler: Any) -> None:
        """Write the feed's own elements."""
        feed = self.feed
        handler.addQuickElement("title", feed["title"])
        handler.addQuickElement("link", "", {"rel": "alternate", "href": feed["link"]})
        if feed["feed_url"] is not None:
            handler.addQuickElement("link", "", {"rel": "self", "href": feed["feed_url"]})
        handler.addQuickElement("id", feed["id"])
        handler.addQuickElement("updated", rfc3339_date(self.latest_post_date()))
        self._add_author(handler, feed)
        if feed["subtitle"] is not None:
            handler.addQuickElement("subtitle", feed["subtitle"])
        for category in feed["categories"]:
            handler.addQuickElement("category", "", {"term": category})
        if feed["feed_copyright"] is not None:
            handler.addQuickElement("rights", feed["feed_copyright"])

    def _add_author(self, handler: Any, source: dict[str, Any]) -> None:
        if source["author_name"] is None:
            return
        handler.startElement("author", {})
        handler.addQuickElement("name", source["author_name"])
        if source["author_email"] is not None:
            handler.addQuickElement("email", source["author_email"])
        if source["author_link"] is not None:
            handler.addQuickElement("uri", source["author_link"])
        handler.endElement("author")

    def write_items(self, handler: Any) -> None:
        """Write all items."""
        for item in self.items:
            handler.startElement("entry", self.item_attributes(item))
            self.add_item_elements(handler, item)
            handler.endElement("entry")

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """Write an item."""
        handler.addQuickElement("title", item["title"])
        handler.addQuickElement("link", "", {"href": item["link"], "rel": "alternate"})
        if item["pubdate"] is not None:
            handler.addQuickElement("published", rfc3339_date(item["pubdate"]))
        if item["updateddate"] is not None:
            handler.addQuickElement("updated", rfc3339_date(item["updateddate"]))
        self._add_author(handler, item)
        unique_id = item["unique_id"]
        handler.addQuickElement("id", get_tag_uri(item["link"], item["pubdate"]) if unique_id is None else unique_id)
        if item["description"] is not None:
            handler.addQuickElement("summary", item["description"], {"type": "html"})
        for enclosure in item["enclosures"]:
            attrs = {
                "rel": "enclosure",
                "href": enclosure.url,
                "length": enclosure.length,
                "type": enclosure.mime_type,
            }
            handler.addQuickElement("link", "", attrs)
        for category in item["categories"]:
            handler.addQuickElement("category", "", {"term": category})
        if item["item_copyright"] is not None:
            handler.addQuickElement("rights", item["item_copyright"])


DefaultFeed = Rss201rev2Feed
