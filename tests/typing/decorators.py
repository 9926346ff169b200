"""What type checkers know of decorated functions: they are called as before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, assert_type

from fastjango.contrib import admin
from fastjango.contrib.auth.decorators import login_required, permission_required, user_passes_test
from fastjango.db import transaction
from fastjango.http import HttpRequest, HttpResponse
from fastjango.rest.decorators import permission_classes
from fastjango.test import override_settings, tag
from fastjango.utils.decorators import method_decorator
from fastjango.utils.functional import cached_property
from fastjango.views.decorators.cache import cache_control, cache_page, never_cache
from fastjango.views.decorators.csrf import csrf_exempt, csrf_protect, ensure_csrf_cookie
from fastjango.views.decorators.debug import sensitive_post_parameters
from fastjango.views.decorators.gzip import gzip_page
from fastjango.views.decorators.http import condition, require_GET, require_http_methods
from fastjango.views.decorators.vary import vary_on_headers


def plain(request: HttpRequest, number: int) -> HttpResponse:
    """Answer."""
    return HttpResponse(str(number))


async def waits(request: HttpRequest) -> HttpResponse:
    """Answer."""
    return HttpResponse("")


AROUND_VIEWS = [
    assert_type(login_required(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(login_required(login_url="/in/")(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(permission_required("shop.sell")(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(user_passes_test(bool)(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(cache_page(60)(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(never_cache(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(cache_control(private=True)(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(csrf_exempt(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(csrf_protect(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(ensure_csrf_cookie(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(gzip_page(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(require_GET(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(require_http_methods(["GET"])(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(condition()(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(vary_on_headers("Accept")(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(sensitive_post_parameters("pin")(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(permission_classes([])(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(override_settings(DEBUG=True)(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(tag("slow")(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(transaction.atomic(plain)(HttpRequest(), 1), HttpResponse),
    assert_type(transaction.atomic(using="other")(plain)(HttpRequest(), 1), HttpResponse),
]


async def async_views_stay_async() -> HttpResponse:
    """Await decorated views."""
    assert_type(await login_required(waits)(HttpRequest()), HttpResponse)
    return assert_type(await cache_page(60)(waits)(HttpRequest()), HttpResponse)


class Shelf:
    """Decorated methods."""

    @cached_property
    def size(self) -> int:
        """Return the size."""
        return 1

    @method_decorator(login_required)
    def shown(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return HttpResponse("")

    @admin.display(description="Price", ordering="price")
    def price(self, row: Any) -> str:
        """Return the price."""
        return "1"

    @admin.action(description="Publish")
    def publish(self, request: HttpRequest, queryset: Any) -> None:
        """Publish."""


assert_type(Shelf().size, int)
assert_type(Shelf().shown(HttpRequest()), HttpResponse)
assert_type(Shelf().price(1), str)
PUBLISH: Callable[[HttpRequest, Any], None] = Shelf().publish
