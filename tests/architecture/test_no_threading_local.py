"""State of requests and connections lives in context variables; pickle is a choice, never a default."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "fastjango"
PICKLE = "pickle"


def attribute_names(path: Path) -> set[str]:
    """Return every ``module.name`` and ``from module import name`` of a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{node.value.id}.{node.attr}")
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_nothing_uses_threading_local() -> None:
    users = [
        str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if "threading.local" in attribute_names(path)
    ]

    # Clients of caches: one per thread, shared by the tasks of its loop; no state of a request.
    assert users == ["utils/connection.py"]


def test_pickle_is_loaded_only_where_a_project_asked_for_it() -> None:
    loads = {f"{PICKLE}.loads", f"{PICKLE}.load", f"{PICKLE}.Unpickler"}
    users = [str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if attribute_names(path) & loads]

    # The serializer of a cache that a project may choose; and a check of test objects that the test process made itself.
    assert sorted(users) == ["core/cache/serializers.py", "test/assertions.py"]
