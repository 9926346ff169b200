"""The text of a stub: the source of a module without bodies, and with what its models have besides."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fastjango.core.management.stubs.members import helpers_of, members_of
from fastjango.core.management.stubs.names import Names

HEADER = """\
# Written by makestubs; run it again when the models change.
# mypy: ignore-errors
# pyright: basic, reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false
# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false, reportPrivateUsage=false
# ruff: noqa
import datetime as _datetime
import decimal as _decimal
import uuid as _uuid
from collections.abc import Iterable as _Iterable
from typing import Any as _Any, Self as _Self, TypedDict as _TypedDict, Unpack as _Unpack

from fastjango.db import models as _models
from fastjango.db.models import QuerySet as _QuerySet
from fastjango.db.models.expressions.combinable import Combinable as _Combinable
from fastjango.db.models.manager import DefaultManager as _DefaultManager
from fastjango.db.models.relations.related_types import Related as _Related
"""


KEPT: tuple[type[ast.stmt], ...] = (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom)
if alias := getattr(ast, "TypeAlias", None):
    # ``type X = ...``, from Python 3.12 on.
    KEPT = (*KEPT, alias)


def models_by_module(models: Iterable[Any]) -> dict[str, list[Any]]:
    """Return the models by the name of the module that holds their classes."""
    found: dict[str, list[Any]] = {}
    for model in models:
        if not model._meta.auto_created:
            found.setdefault(model.__module__, []).append(model)
    return found


def stub_of(module: str, models: list[Any], depth: int) -> tuple[Path, str]:
    """
    Return where the stub of a module belongs and its text.

    Args:
        depth: How many relations lookups follow.
    Raises:
        ValueError: The module has no source file.
    """
    source = getattr(importlib.import_module(module), "__file__", None)
    if source is None or not source.endswith(".py"):
        raise ValueError(f"{module} has no source file.")
    path = Path(source)
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    names = Names(module)
    by_name = {model.__name__: model for model in models}
    owners = _owners(models)
    body: list[str] = []
    for statement in tree.body:
        model = by_name.get(statement.name) if isinstance(statement, ast.ClassDef) else None
        if model is not None:
            body += helpers_of(model, names, depth)
        kept = _without_bodies(statement)
        if isinstance(kept, ast.ClassDef) and model is not None:
            _complete(kept, members_of(model, names))
        if isinstance(kept, ast.ClassDef) and kept.name in owners:
            _parametrize(kept, owners[kept.name])
        if kept is not None:
            body.append(ast.unparse(kept))
            if isinstance(kept, ast.ClassDef):
                body.append("")
    # Imports of the source come first: it may begin with one from __future__.
    first = [line for line in body if line.startswith("from __future__")]
    rest = [line for line in body if not line.startswith("from __future__")]
    lines = [*HEADER.splitlines(), *sorted(names.imports), "", *rest]
    place = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    return path.with_suffix(".pyi"), "\n".join([*lines[:place], *first, *lines[place:]]).rstrip() + "\n"


def _without_bodies(statement: ast.stmt) -> ast.stmt | None:
    """Return a statement as a stub has it; None for what it has not."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        statement.body = [ast.Expr(ast.Constant(...))]
    elif isinstance(statement, ast.ClassDef):
        kept = [_without_bodies(inner) for inner in statement.body]
        statement.body = [inner for inner in kept if inner is not None] or [ast.Expr(ast.Constant(...))]
    elif isinstance(statement, (ast.If, ast.Try)):
        for inner in ast.walk(statement):
            if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
                inner.body = [ast.Expr(ast.Constant(...))]
    elif not isinstance(statement, KEPT):
        return None
    return statement


def _owners(models: list[Any]) -> dict[str, str]:
    """Return the names of querysets and managers that serve one model of this module only, with its name."""
    users: dict[str, set[str]] = {}
    for model in models:
        for manager in model._meta.managers:
            for cls in (manager._queryset_class, type(manager)):
                if cls.__module__ == model.__module__:
                    users.setdefault(cls.__qualname__, set()).add(model.__name__)
    return {name: models.pop() for name, models in users.items() if len(models) == 1}


def _parametrize(statement: ast.ClassDef, model: str) -> None:
    """Say whose rows a queryset or manager gives, where its class does not."""
    for place, base in enumerate(statement.bases):
        if ast.unparse(base).rpartition(".")[2] in ("QuerySet", "Manager"):
            statement.bases[place] = ast.Subscript(base, ast.Constant(model), ast.Load())


def _complete(statement: ast.ClassDef, members: list[str]) -> None:
    """Put members into a class, in place of its own of the same name."""
    added = ast.parse("\n".join(members)).body
    known = {name for item in added for name in _names(item)}
    statement.body = [item for item in statement.body if not _names(item) & known or _is_init(item)]
    own = {name for item in statement.body for name in _names(item)}
    statement.body += [item for item in added if not _names(item) & own]


def _is_init(item: ast.stmt) -> bool:
    # A constructor of one's own says itself what it takes.
    return isinstance(item, ast.FunctionDef) and item.name == "__init__"


def _names(item: ast.stmt) -> set[str]:
    if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {item.name}
    if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
        return {item.target.id}
    if isinstance(item, ast.Assign):
        return {target.id for target in item.targets if isinstance(target, ast.Name)}
    return set()


__all__ = ["models_by_module", "stub_of"]
