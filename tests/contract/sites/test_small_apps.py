"""Sites, flat pages, redirects, site maps, feeds, and numbers as people write them."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from fastjango.conf import settings
from fastjango.contrib import admin
from fastjango.contrib.auth.models import Group, User
from fastjango.contrib.flatpages.forms import FlatpageForm
from fastjango.contrib.flatpages.models import FlatPage
from fastjango.contrib.redirects.models import Redirect
from fastjango.contrib.sitemaps import GenericSitemap, Sitemap
from fastjango.contrib.sitemaps.views import index, sitemap
from fastjango.contrib.sites.models import Site
from fastjango.contrib.sites.shortcuts import get_current_site
from fastjango.contrib.syndication.views import Feed
from fastjango.core.exceptions import ImproperlyConfigured, ValidationError
from fastjango.template import engines
from fastjango.test import Client, RequestFactory, TestCase, modify_settings, override_settings
from fastjango.urls import include, path
from fastjango.utils.feedgenerator import Atom1Feed
from fastjango.utils.translation import override

NAMESPACES = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9", "atom": "http://www.w3.org/2005/Atom"}
PAGE = {"flatpages/default.html": "<h1>{{ flatpage.title }}</h1>{{ flatpage.content }}"}
rf = RequestFactory()


class Fixed(Sitemap):
    """Two pages that never change."""

    changefreq = "yearly"
    limit = 1

    def items(self) -> list[str]:
        """Return the pages."""
        return ["/about/", "/imprint/"]

    def location(self, item: str) -> str:
        """Return the page's path."""
        return item


class Groups(Sitemap):
    """Groups, with the day of their last change."""

    def items(self) -> Any:
        """Return the groups."""
        return Group.objects.order_by("name")

    def location(self, item: Any) -> str:
        """Return the group's path."""
        return f"/groups/{item.name}/"

    def lastmod(self, item: Any) -> date:
        """Return the day."""
        return date(2026, 1, item.pk)


class News(Feed):
    """Groups as news."""

    title = "News & more"
    link = "/news/"
    description = "What is new"

    def items(self) -> Any:
        """Return the groups."""
        return Group.objects.order_by("pk")

    def item_title(self, item: Any) -> str:
        """Return the title."""
        return str(item.name)

    def item_description(self, item: Any) -> str:
        """Return the text."""
        return f"About {item.name}"

    def item_link(self, item: Any) -> str:
        """Return the address."""
        return f"/groups/{item.pk}/"

    def item_pubdate(self, item: Any) -> datetime:
        """Return the moment."""
        return datetime(2026, 1, item.pk, tzinfo=UTC)


class AtomNews(News):
    """The same as Atom."""

    feed_type = Atom1Feed
    subtitle = News.description


MAPS: dict[str, Any] = {"fixed": Fixed, "groups": Groups}
URLS = ModuleType("tests_contract_sites_urls")
URLS.urlpatterns = [  # type: ignore[attr-defined]
    path("sitemap.xml", index, {"sitemaps": MAPS}),
    path("sitemap-<section>.xml", sitemap, {"sitemaps": MAPS}, name="fastjango.contrib.sitemaps.views.sitemap"),
    path("news/", News()),
    path("atom/", AtomNews()),
    path("pages/", include("fastjango.contrib.flatpages.urls")),
    path("admin/doc/", include("fastjango.contrib.admindocs.urls")),
    path("admin/", admin.site.urls),
]
sys.modules[URLS.__name__] = URLS
WITH_PAGE = [
    {
        "BACKEND": "fastjango.template.backends.django.DjangoTemplates",
        "OPTIONS": {"loaders": [("fastjango.template.loaders.locmem.Loader", PAGE)]},
    }
]


class SiteTests(TestCase):
    """Several sites on one database."""

    def tearDown(self) -> None:
        Site.objects.clear_cache()

    def test_the_current_site_is_that_of_the_settings_and_kept(self) -> None:
        Site.objects.clear_cache()

        with self.assertNumQueries(1):
            site = Site.objects.get_current()
            again = Site.objects.get_current()

        assert site is again
        assert site.domain == "example.com"

    @override_settings(SITE_ID=None, ALLOWED_HOSTS=["*"])
    def test_without_a_number_the_host_decides(self) -> None:
        Site.objects.create(domain="shop.example", name="Shop")

        assert get_current_site(rf.get("/", headers={"host": "shop.example"})).name == "Shop"
        assert get_current_site(rf.get("/", headers={"host": "SHOP.example:8000"})).name == "Shop"
        with pytest.raises(Site.DoesNotExist):
            get_current_site(rf.get("/", headers={"host": "other.example"}))

    def test_without_app_the_request_is_the_site(self) -> None:
        with modify_settings(INSTALLED_APPS={"remove": ["fastjango.contrib.sites"]}):
            assert get_current_site(rf.get("/")).domain == "testserver"

    def test_a_changed_site_is_seen(self) -> None:
        site = Site.objects.get_current()
        site.domain = "moved.example"
        site.save()

        assert Site.objects.get_current().domain == "moved.example"

    def test_a_domain_holds_no_blanks(self) -> None:
        with pytest.raises(ValidationError, match="cannot contain any spaces or tabs"):
            Site(domain="two words", name="x").full_clean()


@override_settings(ROOT_URLCONF=URLS.__name__, TEMPLATES=WITH_PAGE)
class FlatPageTests(TestCase):
    """Pages out of the database."""

    page: Any

    @classmethod
    def setUpTestData(cls) -> None:
        cls.page = FlatPage.objects.create(url="/über/", title="A & B", content="<p>Us</p>")
        cls.page.sites.add(1)

    def test_title_and_content_are_html_of_the_editors(self) -> None:
        response = self.client.get("/pages/über/")

        assert response.content.decode() == "<h1>A & B</h1><p>Us</p>"

    def test_a_page_of_another_site_is_not_found(self) -> None:
        self.page.sites.set([Site.objects.create(domain="x.example", name="x")])

        assert self.client.get("/pages/über/").status_code == 404

    def test_a_page_may_want_a_login(self) -> None:
        FlatPage.objects.update(registration_required=True)

        assert self.client.get("/pages/über/").status_code == 302
        self.client.force_login(User.objects.create_user("ada"))
        assert self.client.get("/pages/über/").status_code == 200

    @modify_settings(MIDDLEWARE={"append": "fastjango.contrib.flatpages.middleware.FlatpageFallbackMiddleware"})
    def test_the_middleware_looks_after_everything_else(self) -> None:
        assert self.client.get("/über/").content.startswith(b"<h1>")
        assert self.client.get("/über")["Location"] == "/%C3%BCber/"
        assert self.client.get("/nothing/").status_code == 404

    def test_the_form_refuses_a_second_page_at_an_address(self) -> None:
        data = {"url": "/über/", "title": "x", "content": "x", "sites": [1]}
        taken = FlatpageForm(data)
        odd = FlatpageForm({**data, "url": "no slash?"})

        assert taken.errors == {"__all__": ["Flatpage with url /über/ already exists for site example.com"]}
        assert "url" in odd.errors


@override_settings(ROOT_URLCONF=URLS.__name__)
@modify_settings(MIDDLEWARE={"append": "fastjango.contrib.redirects.middleware.RedirectFallbackMiddleware"})
class RedirectTests(TestCase):
    """Old addresses."""

    def test_old_addresses_lead_to_new_ones_or_are_gone(self) -> None:
        Redirect.objects.create(site_id=1, old_path="/old/", new_path="/new/")
        Redirect.objects.create(site_id=1, old_path="/old/?page=2", new_path="/second/")
        Redirect.objects.create(site_id=1, old_path="/dead/", new_path="")

        for old, status, new in (("/old/", 301, "/new/"), ("/old", 301, "/new/"), ("/old/?page=2", 301, "/second/")):
            response = self.client.get(old)

            assert (response.status_code, response["Location"]) == (status, new), old
        assert self.client.get("/dead/").status_code == 410
        assert self.client.get("/other/").status_code == 404

    def test_sites_are_needed(self) -> None:
        with modify_settings(INSTALLED_APPS={"remove": ["fastjango.contrib.sites"]}):
            with pytest.raises(ImproperlyConfigured, match=r"fastjango\.contrib\.sites is not installed"):
                Client().get("/old/")


@override_settings(ROOT_URLCONF=URLS.__name__)
class MapAndFeedTests(TestCase):
    """XML for machines."""

    @classmethod
    def setUpTestData(cls) -> None:
        for number, name in enumerate(("a<b", "c&d"), 1):
            Group.objects.create(pk=number, name=name)

    def locations(self, address: str) -> list[Any]:
        response = self.client.get(address)
        assert response["Content-Type"] == "application/xml"
        assert response["X-Robots-Tag"] == "noindex, noodp, noarchive"
        return [element.text for element in ET.fromstring(response.content).iterfind(".//map:loc", NAMESPACES)]

    def test_the_index_names_every_page_of_every_map(self) -> None:
        assert self.locations("/sitemap.xml") == [
            "http://example.com/sitemap-fixed.xml",
            "http://example.com/sitemap-fixed.xml?p=2",
            "http://example.com/sitemap-groups.xml",
        ]

    def test_a_map_lists_its_pages(self) -> None:
        assert self.locations("/sitemap-fixed.xml?p=2") == ["http://example.com/imprint/"]
        assert self.locations("/sitemap-groups.xml") == [
            "http://example.com/groups/a<b/",
            "http://example.com/groups/c&d/",
        ]

    def test_a_map_tells_when_it_changed(self) -> None:
        assert self.client.get("/sitemap-groups.xml")["Last-Modified"] == "Fri, 02 Jan 2026 00:00:00 GMT"

    def test_pages_that_are_not_there_are_404(self) -> None:
        for address in (
            "/sitemap-none.xml",
            "/sitemap-fixed.xml?p=3",
            "/sitemap-fixed.xml?p=x",
            "/sitemap-fixed.xml?p=0",
        ):
            assert self.client.get(address).status_code == 404, address

    def test_a_queryset_is_a_map(self) -> None:
        made = GenericSitemap(
            {"queryset": Group.objects.order_by("name")}, priority=0.6, changefreq="daily", protocol="https"
        )

        with pytest.raises(AttributeError, match="get_absolute_url"):
            made.get_urls()
        assert made.priority == 0.6

    def test_rss_has_channel_items_and_a_last_change(self) -> None:
        response = self.client.get("/news/")
        channel: Any = ET.fromstring(response.content).find("channel")

        assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
        assert response["Last-Modified"] == "Fri, 02 Jan 2026 00:00:00 GMT"
        assert channel.find("title").text == "News & more"
        assert channel.find("link").text == "http://example.com/news/"
        assert [item.find("title").text for item in channel.iterfind("item")] == ["a<b", "c&d"]
        assert [item.find("guid").text for item in channel.iterfind("item")] == [
            "http://example.com/groups/1/",
            "http://example.com/groups/2/",
        ]

    def test_atom_says_the_same(self) -> None:
        response = self.client.get("/atom/")
        feed = ET.fromstring(response.content)

        assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
        assert [element.text for element in feed.iterfind("atom:entry/atom:title", NAMESPACES)] == ["a<b", "c&d"]
        assert [element.text for element in feed.iterfind("atom:entry/atom:published", NAMESPACES)] == [
            "2026-01-01T00:00:00+00:00",
            "2026-01-02T00:00:00+00:00",
        ]

    def test_the_documentation_of_the_admin_is_for_staff(self) -> None:
        assert self.client.get("/admin/doc/models/").status_code == 302
        self.client.force_login(User.objects.create_superuser("root"))

        for page in ("", "tags/", "filters/", "views/", "models/", "models/auth.user/", "bookmarklets/"):
            response = self.client.get(f"/admin/doc/{page}")

            assert response.status_code == 200, page
        assert self.client.get("/admin/doc/models/auth.nothing/").status_code == 404


def humanized(filters: str, value: Any) -> str:
    """Return *value* through the filters of humanize."""
    template = engines["django"].from_string("{% load humanize %}{{ value|" + filters + " }}")
    return str(template.render({"value": value}))


@pytest.mark.parametrize(
    ("filters", "value", "shown"),
    [
        ("ordinal", 1, "1st"),
        ("ordinal", 112, "112th"),
        ("ordinal", "x", "x"),
        ("intcomma", 1234567, "1,234,567"),
        ("intcomma", -1234.5, "-1,234.5"),
        ("intcomma", None, "None"),
        ("intword", 1_200_000, "1.2 million"),
        ("intword", 999, "999"),
        ("apnumber", 5, "five"),
        ("apnumber", 10, "10"),
    ],
)
def test_numbers_in_words(filters: str, value: Any, shown: str) -> None:
    assert humanized(filters, value) == shown


def test_days_and_times_in_words() -> None:
    today = datetime.now(tz=UTC).date()

    assert humanized("naturalday", today) == "today"
    assert humanized("naturalday", today + timedelta(days=1)) == "tomorrow"
    assert humanized("naturalday:'Y-m-d'", date(2026, 1, 2)) == "2026-01-02"
    assert humanized("naturaltime", datetime.now(tz=UTC) - timedelta(hours=3)) == "3\xa0hours ago"
    assert humanized("naturaltime", datetime.now(tz=UTC) + timedelta(days=2, minutes=1)) == "2\xa0days from now"


def test_numbers_follow_the_language() -> None:
    with override("de"):
        assert humanized("intcomma", 1234567) == "1.234.567"
    assert settings.LANGUAGE_CODE == "en-us"
