"""A program with other values in the same places: what a cached plan gets to see."""

from __future__ import annotations

import random
from typing import Any

from tests.contract.differential.codec import READERS, encode
from tests.contract.differential.generate.values import POOLS


def variant(program: dict[str, Any]) -> dict[str, Any]:
    """Return *program* with other values of the same kinds in its conditions."""
    return {**program, "steps": _varied(program["steps"], random.Random(program["seed"])), "variant": True}


def _varied(node: Any, pick: random.Random) -> Any:
    if isinstance(node, dict):
        return {key: part if key == "model" else _varied(part, pick) for key, part in node.items()}
    if not isinstance(node, list) or not node:
        return node
    if isinstance(node[0], str) and node[0] in READERS:
        return encode(pick.choice(POOLS["binary" if node[0] == "bytes" else node[0]]))
    if node[0] == "extra":
        return node
    if node[0] == "kw":
        return ["kw", node[1], _varied_value(node[1], node[2], pick)]
    if len(node) == 3 and node[0] in ("filter", "exclude"):
        kwargs = {name: _varied_value(name, value, pick) for name, value in node[2].items()}
        return [node[0], _varied(node[1], pick), kwargs]
    if node[0] in ("list", "tuple"):
        items = [_varied_value("", part, pick) for part in node[1]]
        return [node[0], items[:-1] if node[0] == "list" and pick.random() < 0.2 else items]
    return [_varied(part, pick) for part in node]


def _varied_value(name: str, value: Any, pick: random.Random) -> Any:
    if isinstance(value, bool) or value is None or name.endswith("regex"):
        return value
    if isinstance(value, int):
        return pick.choice(POOLS["int"])
    if isinstance(value, str) and "has_key" not in name:
        return pick.choice(POOLS["text"]) if value in POOLS["text"] else value
    return _varied(value, pick)


__all__ = ["variant"]
