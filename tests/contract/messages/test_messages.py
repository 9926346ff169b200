"""Messages for the next page, in a cookie, in the session, or in both."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fastjango.contrib import messages
from fastjango.contrib.messages.storage.cookie import CookieStorage
from fastjango.contrib.messages.storage.fallback import FallbackStorage
from fastjango.contrib.messages.storage.session import SessionStorage
from fastjango.contrib.sessions.backends.db import SessionStore
from fastjango.http import HttpResponse
from fastjango.test import RequestFactory, override_settings
from fastjango.utils.safestring import SafeData, mark_safe

rf = RequestFactory()
STORAGES: list[Any] = [CookieStorage, SessionStorage, FallbackStorage]


def request_with(storage: Any, session: Any = None, cookie: str | None = None) -> Any:
    """Return a request that keeps its messages in *storage*."""
    request = rf.get("/")
    request.session = SessionStore() if session is None else session
    if cookie is not None:
        request.COOKIES["messages"] = cookie
    request._messages = storage(request)
    return request


def hand_over(storage: Any, request: Any) -> Any:
    """Answer *request* and return the visitor's next one."""
    response = HttpResponse()
    request._messages.update(response)
    cookie = response.cookies.get("messages")
    return request_with(storage, request.session, cookie.value if cookie and cookie["max-age"] != 0 else None)


@pytest.mark.parametrize("storage", STORAGES)
def test_a_message_reaches_the_next_page_once(storage: Any, db: None) -> None:
    first = request_with(storage)
    messages.success(first, "Saved.", extra_tags="toast")

    second = hand_over(storage, first)
    shown = list(messages.get_messages(second))
    third = hand_over(storage, second)

    assert [(str(message), message.level, message.tags) for message in shown] == [
        ("Saved.", messages.SUCCESS, "toast success")
    ]
    assert list(messages.get_messages(third)) == []


@pytest.mark.parametrize("storage", STORAGES)
def test_messages_that_nobody_read_wait(storage: Any, db: None) -> None:
    first = request_with(storage)
    messages.info(first, "one")
    second = hand_over(storage, first)
    messages.info(second, "two")

    third = hand_over(storage, second)

    assert [message.message for message in messages.get_messages(third)] == ["one", "two"]


@pytest.mark.parametrize("storage", STORAGES)
def test_safe_text_stays_safe_and_other_text_does_not_become_so(storage: Any, db: None) -> None:
    first = request_with(storage)
    messages.info(first, mark_safe("<b>bold</b>"))
    messages.info(first, "<script>")

    safe, unsafe = messages.get_messages(hand_over(storage, first))

    assert isinstance(safe.message, SafeData)
    assert not isinstance(unsafe.message, SafeData)


def test_levels_below_the_setting_are_dropped(db: None) -> None:
    request = request_with(SessionStorage)

    messages.debug(request, "noise")
    with override_settings(MESSAGE_LEVEL=messages.DEBUG):
        loud = request_with(SessionStorage)
        messages.debug(loud, "noise")

    assert len(messages.get_messages(request)) == 0
    assert len(messages.get_messages(loud)) == 1


@pytest.mark.parametrize(
    "change", [lambda text: text[:-1] + "x", lambda text: "x" + text, lambda text: json.dumps(["x"]), lambda text: ""]
)
def test_a_cookie_of_the_visitors_own_making_is_ignored(change: Any, db: None) -> None:
    first = request_with(CookieStorage)
    messages.info(first, "hello")
    response = HttpResponse()
    first._messages.update(response)

    forged = request_with(CookieStorage, cookie=change(response.cookies["messages"].value))

    assert list(messages.get_messages(forged)) == []


def test_what_does_not_fit_in_a_cookie_goes_into_the_session(db: None) -> None:
    first = request_with(FallbackStorage)
    for number in range(5):
        messages.info(first, f"{number}" + "x" * 900)

    shown = [message.message[0] for message in messages.get_messages(hand_over(FallbackStorage, first))]

    assert shown == ["0", "1", "2", "3", "4"]


def test_without_the_middleware_the_error_names_it() -> None:
    with pytest.raises(messages.MessageFailure, match="MessageMiddleware"):
        messages.info(rf.get("/"), "lost")
    messages.info(rf.get("/"), "lost", fail_silently=True)
