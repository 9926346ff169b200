"""Functions as API views."""

from __future__ import annotations

from typing import Any

from fastjango.rest.decorators import api_view
from fastjango.rest.response import Response
from fastjango.rest.test import APIRequestFactory


@api_view(["PATCH", "GET", "DELETE"])
def things(request: Any) -> Response:
    """Answer."""
    return Response({})


def test_allowed_methods_are_named_in_the_order_given() -> None:
    response = things(APIRequestFactory().get("/"))

    assert response.headers["Allow"] == "PATCH, GET, DELETE, OPTIONS"
