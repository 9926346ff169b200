"""Paths to views and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.http import HttpResponse
from fastjango.urls import (
    NoReverseMatch,
    Resolver404,
    clear_url_caches,
    include,
    path,
    re_path,
    register_converter,
    resolve,
    reverse,
    set_script_prefix,
)

router = APIRouter()


@router.get("/items/{item_id}", name="item")
def item(item_id: int) -> int:
    """Return the number."""
    return item_id


def view(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer nothing."""
    return HttpResponse()


class YearConverter:
    """Four digits."""

    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        """Return the year; 0000 is none."""
        if value == "0000":
            raise ValueError(value)
        return int(value)

    def to_url(self, value: int) -> str:
        """Return four digits."""
        return f"{value:04d}"


register_converter(YearConverter, "tests_year")


class URLs:
    """Stands for a URLconf module."""

    def __init__(self, *urlpatterns: Any) -> None:
        self.urlpatterns = list(urlpatterns)


urls = URLs(
    path("", view, name="home"),
    path("items/new/", view, name="new"),
    path("items/<int:pk>/", view, name="detail"),
    path("items/<slug:name>/", view, name="by_name"),
    path("items/<int:pk>/", view, name="never"),
    path("<str:section>/page/<int:number>/", view, {"extra": 1}, name="page"),
    path("archive/<tests_year:year>/", view, name="archive"),
    path("archive/<int:year>/", view, name="archive_fallback"),
    re_path(r"^old/(\d+)/$", view, name="old"),
    path("files/<path:name>", view, name="file"),
    path("shop/<str:tenant>/", include(([path("cart/<uuid:pk>/", view, name="cart")], "shop"), "s1")),
    path("api/", include(router)),
    re_path(r"^", include([path("rest/", view, name="rest")])),
)


@pytest.fixture(autouse=True)
def fresh_urls() -> Iterator[None]:
    """Forget resolvers and prefix around each test."""
    clear_url_caches()
    yield
    set_script_prefix("/")
    clear_url_caches()


@pytest.mark.parametrize(
    ("address", "name", "kwargs"),
    [
        ("/", "home", {}),
        ("/items/new/", "new", {}),
        ("/items/12/", "detail", {"pk": 12}),
        ("/items/a-b/", "by_name", {"name": "a-b"}),
        ("/x/page/3/", "page", {"section": "x", "number": 3, "extra": 1}),
        ("/archive/1999/", "archive", {"year": 1999}),
        ("/archive/0000/", "archive_fallback", {"year": 0}),
        ("/files/a/b/c", "file", {"name": "a/b/c"}),
        ("/rest/", "rest", {}),
    ],
)
def test_first_pattern_that_matches_answers(address: str, name: str, kwargs: dict[str, Any]) -> None:
    match = resolve(address, urls)

    assert (match.url_name, match.kwargs) == (name, kwargs)


def test_unnamed_groups_become_positional_arguments() -> None:
    assert resolve("/old/5/", urls).args == ("5",)


def test_included_pattern_knows_namespace_route_and_outer_arguments() -> None:
    match = resolve("/shop/acme/cart/0d5ba2b5-7e5c-4b8b-9a53-5f2d0a3a4a11/", urls)

    assert match.view_name == "s1:cart"
    assert match.app_name == "shop"
    assert match.route == "shop/<str:tenant>/cart/<uuid:pk>/"
    assert match.kwargs["tenant"] == "acme"


def test_unknown_path_names_the_patterns_tried() -> None:
    with pytest.raises(Resolver404) as caught:
        resolve("/nothing", urls)

    assert caught.value.args[0]["path"] == "nothing"
    assert len(caught.value.args[0]["tried"]) == len(urls.urlpatterns)


@pytest.mark.parametrize("address", ["/x/page/" + "9" * 5000 + "/", "/items/\0/", "/items/\ud800/", "//items//"])
def test_odd_paths_are_just_not_found(address: str) -> None:
    with pytest.raises(Resolver404):
        resolve(address, urls)


def test_path_of_a_router_is_left_to_the_application() -> None:
    with pytest.raises(Resolver404):
        resolve("/api/items/3", urls)


def test_tried_of_a_match_ends_with_its_own_pattern() -> None:
    match = resolve("/items/12/", urls)

    assert match.tried[-1][0].name == "detail"


@pytest.mark.parametrize(
    ("name", "kwargs", "address"),
    [
        ("home", {}, "/"),
        ("detail", {"pk": 3}, "/items/3/"),
        ("page", {"section": "ä/b", "number": 1}, None),
        ("by_name", {"name": "x"}, "/items/x/"),
        ("file", {"name": "a b/ä"}, "/files/a%20b/%C3%A4"),
        ("archive", {"year": 7}, "/archive/0007/"),
        ("item", {"item_id": 3}, "/api/items/3"),
        (
            "s1:cart",
            {"tenant": "t", "pk": "0d5ba2b5-7e5c-4b8b-9a53-5f2d0a3a4a11"},
            "/shop/t/cart/0d5ba2b5-7e5c-4b8b-9a53-5f2d0a3a4a11/",
        ),
    ],
)
def test_names_give_addresses(name: str, kwargs: dict[str, Any], address: str | None) -> None:
    if address is None:
        with pytest.raises(NoReverseMatch):
            reverse(name, urls, kwargs=kwargs)
    else:
        assert reverse(name, urls, kwargs=kwargs) == address


def test_reverse_adds_prefix_query_and_fragment() -> None:
    set_script_prefix("/site/")

    assert reverse("detail", urls, args=[1], query={"a": [1, 2]}, fragment="x") == "/site/items/1/?a=1&a=2#x"


def test_reverse_never_gives_another_host() -> None:
    assert reverse("file", URLs(path("<path:name>", view, name="file")), args=["/evil"]) == "/%2Fevil"


def test_failed_reverse_says_what_was_tried() -> None:
    with pytest.raises(NoReverseMatch, match=r"with no arguments not found\. 1 pattern"):
        reverse("detail", urls)


@pytest.mark.parametrize("route", ["<int: x>/", "<int:1x>/", "<int:x>/<int:x>/", "<nokind:x>/"])
def test_malformed_routes_are_refused(route: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        path(route, view)
