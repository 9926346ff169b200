"""What is put into a cache comes out as it was, without pickle."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import uuid
import zoneinfo
from collections import OrderedDict
from decimal import Decimal
from pathlib import Path
from pickle import PicklingError
from typing import Any

import pytest
import redis

from fastjango.core.cache import register_codec
from fastjango.core.cache.backends.base import CacheKeyWarning
from fastjango.core.cache.backends.db import DatabaseCache
from fastjango.core.cache.backends.filebased import FileBasedCache
from fastjango.core.cache.backends.locmem import LocMemCache
from fastjango.core.cache.backends.redis import RedisCache
from fastjango.core.cache.codecs import dumps, loads
from fastjango.core.management import call_command
from fastjango.test import override_settings
from fastjango.utils.functional import lazystr
from fastjango.utils.safestring import SafeString, mark_safe

VALUES: list[Any] = [
    None,
    True,
    10**30,
    1.5,
    "text \ud800",
    b"\x00\xff",
    (1, (2,)),
    {1, 2},
    frozenset({"a"}),
    {"plain": [1, {"deep": None}]},
    {1: "a", (2, 3): "b", None: "c"},
    {"!": "a key like our tag"},
    OrderedDict([("b", 1), ("a", 2)]),
    dt.datetime(2026, 3, 29, 2, 30, fold=1),
    dt.datetime(2026, 7, 1, 12, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
    dt.datetime(2026, 7, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2))),
    dt.date(2026, 1, 2),
    dt.time(3, 4, 5, 6),
    dt.timedelta(days=-1, microseconds=7),
    Decimal("1.10"),
    uuid.UUID(int=7),
    complex(1, -2),
    range(1, 9, 2),
]


class Point:
    """A class that no codec knows at first."""

    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_ordinary_values_come_back_the_same(value: Any) -> None:
    found = loads(dumps(value))

    assert found == value
    assert type(found) is type(value)


def test_zones_keep_their_names() -> None:
    moment = dt.datetime(2026, 7, 1, 12, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))

    assert str(loads(dumps(moment)).tzinfo) == "Europe/Berlin"


def test_safe_text_stays_safe_and_lazy_text_becomes_text() -> None:
    assert type(loads(dumps(mark_safe("<b>")))) is SafeString
    assert loads(dumps(lazystr("later"))) == "later"


def test_unknown_classes_are_refused_with_the_fix() -> None:
    with pytest.raises(TypeError, match=r"Object of type Point cannot be cached without pickle") as caught:
        dumps([Point(1, 2)])

    assert isinstance(caught.value, PicklingError)
    assert "register_codec" in caught.value.__notes__[0]


def test_a_codec_of_ones_own() -> None:
    class Pair(Point):
        pass

    register_codec(Pair, "tests.pair", lambda pair: [pair.x, pair.y], lambda parts: Pair(*parts))

    assert loads(dumps({"p": Pair(1, 2)}))["p"].y == 2


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)

    with pytest.raises(ValueError, match=r"contains itself"):
        dumps(value)


def test_an_unknown_tag_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"Unknown kind of cached value"):
        loads('{"!": "os.system", "v": "x"}')


TABLE_CACHE = {"BACKEND": "fastjango.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_of_the_tests"}
REDIS_URL = os.environ.get("FASTJANGO_TEST_REDIS", "redis://127.0.0.1:6379/9")


def redis_answers() -> bool:
    """Return whether there is a Redis to test with."""
    try:
        return bool(redis.Redis.from_url(REDIS_URL, socket_connect_timeout=0.3).ping())
    except redis.RedisError:
        return False


@pytest.fixture(params=["memory", "files", "redis", "table"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A cache of each kind; Redis only where one answers."""
    if request.param == "table":
        request.getfixturevalue("db")
        made: Any = DatabaseCache("cache_of_the_tests", {"OPTIONS": {"MAX_ENTRIES": 10}})
        with override_settings(CACHES={"default": TABLE_CACHE}):
            call_command("createcachetable", verbosity=0)
    elif request.param == "redis":
        if not redis_answers():
            pytest.skip("Redis does not answer")
        made = RedisCache(REDIS_URL, {"KEY_PREFIX": str(tmp_path)})
    elif request.param == "memory":
        made = LocMemCache(str(tmp_path), {"OPTIONS": {"MAX_ENTRIES": 10}})
    else:
        made = FileBasedCache(tmp_path / "cache", {"OPTIONS": {"MAX_ENTRIES": 10}})
    yield made
    made.clear()


def test_get_gives_a_copy(cache: Any) -> None:
    cache.set("key", {"list": [1]})
    cache.get("key")["list"].append(2)

    assert cache.get("key") == {"list": [1]}


def test_add_get_many_incr_and_delete(cache: Any) -> None:
    assert cache.add("n", 1)
    assert not cache.add("n", 2)
    assert cache.incr("n", 4) == 5
    cache.set_many({"a": 1, "b": 2})
    assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    assert cache.delete("a")
    assert "a" not in cache
    with pytest.raises(ValueError, match=r"Key '.*gone' not found"):
        cache.incr("gone")


def test_values_expire(cache: Any) -> None:
    cache.set("now", 1, timeout=0)
    cache.set("never", 2, timeout=None)

    assert cache.get("now", "gone") == "gone"
    assert cache.get("never") == 2


def test_none_is_a_value(cache: Any) -> None:
    assert cache.get_or_set("none", None) is None
    assert cache.get("none", "default") is None


def test_versions_are_kept_apart(cache: Any) -> None:
    cache.set("key", "one", version=1)
    cache.set("key", "two", version=2)

    assert cache.get("key", version=1) == "one"
    assert cache.incr_version("key", version=2) == 3
    assert cache.get("key", version=3) == "two"


def test_the_oldest_go_when_it_is_full(cache: Any) -> None:
    if isinstance(cache, RedisCache):
        pytest.skip("Redis limits itself")
    for number in range(30):
        cache.set(f"key{number}", number)

    assert sum(f"key{number}" in cache for number in range(30)) <= 10


def test_the_async_twins(cache: Any) -> None:
    async def use() -> Any:
        await cache.aset("key", (1, 2))
        return await cache.aget("key"), await cache.aget_or_set("other", lambda: 3), await cache.ahas_key("key")

    assert asyncio.run(use()) == ((1, 2), 3, True)


def test_keys_that_memcached_refuses_warn(cache: Any) -> None:
    with pytest.warns(CacheKeyWarning, match=r"will cause errors if used with memcached"):
        cache.set("with space", 1)


def test_memory_keeps_what_only_a_copy_can_hold() -> None:
    cache = LocMemCache("copies", {})
    point = Point(1, 2)
    cache.set("point", point)
    point.x = 9

    assert cache.get("point").x == 1
