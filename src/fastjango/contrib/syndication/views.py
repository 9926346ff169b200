"""
``Feed``, a view that answers with RSS or Atom.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from fastjango.contrib.sites.shortcuts import get_current_site
from fastjango.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist
from fastjango.http import Http404, HttpResponse
from fastjango.template import TemplateDoesNotExist, loader
from fastjango.utils import feedgenerator, timezone
from fastjango.utils.encoding import iri_to_uri
from fastjango.utils.html import escape
from fastjango.utils.http import http_date
from fastjango.utils.translation import get_language

__all__ = ["Feed", "FeedDoesNotExist", "add_domain"]


def add_domain(domain: str, url: str, secure: bool = False) -> str:
    """Return *url* with protocol and domain in front where it has none."""
    protocol = "https" if secure else "http"
    if url.startswith("//"):
        return f"{protocol}:{url}"
    if url.startswith(("http://", "https://", "mailto:")):
        return url
    return str(iri_to_uri(f"{protocol}://{domain}{url}"))


class FeedDoesNotExist(ObjectDoesNotExist):
    """There is no such feed."""


class Feed:
    """
    A feed; put an object of a subclass into the URL patterns.

    Everything about the feed (``title``, ``link``, ``description``, ``author_name``, ...) and its items
    (``item_title``, ``item_pubdate``, ...) is an attribute, a method, or a method that takes the object.
    """

    feed_type: Any = feedgenerator.DefaultFeed
    title_template: str | None = None
    description_template: str | None = None
    language: str | None = None

    def __call__(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            obj = self.get_object(request, *args, **kwargs)
        except ObjectDoesNotExist as problem:
            raise Http404("Feed object does not exist.") from problem
        feed = self.get_feed(obj, request)
        response = HttpResponse(content_type=feed.mime_type)
        if hasattr(self, "item_pubdate") or hasattr(self, "item_updateddate"):
            # Lets ConditionalGetMiddleware answer that nothing is new.
            response.headers["Last-Modified"] = http_date(feed.latest_post_date().timestamp())
        feed.write(response, "utf-8")
        return response

    def item_title(self, item: Any) -> Any:
        """Return the title of an item."""
        # Titles are plain text in RSS; readers that show them as HTML must not run them.
        return escape(str(item))

    def item_description(self, item: Any) -> Any:
        """Return the text of an item."""
        return str(item)

    def item_link(self, item: Any) -> Any:
        """Return the path of an item's page."""
        try:
            return item.get_absolute_url()
        except AttributeError as problem:
            raise ImproperlyConfigured(
                f"Give your {type(item).__name__} class a get_absolute_url() method, or define an item_link() method "
                "in your Feed class."
            ) from problem

    def item_enclosures(self, item: Any) -> list[Any]:
        """Return the files that go with an item."""
        url = self._get_dynamic_attr("item_enclosure_url", item)
        if not url:
            return []
        return [
            feedgenerator.Enclosure(
                url=str(url),
                length=str(self._get_dynamic_attr("item_enclosure_length", item)),
                mime_type=str(self._get_dynamic_attr("item_enclosure_mime_type", item)),
            )
        ]

    def _get_dynamic_attr(self, attname: str, obj: Any, default: Any = None) -> Any:
        """Return an attribute; a method is called, with *obj* when it takes one."""
        try:
            attribute = getattr(self, attname)
        except AttributeError:
            return default
        if not callable(attribute):
            return attribute
        # The number of arguments is read: trying a call could hide a TypeError within.
        function: Any = inspect.unwrap(attribute)
        if not hasattr(function, "__code__"):
            call: Callable[..., Any] = type(attribute).__call__ if not inspect.ismethod(attribute) else attribute
            function = inspect.unwrap(call)
        count = function.__code__.co_argcount
        if not count and not isinstance(inspect.getattr_static(self, function.__name__, None), staticmethod):
            raise ImproperlyConfigured(
                f"Feed method {attname!r} decorated by {function.__name__!r} needs to use @functools.wraps."
            )
        return attribute(obj) if count == 2 else attribute()

    def feed_extra_kwargs(self, obj: Any) -> dict[str, Any]:
        """Return further arguments for the feed generator."""
        return {}

    def item_extra_kwargs(self, item: Any) -> dict[str, Any]:
        """Return further arguments for ``add_item`` of the generator."""
        return {}

    def get_object(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Return what the feed is about, from the URL's arguments."""
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the variables of the templates of title and description."""
        return {"obj": kwargs.get("item"), "site": kwargs.get("site")}

    def get_feed(self, obj: Any, request: Any) -> Any:
        """Return the generator, filled."""
        site = get_current_site(request)

        def about(name: str) -> Any:
            return self._get_dynamic_attr(name, obj)

        def full(url: str) -> str:
            return add_domain(site.domain, url, request.is_secure())

        names = (
            "title subtitle description author_name author_link author_email categories feed_copyright feed_guid ttl "
            "stylesheets"
        )
        feed = self.feed_type(
            link=full(about("link")),
            language=self.language or get_language(),
            feed_url=full(about("feed_url") or request.path),
            **{name: about(name) for name in names.split()},
            **self.feed_extra_kwargs(obj),
        )
        title, description = self._template(self.title_template), self._template(self.description_template)
        for item in about("items"):
            context = self.get_context_data(item=item, site=site, obj=obj, request=request)
            texts = {
                "title": title.render(context, request) if title else self._get_dynamic_attr("item_title", item),
                "description": description.render(context, request)
                if description
                else self._get_dynamic_attr("item_description", item),
            }
            feed.add_item(
                **texts,
                **self._item(item, full(self._get_dynamic_attr("item_link", item))),
                **self.item_extra_kwargs(item),
            )
        return feed

    @staticmethod
    def _template(name: str | None) -> Any:
        if name is None:
            return None
        try:
            return loader.get_template(name)
        except TemplateDoesNotExist:
            return None

    def _item(self, item: Any, link: str) -> dict[str, Any]:
        """Return what the generator is told of an item besides title and text."""

        def about(name: str, default: Any = None) -> Any:
            return self._get_dynamic_attr(f"item_{name}", item, default)

        author = about("author_name")
        return {
            "link": link,
            "unique_id": about("guid", link),
            "unique_id_is_permalink": about("guid_is_permalink"),
            "enclosures": about("enclosures"),
            "pubdate": _as_aware(about("pubdate")),
            "updateddate": _as_aware(about("updateddate")),
            "author_name": author,
            "author_email": None if author is None else about("author_email"),
            "author_link": None if author is None else about("author_link"),
            "comments": about("comments"),
            "categories": about("categories"),
            "item_copyright": about("copyright"),
        }


def _as_aware(moment: Any) -> Any:
    """Return a naive date-time as one in the default time zone; others as they are."""
    if moment and timezone.is_naive(moment):
        return timezone.make_aware(moment, timezone.get_default_timezone())
    return moment
