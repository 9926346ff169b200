"""URL patterns beside the routes of the tutorial's program."""

from __future__ import annotations

from typing import Any

from fastjango.http import HttpResponse
from fastjango.urls import path


def page(request: Any) -> HttpResponse:
    return HttpResponse("A Django-style view")


urlpatterns = [path("django-view/", page)]
