"""The code of an ``{% if %}`` condition: the tree of ``smartif.py`` as Python statements.

An operator that fails is false, as in ``smartif``; ``and`` and ``or`` evaluate their right side only if needed.
"""

from __future__ import annotations

from typing import Any

from fastjango.template.codegen.writer import CodeWriter, is_plain
from fastjango.template.smartif import TokenBase

__all__ = ["condition_is_plain", "write_condition"]

COMPARISONS = {
    "in": "{x} in {y}",
    "not in": "{x} not in {y}",
    "is": "{x} is {y}",
    "is not": "{x} is not {y}",
    "==": "{x} == {y}",
    "!=": "{x} != {y}",
    ">": "{x} > {y}",
    ">=": "{x} >= {y}",
    "<": "{x} < {y}",
    "<=": "{x} <= {y}",
}


def condition_is_plain(condition: Any) -> bool:
    """Tell whether generated code can evaluate *condition* without the context being up to date."""
    if condition is None:
        return True
    if _is_literal(condition):
        return is_plain(condition.value)
    operator = getattr(condition, "id", None)
    if not isinstance(condition, TokenBase) or operator not in (*COMPARISONS, "and", "or", "not"):
        return False
    return condition_is_plain(condition.first) and condition_is_plain(condition.second)


def _is_literal(condition: Any) -> bool:
    return getattr(condition, "id", None) == "literal" and hasattr(condition, "text")


def write_condition(code: CodeWriter, condition: Any) -> str:
    """Write code that evaluates *condition*; return the variable with its value."""
    if not condition_is_plain(condition):
        result = code.name("c")
        code.line(f"{result} = {code.object(condition)}.eval(context)")
        return result
    if _is_literal(condition):
        return code.expression(condition.value, ignore_failures=True)
    result = code.name("c")
    operator = condition.id
    with code.block("try:"):
        left = write_condition(code, condition.first)
        if operator == "not":
            code.line(f"{result} = not {left}")
        elif operator in ("and", "or"):
            code.line(f"{result} = {left}")
            with code.block(f"if {result}:" if operator == "and" else f"if not {result}:"):
                right = write_condition(code, condition.second)
                code.line(f"{result} = {right}")
        else:
            right = write_condition(code, condition.second)
            code.line(f"{result} = {COMPARISONS[operator].format(x=left, y=right)}")
    with code.block("except Exception:"):
        code.line(f"{result} = False")
    return result
