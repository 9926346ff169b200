"""The small site of these tests: two models, Django-style views and FastAPI routes side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, BackgroundTasks, Form, Request, WebSocket
from pydantic import BaseModel

from fastjango import forms
from fastjango.apps.registry import Apps
from fastjango.contrib.auth import get_user_model, login
from fastjango.db import connection, models, transaction
from fastjango.db.errors import PoolTimeout
from fastjango.db.execute import fetch
from fastjango.db.models.signals import post_save
from fastjango.http import HttpResponse, JsonResponse
from fastjango.shortcuts import get_object_or_404
from fastjango.urls import include, path
from fastjango.views.decorators.csrf import csrf_exempt

registry = Apps()
#: What happened, in order; a test empties it.
diary: list[str] = []
#: The objects that views and routes saw, for tests of identity.
seen: dict[str, Any] = {}


class Author(models.Model):
    name = models.CharField(max_length=40)

    class Meta:
        apps = registry
        app_label = "asgi_site"


class Book(models.Model):
    title = models.CharField(max_length=40)
    pages = models.IntegerField(default=0)
    price = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    author = models.ForeignKey(Author, models.CASCADE)

    class Meta:
        apps = registry
        app_label = "asgi_site"


def rename_author(sender: Any, instance: Book, **kwargs: Any) -> None:
    """A signal receiver that queries: part of every ``Book.save()``."""
    Author.objects.filter(pk=instance.author.pk).update(name="renamed")
    diary.append("signal")


post_save.connect(rename_author, sender=Book, dispatch_uid="asgi_site")


class BookForm(forms.Form):
    title = forms.CharField(max_length=40)
    pages = forms.IntegerField()
    price = forms.DecimalField(max_digits=6, decimal_places=2)


class BookIn(BaseModel):
    title: str
    pages: int = 0


class Echo(BaseModel):
    number: float
    text: str


# ---------------------------------------------------------------- Django-style views


def book_page(request: Any, pk: int) -> HttpResponse:
    book = get_object_or_404(Book, pk=pk)
    return HttpResponse(f"{book.title} by {book.author.name}")


def by_title(request: Any, title: str) -> HttpResponse:
    return HttpResponse(str(Book.objects.filter(title=title).count()))


def search(request: Any) -> HttpResponse:
    return HttpResponse(str(Book.objects.filter(title__icontains=request.GET.get("q", "")).count()))


@csrf_exempt
def add_book(request: Any) -> HttpResponse:
    form = BookForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse(form.errors, status=400)
    author = Author.objects.create(name="new")
    Book.objects.create(author=author, **form.cleaned_data)
    return HttpResponse(status=201)


@csrf_exempt
def raw_body(request: Any) -> HttpResponse:
    return HttpResponse(str(len(request.body)))


def protected(request: Any) -> HttpResponse:
    return HttpResponse("posted")


def log_in(request: Any) -> HttpResponse:
    login(request, get_user_model()._default_manager.get(username="reader"))
    return HttpResponse("in")


def whoami(request: Any) -> HttpResponse:
    seen["view"] = request.user
    return HttpResponse(request.user.get_username())


def busy(request: Any) -> HttpResponse:
    raise PoolTimeout("no connection")


# ---------------------------------------------------------------- FastAPI routes

router = APIRouter()


@router.get("/books/{pk}")
async def read_book(pk: int) -> dict[str, Any]:
    book = Book.objects.get(pk=pk)
    return {"title": book.title, "author": book.author.name}


@router.get("/titles/{title}")
async def count_title(title: str, pages: int | None = None) -> int:
    found = Book.objects.filter(title=title)
    return found.filter(pages=pages).count() if pages is not None else found.count()


@router.post("/books")
async def write_book(data: BookIn) -> dict[str, Any]:
    author = Author.objects.create(name="new")
    book = Book(author=author, title=data.title, pages=data.pages)
    book.save()
    author.refresh_from_db()
    return {"id": book.pk, "author": author.name}


@router.post("/echo")
async def echo_back(data: Echo) -> Echo:
    return data


@router.post("/form")
async def write_form(title: str = Form(), pages: int = Form()) -> int:
    return Book.objects.filter(title=title, pages=pages).count()


@router.post("/anything")
async def anything(request: Request) -> int:
    return len(await request.body())


@router.get("/me")
async def me(request: Request) -> str:
    seen["route"] = request.user
    seen["request"] = request.scope["fastjango.request"]
    name: str = request.user.get_username()
    return name


@router.post("/change")
async def change() -> str:
    return "changed"


@router.get("/later")
async def later(tasks: BackgroundTasks) -> str:
    tasks.add_task(_note_count)
    diary.append("answer")
    return "ok"


async def _note_count() -> None:
    await asyncio.sleep(0)
    diary.append(f"task {Author.objects.count()}")


@router.get("/fail")
async def fail() -> None:
    with transaction.atomic():
        Author.objects.create(name="lost")
        raise RuntimeError("on purpose")


@router.get("/hang")
async def hang() -> None:
    with transaction.atomic():
        Author.objects.create(name="lost")
        diary.append("hanging")
        await asyncio.sleep(30)


@router.get("/busy")
async def busy_route() -> None:
    raise PoolTimeout("no connection")


@router.get("/timeout")
async def timeout() -> str:
    try:
        async with asyncio.timeout(0.05):
            with transaction.atomic():
                Author.objects.create(name="lost")
                await asyncio.sleep(30)
    except TimeoutError:
        return "late"
    return "never"


@router.get("/sleep")
async def sleep() -> str:
    fetch("default", "SELECT pg_sleep(0.4)")
    return "slept"


@router.get("/sleep-in-transaction")
async def sleep_in_transaction() -> str:
    with transaction.atomic():
        Author.objects.create(name="lost")
        diary.append("hanging")
        fetch("default", "SELECT pg_sleep(30)")
    return "slept"


@router.websocket("/echo")
async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(f"{await socket.receive_text()} {Author.objects.count()}")
    await socket.close()


# ---------------------------------------------------------------- middleware


def stamp(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Django-style middleware that puts a header on every response."""

    def middleware(request: Any) -> Any:
        response = get_response(request)
        response["X-Stamp"] = f"{response.status_code}"
        return response

    return middleware


urlpatterns: list[Any] = [
    path("books/<int:pk>/", book_page),
    path("by-title/<str:title>/", by_title),
    path("search/", search),
    path("add/", add_book),
    path("raw/", raw_body),
    path("protected/", protected),
    path("log-in/", log_in),
    path("whoami/", whoami),
    path("busy/", busy),
    path("api/", include(router)),
]


def own_models() -> list[Any]:
    """Return the models of these tests with what they need, in the order in which tables can be made."""
    from fastjango.contrib.auth.models import Group, Permission, User
    from fastjango.contrib.contenttypes.models import ContentType
    from fastjango.contrib.sessions.models import Session

    return [ContentType, Permission, Group, User, Session, Author, Book]


def create_tables() -> None:
    """Create the tables of the site."""
    with connection.schema_editor() as editor:
        for model in own_models():
            editor.create_model(model)


def drop_tables() -> None:
    """Drop the tables of the site."""
    with connection.schema_editor() as editor:
        for model in reversed(own_models()):
            editor.delete_model(model)
