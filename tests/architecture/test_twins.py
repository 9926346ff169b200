"""A method and its ``a``-twin take the same arguments; the twin is a coroutine function of one statement."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fastjango.contrib import auth
from fastjango.contrib.auth.backends import BaseBackend, ModelBackend
from fastjango.contrib.auth.models import AnonymousUser, User
from fastjango.contrib.sessions.backends import cache as cache_sessions
from fastjango.contrib.sessions.backends import cached_db, db, file, signed_cookies
from fastjango.contrib.sessions.backends.base import SessionBase
from fastjango.core.cache.backends.base import BaseCache
from fastjango.core.cache.backends.locmem import LocMemCache
from fastjango.core.paginator import AsyncPage, AsyncPaginator, Page, Paginator
from fastjango.db.models import Manager, Model, QuerySet

CLASSES: list[Any] = [
    QuerySet, Manager, Model, SessionBase, db.SessionStore, cached_db.SessionStore, cache_sessions.SessionStore,
    file.SessionStore, signed_cookies.SessionStore, BaseCache, LocMemCache, BaseBackend, ModelBackend, User, AnonymousUser,
]  # fmt: skip
# Methods whose twin is not a coroutine: it gives an asynchronous iterator, with Django's other default.
ITERATORS = {"aiterator"}
# Twins of more than one statement: old positional arguments; sessions load their data first and go on in memory.
OWN_BODY = {"asave", "apop", "aset", "asetdefault", "aupdate", "aremove"}


def pairs(holder: Any) -> Iterator[tuple[str, Callable[..., Any], Callable[..., Any]]]:
    """Yield each public method that has a twin, with it."""
    for name in dir(holder):
        twin = getattr(holder, f"a{name}", None)
        one = getattr(holder, name, None)
        if not name.startswith("_") and callable(one) and callable(twin) and inspect.isroutine(one):
            yield name, one, twin


def parameters(function: Callable[..., Any]) -> list[tuple[str, Any, Any]]:
    """Return names, kinds and defaults."""
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


def passes_on(function: Callable[..., Any]) -> bool:
    """Return whether a function takes whatever it is given."""
    return any(p.kind is p.VAR_KEYWORD for p in inspect.signature(function).parameters.values())


def statements(function: Callable[..., Any]) -> list[ast.stmt]:
    """Return the statements of a function without its docstring."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    body = tree.body[0].body  # type: ignore[attr-defined]  # a function definition
    has_docstring = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return list(body[1:] if has_docstring else body)


@pytest.mark.parametrize("holder", CLASSES, ids=lambda holder: f"{holder.__module__}.{holder.__qualname__}")
def test_twins_have_the_same_parameters(holder: Any) -> None:
    found = list(pairs(holder))

    assert found
    different = [
        name
        for name, one, twin in found
        if f"a{name}" not in ITERATORS
        and parameters(one) != parameters(twin)
        and not (passes_on(one) or passes_on(twin))
    ]
    assert different == []


@pytest.mark.parametrize("holder", CLASSES, ids=lambda holder: f"{holder.__module__}.{holder.__qualname__}")
def test_twins_are_coroutine_functions(holder: Any) -> None:
    plain = [
        f"a{name}"
        for name, _, twin in pairs(holder)
        if f"a{name}" not in ITERATORS and not inspect.iscoroutinefunction(inspect.unwrap(twin))
    ]

    assert plain == []


@pytest.mark.parametrize(
    "holder", [QuerySet, Model, SessionBase, db.SessionStore], ids=lambda holder: holder.__qualname__
)
def test_twins_have_one_statement(holder: Any) -> None:
    long = [f"a{name}" for name, _, twin in pairs(holder) if f"a{name}" not in ITERATORS and len(statements(twin)) > 1]

    assert [name for name in long if name not in OWN_BODY] == []


def test_the_functions_of_auth_have_twins() -> None:
    names = ["authenticate", "login", "logout", "get_user", "update_session_auth_hash"]
    twins = {name: (getattr(auth, name), getattr(auth, f"a{name}")) for name in names}

    assert {name for name, (one, twin) in twins.items() if parameters(one) != parameters(twin)} == set()


def test_the_asynchronous_paginator_has_a_twin_of_every_method_that_queries() -> None:
    for plain, other in ((Paginator, AsyncPaginator), (Page, AsyncPage)):
        missing = [
            name
            for name in ("page", "get_page", "has_next", "has_previous")
            if hasattr(plain, name) and not hasattr(other, f"a{name}")
        ]
        assert missing == []
