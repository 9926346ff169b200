"""Lists, details, forms and archives of models; error pages; languages in addresses."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from fastjango import forms
from fastjango.conf import settings
from fastjango.conf.urls.i18n import i18n_patterns
from fastjango.contrib.auth.models import Group, User
from fastjango.core.exceptions import BadRequest, ImproperlyConfigured, PermissionDenied
from fastjango.http import HttpResponse
from fastjango.test import Client, TestCase, override_settings
from fastjango.urls import include, path, reverse
from fastjango.utils.translation import get_language, override
from fastjango.views import generic
from fastjango.views.i18n import JavaScriptCatalog, JSONCatalog

PAGES = {
    "auth/group_list.html": "{% for group in object_list %}{{ group.name }},{% endfor %}{{ page_obj.number }}/{{ paginator.num_pages }}",
    "auth/group_detail.html": "{{ group.name }}|{{ object.pk }}",
    "auth/group_form.html": "{{ form.errors }}{{ form.name.value }}",
    "auth/group_confirm_delete.html": "Delete {{ object }}?",
    "auth/user_archive_year.html": "{% for day in date_list %}{{ day|date:'Y-m' }},{% endfor %}{{ object_list|length }}",
    "auth/user_archive_month.html": "{{ object_list|length }}{{ next_month|default:'-' }}{{ previous_month|date:'Y-m' }}",
    "contact.html": "{{ form.errors }}",
    "404.html": "Lost: {{ request_path }}",
}
TEMPLATES = [
    {
        "BACKEND": "fastjango.template.backends.django.DjangoTemplates",
        "OPTIONS": {"loaders": [("fastjango.template.loaders.locmem.Loader", PAGES)]},
    }
]


class Groups(generic.ListView):
    """Two groups a page."""

    queryset = Group.objects.order_by("name")
    paginate_by = 2
    paginate_orphans = 0


class Contact(forms.Form):
    """A form of no model."""

    email = forms.EmailField()


class ContactView(generic.FormView):
    """Takes an address."""

    form_class = Contact
    template_name = "contact.html"
    success_url = "/thanks/"


class Create(generic.CreateView):
    """Makes a group."""

    model = Group
    fields = ["name"]
    success_url = "/groups/{id}/"


class Update(generic.UpdateView):
    """Changes a group."""

    model = Group
    fields = ["name"]
    success_url = "/groups/{id}/"


def refuse(request: Any) -> HttpResponse:
    """Fail in a way that has a page."""
    raise {"denied": PermissionDenied, "bad": BadRequest, "fault": ValueError}[request.GET["why"]]("secret reason")


def language(request: Any) -> HttpResponse:
    """Answer with the language."""
    return HttpResponse(f"{get_language()} {request.LANGUAGE_CODE}")


URLS = ModuleType("tests_contract_model_views_urls")
URLS.urlpatterns = [  # type: ignore[attr-defined]
    path("groups/", Groups.as_view()),
    path("groups/strict/", Groups.as_view(allow_empty=False)),
    path("groups/add/", Create.as_view()),
    path("groups/<int:pk>/", generic.DetailView.as_view(model=Group)),
    path("groups/named/<str:slug>/", generic.DetailView.as_view(model=Group, slug_field="name")),
    path("groups/<int:pk>/edit/", Update.as_view()),
    path("groups/<int:pk>/delete/", generic.DeleteView.as_view(model=Group, success_url="/groups/")),
    path("contact/", ContactView.as_view()),
    path(
        "joined/<int:year>/",
        generic.YearArchiveView.as_view(model=User, date_field="date_joined", make_object_list=True),
    ),
    path(
        "joined/<int:year>/<int:month>/",
        generic.MonthArchiveView.as_view(model=User, date_field="date_joined", month_format="%m", allow_future=True),
    ),
    path("refuse/", refuse),
    path("i18n/", include("fastjango.conf.urls.i18n")),
    path("catalog.js", JavaScriptCatalog.as_view()),
    path("catalog.json", JSONCatalog.as_view()),
]
URLS.urlpatterns += i18n_patterns(path("language/", language, name="language"), prefix_default_language=False)  # type: ignore[attr-defined]
sys.modules[URLS.__name__] = URLS
LOCALE = "fastjango.middleware.locale.LocaleMiddleware"


@override_settings(ROOT_URLCONF=URLS.__name__, TEMPLATES=TEMPLATES)
class ModelViewTests(TestCase):
    """Views of one model."""

    groups: list[Any]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.groups = [Group.objects.create(name=name) for name in ("a", "b", "c")]

    def page(self, address: str) -> str:
        return str(self.client.get(address).content.decode())

    def test_a_list_comes_in_pages(self) -> None:
        assert self.page("/groups/") == "a,b,1/2"
        assert self.page("/groups/?page=2") == "c,2/2"
        assert self.page("/groups/?page=last") == "c,2/2"
        for number in ("3", "0", "x", "-1", "1e9"):
            assert self.client.get(f"/groups/?page={number}").status_code == 404, number

    def test_an_empty_list_may_be_refused(self) -> None:
        Group.objects.all().delete()

        assert self.page("/groups/") == "1/1"
        assert self.client.get("/groups/strict/").status_code == 404

    def test_a_page_costs_two_queries(self) -> None:
        with self.assertNumQueries(2):
            self.page("/groups/")

    def test_one_object_is_found_by_key_or_word(self) -> None:
        a = self.groups[0]

        assert self.page(f"/groups/{a.pk}/") == self.page("/groups/named/a/") == f"a|{a.pk}"
        assert self.client.get("/groups/0/").status_code == 404
        assert self.client.get("/groups/99999999999999999999/").status_code == 404

    def test_an_object_is_made_changed_and_deleted(self) -> None:
        made = self.client.post("/groups/add/", {"name": "new"})
        group = Group.objects.get(name="new")
        assert made["Location"] == f"/groups/{group.pk}/"

        assert self.page(f"/groups/{group.pk}/edit/") == "new"
        self.client.post(f"/groups/{group.pk}/edit/", {"name": "newer"})
        assert self.page(f"/groups/{group.pk}/delete/") == "Delete newer?"
        assert self.client.post(f"/groups/{group.pk}/delete/")["Location"] == "/groups/"
        assert not Group.objects.filter(pk=group.pk).exists()

    def test_a_wrong_form_is_shown_again(self) -> None:
        response = self.client.post("/groups/add/", {"name": "a"})

        assert response.status_code == 200
        assert b"Group with this Name already exists." in response.content
        assert self.client.post("/contact/", {"email": "x"}).status_code == 200
        assert self.client.post("/contact/", {"email": "x@example.com"})["Location"] == "/thanks/"

    def test_archives_list_what_has_a_date(self) -> None:
        for month in (1, 3, 3):
            number = User.objects.count()
            User.objects.create(username=f"u{number}", date_joined=datetime(2025, month, 5, tzinfo=UTC))

        assert self.page("/joined/2025/") == "2025-01,2025-03,3"
        assert self.page("/joined/2025/3/").startswith("2")
        assert self.client.get("/joined/2024/").status_code == 404
        assert self.client.get("/joined/2025/13/").status_code == 404

    def test_a_view_that_lacks_something_says_what(self) -> None:
        request = self.client.get("/groups/").wsgi_request
        for view, missing in (
            (generic.ListView, "Define ListView.model, ListView.queryset, or override ListView.get_queryset"),
            (generic.TemplateView, "requires either a definition of 'template_name'"),
        ):
            with pytest.raises(ImproperlyConfigured, match=missing):
                view.as_view()(request).render()


@override_settings(ROOT_URLCONF=URLS.__name__, TEMPLATES=TEMPLATES, DEBUG=False)
class ErrorPageTests(TestCase):
    """What visitors see when something went wrong."""

    def test_pages_of_errors_give_nothing_away(self) -> None:
        client = Client(raise_request_exception=False)
        for why, status in (("denied", 403), ("bad", 400), ("fault", 500)):
            response = client.get(f"/refuse/?why={why}")

            assert response.status_code == status
            assert b"secret reason" not in response.content
            assert b"Traceback" not in response.content

    def test_a_page_of_ones_own_is_used_and_escapes(self) -> None:
        response = self.client.get("/<script>/")

        assert response.content.decode() == "Lost: /%3Cscript%3E/"


@override_settings(ROOT_URLCONF=URLS.__name__, MIDDLEWARE=[*settings.MIDDLEWARE, LOCALE], LANGUAGE_CODE="en")
class LanguageTests(TestCase):
    """The visitor's language."""

    def ask(self, address: str = "/language/", **headers: str) -> str:
        return str(self.client.get(address, headers=headers).content.decode())

    def test_the_address_decides_then_the_cookie_then_the_browser(self) -> None:
        assert self.ask("/de/language/") == "de de"
        assert self.ask() == "en en"
        assert reverse("language") == "/language/"
        with override("fr"):
            assert reverse("language") == "/fr/language/"

    def test_a_visitor_is_led_to_the_address_of_the_language(self) -> None:
        with override_settings(ROOT_URLCONF=PREFIXED.__name__):
            response = self.client.get("/language/", headers={"accept-language": "xx,de-AT;q=0.8,en;q=0.5"})

        assert (response.status_code, response["Location"]) == (302, "/de/language/")
        assert "Accept-Language" in response["Vary"]

    def test_a_language_is_chosen_by_form(self) -> None:
        response = self.client.post("/i18n/setlang/", {"language": "fr", "next": "/groups/"})

        assert response["Location"] == "/groups/"
        assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "fr"
        assert self.client.post("/i18n/setlang/", {"language": "fr", "next": "//evil.test"})["Location"] == "/"
        assert settings.LANGUAGE_COOKIE_NAME not in Client().post("/i18n/setlang/", {"language": "xx"}).cookies

    def test_scripts_get_the_translations(self) -> None:
        script = self.client.get("/catalog.js")
        values = json.loads(self.client.get("/catalog.json").content)

        assert script["Content-Type"].startswith("text/javascript")
        assert "gettext" in script.content.decode()
        assert set(values) == {"catalog", "formats", "plural"}


PREFIXED = ModuleType("tests_contract_prefixed_urls")
PREFIXED.urlpatterns = i18n_patterns(path("language/", language))  # type: ignore[attr-defined]
sys.modules[PREFIXED.__name__] = PREFIXED
