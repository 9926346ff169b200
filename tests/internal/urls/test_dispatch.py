"""The compiled form answers as trying every pattern in turn would."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fastjango.urls import URLResolver, include, path, re_path
from fastjango.urls.exceptions import Resolver404
from fastjango.urls.patterns import RegexPattern

ROUTES = [
    "",
    "a/",
    "a",
    "b/",
    "<int:x>/",
    "<str:y>/",
    "<slug:z>",
    "a/<int:w>/",
    "<path:rest>",
    "<uuid:u>/",
    "a<int:v>/",
]
REGEXES = ["^a/$", r"^(?P<n>\d+)/$", "^b", r"^(\w+)/$"]


def view(request: Any) -> None:
    """Never called."""


def leaf(route: str) -> Any:
    return re_path(route, view, name=f"re {route}") if route in REGEXES else path(route, view, name=route)


def within(pair: tuple[str, list[Any]]) -> Any:
    prefix, patterns = pair
    make = re_path if prefix in REGEXES else path
    return make(prefix, include(patterns))


leaves = st.sampled_from(ROUTES + REGEXES).map(leaf)
patterns = st.recursive(
    leaves,
    lambda inner: st.tuples(st.sampled_from([*ROUTES, "^b"]), st.lists(inner, min_size=1, max_size=4)).map(within),
    max_leaves=12,
)
segments = st.sampled_from(["a", "b", "7", "a7", "x-y", "", "00000000-0000-0000-0000-000000000000"])
paths = st.lists(segments, max_size=4).map("/".join)


def one_by_one(resolver: URLResolver, rest: str) -> Any:
    """Return the name and arguments of the first pattern that matches, tried in order."""
    for pattern in resolver.url_patterns:
        taken = pattern.pattern.match(rest)
        if taken is None:
            continue
        if isinstance(pattern, URLResolver):
            inner = one_by_one(pattern, taken[0])
            if inner is not None:
                merged = {**taken[2], **inner[2]}
                return inner[0], (inner[1] if merged else taken[1] + inner[1]), merged
        else:
            return pattern.name, taken[1], taken[2]
    return None


@settings(max_examples=300, deadline=None)
@given(st.lists(patterns, min_size=1, max_size=6), paths)
def test_compiled_dispatch_answers_as_trying_in_turn(urlpatterns: list[Any], address: str) -> None:
    resolver = URLResolver(RegexPattern(r"^/"), urlpatterns)

    try:
        match = resolver.resolve("/" + address)
    except Resolver404:
        found = None
    else:
        found = match.url_name, match.args, match.kwargs

    assert found == one_by_one(resolver, address)
