"""A program as the Python that it stands for, for people to read."""

from __future__ import annotations

from typing import Any

_JOINTS = {"AND": " & ", "OR": " | ", "XOR": " ^ "}


def source(program: dict[str, Any]) -> str:
    """Return the queryset of *program* and what is asked of it."""
    kind, *details = program["final"]
    lines = [_query(program)]
    if kind in ("call", "list"):
        lines.append(f"  .{details[0]}({_arguments(details[1], details[2])})")
    else:
        lines.append(f"  # {kind} {details if details else ''}")
    if program.get("timezone"):
        lines.append(f"  # in the time zone {program['timezone']}")
    return "\n".join(lines)


def _query(program: dict[str, Any]) -> str:
    text = f"{program['model']}.objects"
    for name, args, kwargs in program["steps"]:
        if name == "slice":
            text += f"[{':'.join('' if part is None else str(part) for part in (args if len(args) > 1 else [None, *args]))}]"
        else:
            text += f"\n  .{name}({_arguments(args, kwargs)})"
    return text


def _arguments(args: list[Any], kwargs: dict[str, Any]) -> str:
    return ", ".join([*map(_node, args), *(f"{name}={_node(value)}" for name, value in kwargs.items())])


def _node(node: Any) -> str:
    if not isinstance(node, list):
        return repr(node)
    tag, *parts = node
    writer = _WRITERS.get(tag)
    return writer(*parts) if writer else f"{tag}({', '.join(map(repr, parts))})"


def _q(connector: str, negated: bool, children: list[Any]) -> str:
    shown = [f"Q({part[1]}={_node(part[2])})" if part[0] == "kw" else _node(part) for part in children]
    return f"{'~' if negated else ''}({_JOINTS[connector].join(shown)})"


_WRITERS: dict[str, Any] = {
    "list": lambda items: f"[{', '.join(map(_node, items))}]",
    "tuple": lambda items: f"({', '.join(map(_node, items))},)",
    "dict": lambda pairs: f"{{{', '.join(f'{key!r}: {_node(value)}' for key, value in pairs)}}}",
    "q": _q,
    "call": lambda name, args, kwargs: f"{name}({_arguments(args, kwargs)})",
    "method": lambda node, name, args, kwargs: f"{_node(node)}.{name}({_arguments(args, kwargs)})",
    "op": lambda symbol, left, right: f"({_node(left)} {symbol} {_node(right)})",
    "not": lambda node: f"~{_node(node)}",
    "query": _query,
    "object": lambda model, key: f"{model}(pk={key!r})",
}


__all__ = ["source"]
