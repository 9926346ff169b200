"""SQL is built from SQLAlchemy expressions: text that is no constant enters it in known files only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "fastjango"
SINKS = {"text", "literal_column", "TextClause", "DDL"}
# The files in which text of our own making becomes SQL: names are quoted there, and never come from a request.
# Conditions, expressions and defaults of models were compiled by us before they stand in a constraint.
LISTED = {
    "db/migrations/ddl/tables.py",
    "db/models/ddl.py",
    "db/sqlalchemy/in_full.py",
}


def _from_sqlalchemy(tree: ast.AST) -> tuple[set[str], set[str]]:
    """Return the local names of raw-text functions, and of modules of SQLAlchemy."""
    functions, modules = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            functions |= {alias.asname or alias.name for alias in node.names if alias.name in SINKS}
            modules |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            modules |= {
                (alias.asname or alias.name).partition(".")[0] for alias in node.names if "sqlalchemy" in alias.name
            }
    return functions, modules


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return all(isinstance(value, ast.Constant) for value in node.values)
    return isinstance(node, ast.Constant)


def raw_text_sinks(path: Path) -> Iterator[int]:
    """Yield the lines on which text that is no constant becomes SQL: ``sqlalchemy.text(x)``, ``column.op(x)``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions, modules = _from_sqlalchemy(tree)
    if not modules:
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args or _is_constant(node.args[0]):
            continue
        called = node.func
        by_name = isinstance(called, ast.Name) and called.id in functions
        by_module = (
            isinstance(called, ast.Attribute)
            and isinstance(called.value, ast.Name)
            and called.value.id in modules
            and called.attr in SINKS
        )
        operator = isinstance(called, ast.Attribute) and called.attr in {"op", "bool_op"}
        if by_name or by_module or operator:
            yield node.lineno


def test_text_becomes_sql_in_listed_files_only() -> None:
    found = {str(path.relative_to(SOURCE)): list(raw_text_sinks(path)) for path in SOURCE.rglob("*.py")}
    users = {path for path, lines in found.items() if lines}

    assert {path: found[path] for path in sorted(users - LISTED)} == {}
    assert sorted(LISTED - users) == []


def test_no_statement_is_formatted_from_a_request() -> None:
    """Views, forms, REST and middleware never send SQL of their own."""
    rooms = ("http", "urls", "template", "forms", "views", "middleware", "rest")
    users = [
        str(path.relative_to(SOURCE))
        for room in rooms
        for path in (SOURCE / room).rglob("*.py")
        if ".cursor()" in path.read_text(encoding="utf-8")
    ]

    assert users == []
