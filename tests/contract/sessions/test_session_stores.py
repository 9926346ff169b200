"""What every session store keeps, whatever it keeps it in, and what the middleware sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from fastjango.conf import settings
from fastjango.contrib.sessions.backends.base import UpdateError
from fastjango.contrib.sessions.exceptions import SessionInterrupted
from fastjango.contrib.sessions.middleware import SessionMiddleware
from fastjango.contrib.sessions.models import Session
from fastjango.core.cache import cache
from fastjango.core.management import call_command
from fastjango.http import HttpResponse
from fastjango.test import RequestFactory, override_settings
from fastjango.utils import timezone

BACKENDS = "fastjango.contrib.sessions.backends."
SERVER_SIDE = ["db", "cache", "cached_db", "file"]
rf = RequestFactory()
View = Callable[[Any], HttpResponse]


@pytest.fixture
def kept_in(request: Any, db: None, tmp_path: Path) -> Iterator[str]:
    """The engine that the test is about."""
    with override_settings(SESSION_ENGINE=BACKENDS + request.param, SESSION_FILE_PATH=str(tmp_path)):
        yield request.param
        cache.clear()


every_store = pytest.mark.parametrize("kept_in", [*SERVER_SIDE, "signed_cookies"], indirect=True)
every_server_side_store = pytest.mark.parametrize("kept_in", SERVER_SIDE, indirect=True)


def store(key: str | None = None) -> Any:
    """Return a session of the engine in the settings."""
    return import_module(settings.SESSION_ENGINE).SessionStore(key)


def visit(view: View, key: str | None = None) -> tuple[Any, HttpResponse]:
    """Send a request with the session cookie *key* through the middleware; return request and response."""
    request = rf.get("/")
    if key is not None:
        request.COOKIES[settings.SESSION_COOKIE_NAME] = key
    response = SessionMiddleware(view)(request)
    return request, response


def idle(request: Any) -> HttpResponse:
    """Answer without a look at the session."""
    return HttpResponse("ok")


def count(request: Any) -> HttpResponse:
    """Count visits."""
    request.session["visits"] = request.session.get("visits", 0) + 1
    return HttpResponse(str(request.session["visits"]))


@every_store
def test_what_was_saved_is_read_under_its_key(kept_in: str) -> None:
    session = store()
    session["basket"] = {"apples": 3, "note": "grün ☃"}
    session.save()

    again = store(session.session_key)

    assert again["basket"] == {"apples": 3, "note": "grün ☃"}
    assert again.get("nothing", "default") == "default"


@every_server_side_store
def test_a_key_that_the_server_never_gave_is_not_taken_over(kept_in: str) -> None:
    session = store("chosenbyastranger0123456789abcde")
    session["x"] = 1
    session.save()

    assert session.session_key != "chosenbyastranger0123456789abcde"
    assert not store().exists("chosenbyastranger0123456789abcde")


@every_server_side_store
def test_cycling_the_key_keeps_data_and_forgets_the_old_key(kept_in: str) -> None:
    session = store()
    session["x"] = 1
    session.save()
    old = session.session_key

    session.cycle_key()

    assert session.session_key != old
    assert store(session.session_key)["x"] == 1
    assert not store().exists(old)


@every_server_side_store
def test_flush_leaves_neither_data_nor_key(kept_in: str) -> None:
    session = store()
    session["x"] = 1
    session.save()
    old = session.session_key

    session.flush()

    assert session.session_key is None
    assert list(session.keys()) == []
    assert not store().exists(old)


@every_server_side_store
def test_a_session_that_was_deleted_meanwhile_does_not_come_back(kept_in: str) -> None:
    session = store()
    session["x"] = 1
    session.save()
    late = store(session.session_key)
    late["y"] = 2

    session.delete()

    with pytest.raises(UpdateError):
        late.save()


@every_store
def test_expiry_is_seconds_a_moment_or_the_end_of_the_browser(kept_in: str) -> None:
    session = store()

    session.set_expiry(60)
    assert session.get_expiry_age() == 60
    session.set_expiry(timezone.now() + timedelta(seconds=90))
    assert 85 <= session.get_expiry_age() <= 90
    session.set_expiry(0)
    assert session.get_expire_at_browser_close() is True
    session.set_expiry(None)
    assert session.get_expiry_age() == settings.SESSION_COOKIE_AGE


@pytest.fixture
def anyio_backend() -> str:
    """Databases need asyncio."""
    return "asyncio"


@every_store
@pytest.mark.anyio
async def test_the_async_twins_do_the_same(kept_in: str) -> None:
    session = store()
    await session.aset("visits", 1)
    await session.aupdate({"name": "Ada"})
    await session.asave()

    again = store(session.session_key)

    assert await again.aget("visits") == 1
    assert await again.apop("name") == "Ada"
    assert await again.ahas_key("visits") is True


@pytest.mark.parametrize("kept_in", ["db"], indirect=True)
def test_clearsessions_deletes_what_has_expired_and_nothing_else(kept_in: str) -> None:
    kept, gone = store(), store()
    for session, seconds in ((kept, 3600), (gone, -3600)):
        session["x"] = 1
        session.set_expiry(seconds)
        session.save()

    call_command("clearsessions")

    assert [row.session_key for row in Session.objects.all()] == [kept.session_key]


@pytest.mark.parametrize("kept_in", ["db"], indirect=True)
def test_damaged_data_is_an_empty_session(kept_in: str) -> None:
    session = store()
    session["x"] = 1
    session.save()
    Session.objects.update(session_data="damaged:" + "x" * 30)

    assert list(store(session.session_key).keys()) == []


@pytest.mark.parametrize("kept_in", ["file"], indirect=True)
@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", "..", "a\x00b"])
def test_a_key_cannot_name_another_file(kept_in: str, key: str) -> None:
    session = store(key)

    assert list(session.keys()) == []
    assert session.session_key != key


@pytest.mark.parametrize("kept_in", ["signed_cookies"], indirect=True)
def test_a_changed_cookie_is_an_empty_session(kept_in: str) -> None:
    session = store()
    session["staff"] = False
    session.save()
    key = session.session_key

    assert list(store(key[:-2] + ("AA" if not key.endswith("AA") else "BB")).keys()) == []


@every_store
def test_a_visitor_who_stores_nothing_gets_no_cookie(kept_in: str) -> None:
    _request, response = visit(idle)

    assert settings.SESSION_COOKIE_NAME not in response.cookies
    assert "Vary" not in response.headers


@every_store
def test_a_visitor_is_known_by_the_cookie(kept_in: str) -> None:
    request, first = visit(count)
    cookie = first.cookies[settings.SESSION_COOKIE_NAME]

    _request, second = visit(count, cookie.value)

    assert second.content == b"2"
    assert first.headers["Vary"] == "Cookie"
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert request.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


@pytest.mark.parametrize("kept_in", ["db"], indirect=True)
@override_settings(SESSION_SAVE_EVERY_REQUEST=True)
def test_a_response_with_a_renewed_cookie_is_for_its_visitor_only(kept_in: str) -> None:
    request, _response = visit(count)

    _request, response = visit(idle, request.session.session_key)

    assert settings.SESSION_COOKIE_NAME in response.cookies
    assert response.headers["Vary"] == "Cookie"


@pytest.mark.parametrize("kept_in", ["db"], indirect=True)
def test_an_emptied_session_takes_its_cookie_back(kept_in: str) -> None:
    request, _response = visit(count)

    def leave(request: Any) -> HttpResponse:
        request.session.flush()
        return HttpResponse("bye")

    _request, response = visit(leave, request.session.session_key)

    assert response.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0


@pytest.mark.parametrize("kept_in", ["db"], indirect=True)
def test_a_failed_response_saves_nothing(kept_in: str) -> None:
    def fail(request: Any) -> HttpResponse:
        request.session["x"] = 1
        return HttpResponse("broken", status=500)

    _request, response = visit(fail)

    assert settings.SESSION_COOKIE_NAME not in response.cookies
    assert Session.objects.count() == 0


@pytest.mark.parametrize("kept_in", ["db"], indirect=True)
def test_a_logout_beside_a_running_request_is_said(kept_in: str) -> None:
    request, _response = visit(count)

    def lose(request: Any) -> HttpResponse:
        request.session["x"] = 1
        Session.objects.all().delete()
        return HttpResponse("ok")

    with pytest.raises(SessionInterrupted, match="deleted before the request completed"):
        visit(lose, request.session.session_key)


@pytest.mark.parametrize("kept_in", ["db"], indirect=True)
def test_reading_costs_one_query_and_an_idle_request_none(
    kept_in: str, django_assert_num_queries: Callable[[int], Any]
) -> None:
    request, _response = visit(count)
    key = request.session.session_key

    with django_assert_num_queries(0):
        visit(idle, key)
    with django_assert_num_queries(1):
        visit(lambda request: HttpResponse(str(request.session["visits"])), key)
