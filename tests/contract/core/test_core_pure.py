"""Validators, signing, pages, checks, and the pure helpers."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from decimal import Decimal
from typing import Any

import pytest

from fastjango.core import checks, signing
from fastjango.core.exceptions import ValidationError
from fastjango.core.paginator import AsyncPaginator, EmptyPage, PageNotAnInteger, Paginator
from fastjango.core.validators import (
    DecimalValidator,
    EmailValidator,
    MaxLengthValidator,
    ProhibitNullCharactersValidator,
    URLValidator,
)
from fastjango.utils.dateparse import parse_datetime, parse_duration
from fastjango.utils.decorators import method_decorator
from fastjango.utils.duration import duration_iso_string
from fastjango.utils.encoding import iri_to_uri, repercent_broken_unicode, uri_to_iri
from fastjango.utils.functional import SimpleLazyObject, cached_property, lazy
from fastjango.utils.http import parse_header_parameters, parse_http_date, url_has_allowed_host_and_scheme
from fastjango.utils.regex_helper import normalize


@pytest.mark.parametrize("value", ["user@example.com", '"quoted@name"@example.com', "a@[127.0.0.1]", "a@localhost"])
def test_mail_addresses_that_are_accepted(value: str) -> None:
    EmailValidator()(value)


@pytest.mark.parametrize(
    "value", ["", "a", "a@", "@b.de", "a@b..de", "a @b.de", "a@b.de\n", "a" * 310 + "@example.com"]
)
def test_mail_addresses_that_are_refused(value: str) -> None:
    with pytest.raises(ValidationError, match=r"Enter a valid email address."):
        EmailValidator()(value)


@pytest.mark.parametrize("value", ["http://example.com/a?b", "https://[::1]:8000/", "ftp://user:pw@host.example/"])
def test_addresses_that_are_accepted(value: str) -> None:
    URLValidator()(value)


@pytest.mark.parametrize("value", ["example.com", "javascript:alert(1)", "http://a b/", "http://[::1", "http://x.y\n/"])
def test_addresses_that_are_refused(value: str) -> None:
    with pytest.raises(ValidationError, match=r"Enter a valid URL."):
        URLValidator()(value)


def test_decimals_are_counted_by_digit() -> None:
    DecimalValidator(4, 2)(Decimal("12.34"))
    with pytest.raises(ValidationError, match=r"no more than 2 digits before the decimal point"):
        DecimalValidator(4, 2)(Decimal("123"))


def test_lengths_and_null_characters() -> None:
    with pytest.raises(ValidationError, match=r"at most 3 characters \(it has 4\)"):
        MaxLengthValidator(3)("abcd")
    with pytest.raises(ValidationError, match=r"Null characters are not allowed."):
        ProhibitNullCharactersValidator()("a\x00b")


def test_what_is_signed_comes_back_and_changes_are_seen() -> None:
    signed = signing.dumps({"user": 1}, salt="tests", compress=True)

    assert signing.loads(signed, salt="tests", max_age=60) == {"user": 1}
    with pytest.raises(signing.BadSignature):
        signing.loads(signed, salt="other")
    with pytest.raises(signing.BadSignature):
        signing.loads(f"x{signed}", salt="tests")


def test_old_signatures_expire_and_old_keys_still_work(monkeypatch: pytest.MonkeyPatch) -> None:
    signed = signing.TimestampSigner(key="old").sign("value")
    signer = signing.TimestampSigner(key="new", fallback_keys=["old"])
    assert signer.unsign(signed, max_age=dt.timedelta(minutes=1)) == "value"

    later = time.time() + 100
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(signing.SignatureExpired):
        signer.unsign(signed, max_age=60)


def test_pages() -> None:
    paginator = Paginator(list("abcdefghijk"), 3, orphans=2)

    assert paginator.num_pages == 3
    assert list(paginator.page(3)) == list("ghijk")
    assert paginator.get_page("nonsense").number == 1
    assert paginator.get_page(99).number == 3
    with pytest.raises(PageNotAnInteger):
        paginator.page("x")
    with pytest.raises(EmptyPage, match=r"That page contains no results"):
        paginator.page(9)


def test_elided_pages() -> None:
    pages = list(Paginator(range(1000), 10).get_elided_page_range(50, on_each_side=1, on_ends=1))

    assert [str(page) for page in pages] == ["1", "\u2026", "49", "50", "51", "\u2026", "100"]


def test_pages_for_async_code() -> None:
    async def use() -> list[Any]:
        page = await AsyncPaginator([1, 2, 3], 2).apage(2)
        return [item async for item in page]

    assert asyncio.run(use()) == [3]


def test_checks_run_by_tag() -> None:
    registry = checks.registry.CheckRegistry()

    @registry.register("mine")
    def finds_something(app_configs: Any, **kwargs: Any) -> list[Any]:
        return [checks.Error("Wrong.", hint="Right.", id="mine.E001")]

    assert registry.run_checks(tags=["other"]) == []
    (error,) = registry.run_checks(tags=["mine"])
    assert str(error) == "?: (mine.E001) Wrong.\n\tHINT: Right."


@pytest.mark.parametrize(
    "url", ["//evil.com", "/\\evil.com", "http:///evil.com", "javascript:alert(1)", "\x08//evil.com", "http:evil.com"]
)
def test_redirects_to_others_are_refused(url: str) -> None:
    assert not url_has_allowed_host_and_scheme(url, {"example.com"})


@pytest.mark.parametrize("url", ["/next/", "https://example.com/next/", "next?a=//b"])
def test_redirects_to_us_are_allowed(url: str) -> None:
    assert url_has_allowed_host_and_scheme(url, {"example.com"})


def test_header_parameters() -> None:
    line = 'Form-Data; name="a;\\"b"; filename*=utf-8\'\'na%C3%AFve.txt'

    assert parse_header_parameters(line) == ("form-data", {"name": 'a;"b', "filename": "na\u00efve.txt"})


def test_dates_of_headers() -> None:
    assert parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777
    assert parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == 784111777
    with pytest.raises(ValueError, match=r"is not in a valid HTTP date format"):
        parse_http_date("yesterday")


def test_moments_and_durations_from_text() -> None:
    assert parse_datetime("2026-4-9 4:8:16-0320") == dt.datetime.fromisoformat("2026-04-09T04:08:16-03:20")
    assert parse_duration("-P1DT2H") == -dt.timedelta(days=1, hours=2)
    assert parse_duration(duration_iso_string(dt.timedelta(seconds=-1.5))) == dt.timedelta(seconds=-1.5)
    assert parse_duration("soon") is None


def test_addresses_in_both_spellings() -> None:
    assert iri_to_uri("/\u00fcber/?q=\u00e4") == "/%C3%BCber/?q=%C3%A4"
    assert uri_to_iri("/%C3%BCber/%2F%20%FF") == "/\u00fcber/%2F%20%FF"


def test_broken_bytes_are_quoted_in_linear_time() -> None:
    started = time.perf_counter()

    assert repercent_broken_unicode(b"a\xff" * 200_000).count(b"%FF") == 200_000
    assert time.perf_counter() - started < 2


def test_patterns_turned_round() -> None:
    assert normalize(r"^(?P<year>\d{4})/(\w+)/$") == [("%(year)s/%(_0)s/", ["year", "_0"])]
    assert normalize(r"^a(?:/(?P<b>x))?$") == [("a", []), ("a/%(b)s", ["b"])]


def test_lazy_values() -> None:
    calls: list[int] = []

    def work(number: int) -> str:
        calls.append(number)
        return f"text {number}"

    value = lazy(work, str)(1)
    assert calls == []
    assert value.upper() == "TEXT 1"
    assert value + "!" == "text 1!"

    wrapped = SimpleLazyObject(lambda: ["a"])
    assert wrapped == ["a"]
    assert len(wrapped) == 1


def test_cached_properties_are_worked_out_once() -> None:
    class Thing:
        calls = 0

        @cached_property
        def value(self) -> int:
            self.calls += 1
            return self.calls

    thing = Thing()

    assert (thing.value, thing.value) == (1, 1)


def test_decorators_for_methods() -> None:
    def shout(func: Any) -> Any:
        return lambda *args: func(*args).upper()

    class Greeter:
        @method_decorator(shout)
        def greet(self, name: str) -> str:
            return f"hello {name}"

    assert Greeter().greet("you") == "HELLO YOU"
