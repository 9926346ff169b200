"""URL patterns beside the routes of FastAPI's tests."""

from __future__ import annotations

from fastjango.http import HttpResponse
from fastjango.urls import path


def page(request: object) -> HttpResponse:
    return HttpResponse("A Django-style view")


urlpatterns = [path("django-view/", page)]
