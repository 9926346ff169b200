"""Who gets in, who stays in, and what an answer gives away."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any
from unittest import mock

import pytest

from fastjango.conf import settings
from fastjango.contrib import admin
from fastjango.contrib.auth import (
    SESSION_KEY,
    aauthenticate,
    alogin,
    authenticate,
    get_user,
    hashers,
    update_session_auth_hash,
    user_logged_in,
    user_login_failed,
)
from fastjango.contrib.auth.backends import AllowAllUsersModelBackend, BaseBackend, ModelBackend
from fastjango.contrib.auth.hashers import MD5PasswordHasher, make_password
from fastjango.contrib.auth.models import AnonymousUser, User
from fastjango.contrib.auth.tokens import PasswordResetTokenGenerator
from fastjango.core import mail
from fastjango.core.exceptions import PermissionDenied
from fastjango.http import HttpRequest
from fastjango.test import Client, TestCase, override_settings
from fastjango.urls import include, path
from fastjango.utils.http import urlsafe_base64_encode

HASHERS = "fastjango.contrib.auth.hashers."
URLS = ModuleType("tests_contract_auth_urls")
URLS.urlpatterns = [path("admin/", admin.site.urls), path("", include("fastjango.contrib.auth.urls"))]  # type: ignore[attr-defined]
sys.modules[URLS.__name__] = URLS
LOGIN_PAGE = {"registration/login.html": "{{ form }}"}
WITH_LOGIN_PAGE = [
    {
        **settings.TEMPLATES[0],
        "APP_DIRS": False,
        "OPTIONS": {
            **settings.TEMPLATES[0]["OPTIONS"],
            "loaders": [
                ("fastjango.template.loaders.locmem.Loader", LOGIN_PAGE),
                "fastjango.template.loaders.app_directories.Loader",
            ],
        },
    }
]


class Doorman(BaseBackend):
    """Refuses one name at once, whatever the next backends would say."""

    def authenticate(self, request: Any, username: str | None = None, **kwargs: Any) -> Any:
        """Refuse."""
        if username == "banned":
            raise PermissionDenied
        return None


class ByBadge(BaseBackend):
    """Takes other credentials than a password."""

    def authenticate(self, request: Any, badge: Any = None) -> Any:
        """Return the user whose number is on the badge."""
        return User.objects.filter(pk=badge).first()

    def get_user(self, user_id: Any) -> Any:
        """Return the user."""
        return User.objects.filter(pk=user_id).first()


class AuthenticateTests(TestCase):
    """``authenticate()`` and its backends."""

    user: Any

    @classmethod
    def setUpTestData(cls) -> None:
        cls.user = User.objects.create_user("ada", "ada@example.com", "right")

    def test_right_and_wrong_credentials(self) -> None:
        assert authenticate(username="ada", password="right") == self.user
        assert authenticate(username="ada", password="wrong") is None
        assert authenticate(username="nobody", password="right") is None
        assert authenticate(username="ada") is None

    async def test_the_async_twin(self) -> None:
        assert await aauthenticate(username="ada", password="right") == self.user
        assert await aauthenticate(username="ada", password="wrong") is None

    def test_an_inactive_user_stays_outside(self) -> None:
        User.objects.update(is_active=False)

        assert authenticate(username="ada", password="right") is None
        assert AllowAllUsersModelBackend().authenticate(None, "ada", "right") == self.user

    def test_every_answer_costs_one_hash(self) -> None:
        User.objects.create_user("sleeper", password="right", is_active=False)
        User.objects.create_user("unusable")
        for name in ("ada", "nobody", "sleeper", "unusable"):
            with mock.patch.object(
                MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode
            ) as encode:
                authenticate(username=name, password="wrong")

            assert encode.call_count == 1, name

    def test_a_backend_may_refuse_for_all(self) -> None:
        User.objects.create_user("banned", password="right")
        here = f"{__name__}."
        with override_settings(
            AUTHENTICATION_BACKENDS=[here + "Doorman", "fastjango.contrib.auth.backends.ModelBackend"]
        ):
            with mock.patch(here + "Doorman", Doorman, create=True):
                assert authenticate(username="banned", password="right") is None
                assert authenticate(username="ada", password="right") == self.user

    def test_backends_are_asked_for_credentials_they_know(self) -> None:
        here = f"{__name__}.ByBadge"
        with override_settings(AUTHENTICATION_BACKENDS=["fastjango.contrib.auth.backends.ModelBackend", here]):
            user = authenticate(badge=self.user.pk)

        assert user == self.user
        assert user.backend == here

    def test_a_failure_is_signalled_without_the_password(self) -> None:
        heard: list[dict[str, Any]] = []

        def listen(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
            heard.append(credentials)

        user_login_failed.connect(listen)
        try:
            authenticate(username="ada", password="a secret")
        finally:
            user_login_failed.disconnect(listen)

        assert heard[0]["username"] == "ada"
        assert "a secret" not in str(heard)

    def test_a_password_hashed_the_old_way_is_hashed_anew(self) -> None:
        strong = {"PASSWORD_HASHERS": [HASHERS + "ScryptPasswordHasher", HASHERS + "MD5PasswordHasher"]}
        assert self.user.password.startswith("md5$")
        with override_settings(**strong), mock.patch.object(hashers.ScryptPasswordHasher, "work_factor", 2**4):
            authenticate(username="ada", password="right")
            self.user.refresh_from_db()

            assert self.user.password.startswith("scrypt$")
            assert authenticate(username="ada", password="right") == self.user


class LoginTests(TestCase):
    """``login()``, ``logout()`` and what the session knows."""

    user: Any

    @classmethod
    def setUpTestData(cls) -> None:
        cls.user = User.objects.create_user("ada", "ada@example.com", "right")

    def request(self, client: Client) -> Any:
        request: Any = HttpRequest()
        request.session = client.session
        request.user = self.user
        return request

    def test_the_session_key_changes_at_login_and_its_data_stays(self) -> None:
        session = self.client.session
        session["basket"] = 3
        session.save()
        before = session.session_key

        self.client.force_login(self.user)

        assert self.client.session.session_key != before
        assert self.client.session["basket"] == 3

    def test_another_users_data_is_not_taken_over(self) -> None:
        self.client.force_login(self.user)
        session = self.client.session
        session["basket"] = 3
        session.save()

        self.client.force_login(User.objects.create_user("eve"))

        assert "basket" not in self.client.session

    def test_logout_leaves_nothing(self) -> None:
        self.client.force_login(self.user)
        key = self.client.session.session_key

        self.client.logout()

        assert SESSION_KEY not in self.client.session
        assert not self.client.session.exists(key)

    def test_a_new_password_ends_all_other_sessions(self) -> None:
        here, elsewhere = Client(), Client()
        for client in (here, elsewhere):
            client.force_login(self.user)
        request = self.request(here)

        self.user.set_password("new")
        self.user.save()
        update_session_auth_hash(request, self.user)

        assert get_user(request) == self.user
        assert get_user(self.request(elsewhere)) == AnonymousUser()

    def test_sessions_outlive_a_rotated_secret_key(self) -> None:
        with override_settings(SECRET_KEY="old"):
            self.client.force_login(self.user)
        request = self.request(self.client)

        with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
            assert get_user(request) == self.user
        with override_settings(SECRET_KEY="other"):
            assert get_user(request) == AnonymousUser()

    def test_a_deleted_user_is_anonymous(self) -> None:
        self.client.force_login(self.user)
        User.objects.all().delete()

        assert get_user(self.request(self.client)).is_anonymous

    def test_a_backend_that_was_taken_from_the_settings_lets_nobody_in(self) -> None:
        self.client.force_login(self.user)
        request = self.request(self.client)

        with override_settings(AUTHENTICATION_BACKENDS=[f"{__name__}.ByBadge"]):
            assert get_user(request).is_anonymous

    async def test_async_login_sets_last_login_and_says_so(self) -> None:
        heard: list[Any] = []

        def listen(sender: Any, user: Any, **kwargs: Any) -> None:
            heard.append(user)

        user_logged_in.connect(listen)
        request = self.request(self.client)
        try:
            await alogin(request, self.user)
        finally:
            user_logged_in.disconnect(listen)
        await self.user.arefresh_from_db()

        assert heard == [self.user]
        assert self.user.last_login is not None
        assert await request.session.aget(SESSION_KEY) == str(self.user.pk)


@override_settings(ROOT_URLCONF=URLS.__name__, LOGIN_URL="/login/", TEMPLATES=WITH_LOGIN_PAGE)
class PageTests(TestCase):
    """The ready pages for login, password change and reset."""

    user: Any

    @classmethod
    def setUpTestData(cls) -> None:
        cls.user = User.objects.create_user("ada", "ada@example.com", "right-password")

    def login(self, **data: str) -> Any:
        return self.client.post("/login/", {"username": "ada", "password": "right-password", **data})

    def test_login_goes_where_the_visitor_wanted_to(self) -> None:
        response = self.login(next="/basket/")

        assert (response.status_code, response["Location"]) == (302, "/basket/")

    def test_login_does_not_go_to_other_sites(self) -> None:
        for address in (
            "https://evil.test/",
            "//evil.test/",
            "http:///evil.test/",
            "javascript:alert(1)",
            "/\\evil.test",
        ):
            response = self.login(next=address)

            assert response["Location"] == "/accounts/profile/", address

    def test_a_wrong_name_and_a_wrong_password_read_the_same(self) -> None:
        names = self.login(username="nobody"), self.login(password="wrong")

        errors = [str(response.context["form"].errors) for response in names]
        assert [response.status_code for response in names] == [200, 200]
        assert errors[0] == errors[1]

    def test_logout_wants_a_post(self) -> None:
        self.client.force_login(self.user)

        assert self.client.get("/logout/").status_code == 405
        assert SESSION_KEY in self.client.session
        assert self.client.post("/logout/").status_code == 200
        assert SESSION_KEY not in self.client.session

    def test_changing_the_password_wants_the_old_one_and_a_login(self) -> None:
        form = {"old_password": "wrong", "new_password1": "a new phrase", "new_password2": "a new phrase"}
        assert self.client.post("/password_change/", form)["Location"] == "/login/?next=/password_change/"
        self.client.force_login(self.user)

        assert self.client.post("/password_change/", form).status_code == 200
        assert self.client.post("/password_change/", {**form, "old_password": "right-password"}).status_code == 302
        self.user.refresh_from_db()
        assert self.user.check_password("a new phrase")
        assert SESSION_KEY in self.client.session

    def test_reset_says_the_same_for_unknown_addresses(self) -> None:
        known = self.client.post("/password_reset/", {"email": "ada@example.com"})
        unknown = self.client.post("/password_reset/", {"email": "nobody@example.com"})

        assert known.status_code == unknown.status_code == 302
        assert known["Location"] == unknown["Location"]
        assert [message.to for message in mail.outbox] == [["ada@example.com"]]

    def test_reset_mails_the_stored_address(self) -> None:
        # A capital I without a dot folds to the same letters in some comparisons, and is another mailbox.
        User.objects.create_user("mike", "mike@example.org", "x")

        self.client.post("/password_reset/", {"email": "MIKE@example.org"})
        self.client.post("/password_reset/", {"email": "mıke@example.org"})

        assert [message.to for message in mail.outbox] == [["mike@example.org"]]

    def test_a_reset_link_works_once(self) -> None:
        self.client.post("/password_reset/", {"email": "ada@example.com"})
        link = next(word for word in str(mail.outbox[0].body).split() if "/reset/" in word)
        address = "/reset/" + link.split("/reset/")[1]
        form = {"new_password1": "a new phrase", "new_password2": "a new phrase"}

        shown = self.client.get(address)
        # The token goes from the address into the session: no Referer gives it away.
        assert shown["Location"].endswith("/set-password/")
        assert self.client.post(shown["Location"], form).status_code == 302
        self.user.refresh_from_db()
        assert self.user.check_password("a new phrase")
        assert Client().get(address).context["validlink"] is False

    def test_a_mangled_reset_link_is_refused_quietly(self) -> None:
        token = PasswordResetTokenGenerator().make_token(self.user)
        uid = urlsafe_base64_encode(str(self.user.pk).encode())
        for address in (
            f"/reset/{uid}/{token[:-1]}x/",
            f"/reset/!!/{token}/",
            f"/reset/{uid}/x/",
            f"/reset/MTIzNDU2Nzg5MA/{token}/",
        ):
            response = self.client.get(address)

            assert response.status_code in (200, 404), address
            assert response.status_code == 404 or response.context["validlink"] is False


class TokenTests(TestCase):
    """The tokens of reset links."""

    def test_a_token_dies_of_age_login_password_and_address(self) -> None:
        class Clock(PasswordResetTokenGenerator):
            """A generator that may look from the future."""

            now = datetime.now()

            def _now(self) -> datetime:
                return self.now

        generator = Clock()
        user = User.objects.create_user("ada", "ada@example.com", "right")
        token = generator.make_token(user)
        assert generator.check_token(user, token)

        for change in (
            {"last_login": datetime(2030, 1, 1)},
            {"password": make_password("new")},
            {"email": "x@example.com"},
        ):
            before = {name: getattr(user, name) for name in change}
            for name, value in change.items():
                setattr(user, name, value)
            assert not generator.check_token(user, token), change
            for name, value in before.items():
                setattr(user, name, value)

        with override_settings(PASSWORD_RESET_TIMEOUT=60):
            generator.now = Clock.now + timedelta(seconds=59)
            assert generator.check_token(user, token)
            generator.now = Clock.now + timedelta(seconds=62)
            assert not generator.check_token(user, token)

    def test_a_token_is_for_one_user(self) -> None:
        generator = PasswordResetTokenGenerator()
        ada, eve = (User.objects.create_user(name, password="same") for name in ("ada", "eve"))

        assert not generator.check_token(eve, generator.make_token(ada))


@pytest.mark.parametrize("token", ["", None, "a", "a-b", "-", "zzzzzz-" + "0" * 32, "1-" + "é" * 32, "9" * 500 + "-x"])
def test_odd_tokens_are_wrong_and_nothing_more(token: Any) -> None:
    assert PasswordResetTokenGenerator().check_token(User(pk=1, password="x"), token) is False


def test_a_user_is_fetched_by_one_query_per_request(db: None, django_assert_num_queries: Any) -> None:
    user = User.objects.create_user("ada", password="right")
    client = Client()
    client.force_login(user)
    request = HttpRequest()
    request.session = client.session

    with django_assert_num_queries(2):
        # Session and user.
        assert get_user(request) == user
    assert ModelBackend().get_user(0) is None
