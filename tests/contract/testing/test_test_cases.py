"""The tools for tests: clients, assertions, isolation, settings, mail, live servers."""

from __future__ import annotations

import json
import sys
import unittest
import urllib.request
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from fastjango.conf import settings
from fastjango.contrib.auth.models import Group, User
from fastjango.core import mail
from fastjango.core.files.uploadedfile import SimpleUploadedFile
from fastjango.db import connection, transaction
from fastjango.http import HttpResponse, HttpResponseRedirect, JsonResponse
from fastjango.template import engines
from fastjango.test import (
    AsyncRequestFactory,
    Client,
    LiveServerTestCase,
    RequestFactory,
    SimpleTestCase,
    TestCase,
    TransactionTestCase,
    modify_settings,
    override_settings,
)
from fastjango.test.utils import CaptureQueriesContext, isolate_apps, tag
from fastjango.urls import path


def echo(request: Any) -> JsonResponse:
    """Answer with what was sent."""
    return JsonResponse(
        {
            "method": request.method,
            "query": dict(request.GET.items()),
            "post": dict(request.POST.items()),
            "files": {name: file.read().decode() for name, file in request.FILES.items()},
            "body": request.content_type if request.FILES or request.POST else request.body.decode(),
            "header": request.headers.get("X-Colour"),
        }
    )


def count_users(request: Any) -> HttpResponse:
    """Answer with the number of users."""
    return HttpResponse(str(User.objects.count()))


def ask_itself(request: Any) -> HttpResponse:
    """Answer with what the server says, and with the same from here."""
    with urllib.request.urlopen(request.build_absolute_uri("/users/"), timeout=20) as answer:
        return HttpResponse(f"{answer.read().decode()} {User.objects.count()}")


def remember(request: Any) -> HttpResponse:
    """Count visits in the session."""
    request.session["visits"] = request.session.get("visits", 0) + 1
    response = HttpResponse(str(request.session["visits"]))
    response.set_cookie("seen", "yes")
    return response


def shown(request: Any) -> HttpResponse:
    """Answer from a template."""
    template = engines["django"].from_string("<p>{{ name }}</p><ul><li>a</li><li>b</li></ul>")
    return HttpResponse(template.render({"name": "Ada & co"}, request))


async def who(request: Any) -> HttpResponse:
    """Answer with the user's name."""
    return HttpResponse((await request.auser()).get_username() or "nobody")


def broken(request: Any) -> HttpResponse:
    """Fail."""
    raise LookupError("broken on purpose")


URLS = ModuleType("tests_contract_testing_urls")
URLS.urlpatterns = [  # type: ignore[attr-defined]
    path("echo/", echo),
    path("users/", count_users),
    path("asks-itself/", ask_itself),
    path("remember/", remember),
    path("shown/", shown),
    path("who/", who),
    path("broken/", broken),
    path("one/", lambda request: HttpResponseRedirect("/two/?a=1")),
    path("two/", lambda request: HttpResponseRedirect("/echo/?b=2")),
    path("round/", lambda request: HttpResponseRedirect("/round/")),
]
sys.modules[URLS.__name__] = URLS


@override_settings(ROOT_URLCONF=URLS.__name__)
class ClientTests(TestCase):
    """``self.client`` and ``self.async_client``."""

    def test_forms_files_and_json_are_sent_as_a_browser_would(self) -> None:
        file = SimpleUploadedFile("a.txt", b"content")

        sent = self.client.post("/echo/?q=1", {"name": "ü", "file": file}, headers={"x-colour": "red"}).json()
        as_json = self.client.put("/echo/", {"a": [1]}, content_type="application/json").json()

        assert sent == {
            "method": "POST",
            "query": {"q": "1"},
            "post": {"name": "ü"},
            "files": {"file": "content"},
            "body": "multipart/form-data",
            "header": "red",
        }
        assert json.loads(as_json["body"]) == {"a": [1]}

    def test_redirects_are_followed_on_request(self) -> None:
        response = self.client.get("/one/", follow=True)

        assert response.redirect_chain == [("/two/?a=1", 302), ("/echo/?b=2", 302)]
        assert response.json()["query"] == {"b": "2"}
        self.assertRedirects(self.client.get("/one/"), "/two/?a=1", target_status_code=302)
        with pytest.raises(Exception, match="Redirect loop detected"):
            self.client.get("/round/", follow=True)

    def test_cookies_and_sessions_last_for_the_client(self) -> None:
        assert self.client.get("/remember/").content == b"1"
        assert self.client.get("/remember/").content == b"2"
        assert self.client.session["visits"] == 2
        assert self.client.cookies["seen"].value == "yes"
        assert Client().get("/remember/").content == b"1"

    def test_login_and_logout(self) -> None:
        user = User.objects.create_user("ada", password="right")

        assert self.client.login(username="ada", password="wrong") is False
        assert self.client.login(username="ada", password="right") is True
        assert self.client.get("/who/").content == b"ada"
        self.client.logout()
        assert self.client.get("/who/").content == b"nobody"
        self.client.force_login(user)
        assert self.client.get("/who/").content == b"ada"

    async def test_the_async_client_does_the_same(self) -> None:
        user = await User.objects.acreate_user("ada")
        await self.async_client.aforce_login(user)

        assert (await self.async_client.get("/who/")).content == b"ada"
        assert (await self.async_client.get("/one/", follow=True)).json()["query"] == {"b": "2"}
        assert (await self.async_client.get("/echo/", headers={"x-colour": "red"})).json()["header"] == "red"

    def test_an_exception_of_a_view_reaches_the_test(self) -> None:
        with pytest.raises(LookupError, match="broken on purpose"):
            self.client.get("/broken/")

        assert Client(raise_request_exception=False).get("/broken/").status_code == 500

    def test_a_response_knows_its_context_and_view(self) -> None:
        response = self.client.get("/shown/")

        assert response.context["name"] == "Ada & co"
        assert response.resolver_match.func is shown
        assert response.wsgi_request.path == "/shown/"


@override_settings(ROOT_URLCONF=URLS.__name__)
class AssertionTests(TestCase):
    """What the assertions accept, and what they say otherwise."""

    def test_contents(self) -> None:
        response = self.client.get("/shown/")

        self.assertContains(response, "<li>", count=2)
        self.assertContains(response, "<ul> <li>a</li><li>b</li> </ul>", html=True)
        self.assertNotContains(response, "<b>")
        with pytest.raises(AssertionError, match="Couldn't find '<b>' in the following response"):
            self.assertContains(response, "<b>")
        with pytest.raises(AssertionError, match="Response code was 200"):
            self.assertContains(response, "x", status_code=404)

    def test_html_json_and_xml_are_compared_by_meaning(self) -> None:
        self.assertHTMLEqual('<a class="x y" href="/">t</a>', "<a href='/' class='y x'> t </a>")
        self.assertJSONEqual('{"a": 1, "b": [2]}', {"b": [2], "a": 1})
        self.assertXMLEqual("<a b='1' c='2'/>", '<a c="2" b="1"></a>')
        self.assertURLEqual("/?b=2&a=1", "/?a=1&b=2")
        with pytest.raises(AssertionError):
            self.assertHTMLEqual("<p>a</p>", "<p>b</p>")

    def test_queries_are_counted_and_shown(self) -> None:
        with self.assertNumQueries(2):
            Group.objects.count()
            list(Group.objects.all())
        with pytest.raises(AssertionError, match="1 queries executed, 0 expected") as failed, self.assertNumQueries(0):
            Group.objects.count()
        assert "auth_group" in str(failed.value)
        with CaptureQueriesContext(connection) as captured:
            Group.objects.exists()
        assert len(captured) == 1

    async def test_queries_are_counted_in_async_code(self) -> None:
        with self.assertNumQueries(1):
            await Group.objects.acount()

    def test_querysets_are_compared_in_order(self) -> None:
        a, b = (Group.objects.create(name=name) for name in "ab")

        self.assertQuerySetEqual(Group.objects.order_by("name"), [a, b])
        self.assertQuerySetEqual(Group.objects.all(), [b, a], ordered=False)
        with pytest.raises(AssertionError):
            self.assertQuerySetEqual(Group.objects.order_by("name"), [b, a])

    def test_errors_of_forms(self) -> None:
        from fastjango.contrib.auth.forms import AuthenticationForm

        form = AuthenticationForm(data={"username": ""})

        self.assertFormError(form, "username", "This field is required.")
        with pytest.raises(AssertionError):
            self.assertFormError(form, "username", "Something else.")

    def test_callbacks_of_a_commit_are_caught_and_run(self) -> None:
        done: list[int] = []
        with self.captureOnCommitCallbacks(execute=True) as callbacks:
            transaction.on_commit(lambda: done.append(1))
            assert done == []

        assert (len(callbacks), done) == (1, [1])

    def test_mail_is_kept(self) -> None:
        mail.send_mail("Subject", "Text", "from@example.com", ["to@example.com"])

        assert [message.subject for message in mail.outbox] == ["Subject"]

    def test_mail_of_other_tests_is_gone(self) -> None:
        assert mail.outbox == []


class IsolationTests(TestCase):
    """Nothing is left behind; what is made for the class cannot be spoiled by one test."""

    group: Any

    @classmethod
    def setUpTestData(cls) -> None:
        cls.group = Group.objects.create(name="shared")

    def test_one_test_changes_rows_and_objects(self) -> None:
        self.group.name = "spoiled"
        self.group.save()
        Group.objects.create(name="more")

        assert Group.objects.count() == 2

    def test_another_sees_nothing_of_it(self) -> None:
        assert self.group.name == "shared"
        assert list(Group.objects.all()) == [self.group]

    async def test_an_async_test_is_in_the_same_transaction(self) -> None:
        assert await Group.objects.aget(name="shared") == self.group


class CommittedTests(TransactionTestCase):
    """Real commits, and empty tables afterwards."""

    def test_a_rolled_back_block_and_its_callbacks_leave_nothing(self) -> None:
        done: list[str] = []
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            Group.objects.create(name="x")
            transaction.on_commit(lambda: done.append("rolled back"))
            _ = 1 / 0
        with transaction.atomic():
            Group.objects.create(name="y")
            transaction.on_commit(lambda: done.append("committed"))

        assert done == ["committed"]
        assert [group.name for group in Group.objects.all()] == ["y"]

    def test_tables_are_empty_at_the_start(self) -> None:
        assert not Group.objects.exists()


class LoadedTests(TransactionTestCase):
    """Rows out of a file, for each test anew, and before ``setUpClass`` looks for them."""

    fixtures = [str(Path(__file__).with_name("groups.json"))]
    found: Any

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.found = Group.objects.first()

    def test_rows_are_there_for_the_class_and_for_each_test(self) -> None:
        assert self.found.name == Group.objects.get(pk=7).name == "from a file"
        Group.objects.all().delete()

    def test_rows_that_another_test_deleted_are_back(self) -> None:
        assert Group.objects.get(pk=7) == self.found
        Group.objects.all().delete()


@override_settings(ROOT_URLCONF=URLS.__name__)
class LiveTests(LiveServerTestCase):
    """A real server on a free port."""

    def test_a_live_server_sees_the_rows_of_the_test(self) -> None:
        User.objects.create_user("ada")
        with urllib.request.urlopen(f"{self.live_server_url}/echo/?a=1") as answer:
            assert json.load(answer)["query"] == {"a": "1"}

    def test_a_view_may_ask_its_own_server_and_the_database(self) -> None:
        User.objects.create_user("ada")
        with urllib.request.urlopen(f"{self.live_server_url}/asks-itself/", timeout=30) as answer:
            assert answer.read() == b"1 1"


class SettingsTests(SimpleTestCase):
    """Other settings for a while."""

    @override_settings(LANGUAGE_CODE="de")
    def test_values_hold_for_a_function(self) -> None:
        assert settings.LANGUAGE_CODE == "de"
        with self.settings(LANGUAGE_CODE="fr"), self.modify_settings(ALLOWED_HOSTS={"append": "x.example"}):
            assert (settings.LANGUAGE_CODE, settings.ALLOWED_HOSTS[-1]) == ("fr", "x.example")
        assert settings.LANGUAGE_CODE == "de"

    def test_values_come_back_after_an_exception(self) -> None:
        with pytest.raises(ZeroDivisionError), modify_settings(MIDDLEWARE={"remove": settings.MIDDLEWARE[0]}):
            assert len(settings.MIDDLEWARE) == 6
            _ = 1 / 0

        assert len(settings.MIDDLEWARE) == 7

    def test_the_database_is_refused_where_none_was_asked_for(self) -> None:
        with pytest.raises(AssertionError, match="Database queries to 'default' are not allowed in SimpleTestCase"):
            Group.objects.count()

    def test_warnings_and_messages(self) -> None:
        with self.assertRaisesMessage(ValueError, "part of it"):
            raise ValueError("this is part of it, too")
        with self.assertWarnsMessage(DeprecationWarning, "old"):
            import warnings

            warnings.warn("old way", DeprecationWarning, stacklevel=1)

    @isolate_apps("fastjango.contrib.auth")
    def test_models_of_a_test_stay_in_it(self) -> None:
        from fastjango.apps import apps
        from fastjango.db import models

        class OnlyHere(models.Model):
            class Meta:
                app_label = "auth"

        assert OnlyHere._meta.apps is not apps
        with pytest.raises(LookupError):
            apps.get_model("auth", "OnlyHere")


def test_request_factories_make_requests_without_middleware() -> None:
    sync = RequestFactory(headers={"x-colour": "red"}).post("/a/?b=1", {"c": "2"})
    waits = AsyncRequestFactory().get("/a/", query_params={"b": 1})

    assert (sync.POST["c"], sync.GET["b"], sync.headers["X-Colour"]) == ("2", "1", "red")
    assert (waits.GET["b"], waits.method) == ("1", "GET")
    assert not hasattr(sync, "user")


def test_tags_select_tests() -> None:
    from fastjango.test.runner import filter_tests_by_tags

    class Some(unittest.TestCase):
        @tag("slow", "database")
        def test_slow(self) -> None: ...

        def test_quick(self) -> None: ...

    suite = unittest.TestSuite([Some("test_slow"), Some("test_quick")])

    assert [test.id().split(".")[-1] for test in filter_tests_by_tags(suite, {"slow"}, set())] == ["test_slow"]
    assert [test.id().split(".")[-1] for test in filter_tests_by_tags(suite, set(), {"database"})] == ["test_quick"]
