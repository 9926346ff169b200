"""
Where FastJango deliberately answers otherwise than Django, and no mended Django (`mended.py`) can say what is right.

Each rule is as narrow as its reason: what Django says, what stands in the program, and what FastJango gives instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.contract.differential.pair import raised

Program = dict[str, Any]
Rule = Callable[[Program, Any, Any], bool]
# Exceptions that are an answer: there was no such row, or more than one.
ANSWERS = (None, "IndexError", "DoesNotExist", "MultipleObjectsReturned")
NOTHING: tuple[Any, ...] = ([], None, False, ["int", "0"], ["dict", []])


def _fails(text: str, where: str) -> Rule:
    """Django raises with *text* on a program with *where* in it (both patterns); FastJango answers."""

    def rule(program: Program, expected: Any, given: Any) -> bool:
        return (
            raised(expected) is not None
            and raised(given) in ANSWERS
            and re.search(text, expected[2]) is not None
            and re.search(where, json.dumps(program)) is not None
        )

    return rule


def _untyped_json(program: Program, expected: Any, given: Any) -> bool:
    return (
        raised(expected) in ("TypeError", "ProgrammingError")
        and re.search(r"unhashable type|cannot adapt type|can not be used as parameter", expected[2]) is not None
        and re.search(r'"Value", \[\["(list|dict)"', json.dumps(program)) is not None
        and raised(given) in (*ANSWERS, "ProgrammingError", "OutputFieldIsNoneError")
    )


def _names_of_later_columns(program: Program, expected: Any, given: Any) -> bool:
    return '"named": true' in json.dumps(program) and bool(_row_values(expected, given) == given)


def _row_values(node: Any, like: Any) -> Any:
    """Return *node* with the names of rows completed as in *like*."""
    if not isinstance(node, list) or not isinstance(like, list) or len(node) != len(like):
        return node
    if len(node) == 3 and node[0] == like[0] == "Row":
        return ["Row", like[1] if like[1][: len(node[1])] == node[1] else node[1], node[2]]
    return [_row_values(part, other) for part, other in zip(node, like, strict=True)]


def _raw_columns(program: Program, expected: Any, given: Any) -> bool:
    return bool(program["final"][0] == "raw" and _as_stored(expected) == _as_stored(given))


def _as_stored(node: Any) -> Any:
    if isinstance(node, list):
        if node[:1] == ["extra_column"]:
            return ["extra_column", _stored_text(node[1])]
        return [_as_stored(part) for part in node]
    return node


def _stored_text(node: Any) -> Any:
    """Return how SQLite stores a value."""
    if isinstance(node, bool):
        return str(int(node))
    if isinstance(node, list) and len(node) == 2:
        kind, text = node
        if kind in ("Decimal", "float", "int"):
            return f"{Decimal(text):.12g}"
        return re.sub(r"(?<=\d)T(?=\d)|\+00:00$", lambda found: " " if found[0] == "T" else "", str(text))
    return node


def _odd_value(program: Program, expected: Any, given: Any) -> bool:
    refusals = ("TypeError", "ValueError", "ValidationError", "ProgrammingError", "OperationalError", "DataError")
    return bool(program.get("odd")) and raised(given) in refusals and raised(expected) is not None


def _float_forms(program: Program, expected: Any, given: Any) -> bool:
    return '["float", ' in json.dumps(program) and _plain_numbers(expected) == _plain_numbers(given)


def _plain_numbers(node: Any) -> Any:
    if isinstance(node, list):
        if len(node) == 2 and node[0] in ("int", "float"):
            return float(node[1]) + 0.0
        if len(node) == 2 and node[0] == "Decimal":
            return ["Decimal", f"{float(node[1]) + 0.0:.12g}"]
        return [_plain_numbers(part) for part in node]
    return node


def _digits_of_floats(program: Program, expected: Any, given: Any) -> bool:
    return bool(_short_decimals(expected) == _short_decimals(given))


def _short_decimals(node: Any) -> Any:
    if isinstance(node, list):
        if len(node) == 2 and node[0] == "Decimal":
            return ["Decimal", f"{Decimal(node[1]):.12g}"] if len(node[1]) > 15 else node
        return [_short_decimals(part) for part in node]
    return node


def _slices_of_unions(program: Program, expected: Any, given: Any) -> bool:
    return (
        raised(expected) == "TypeError"
        and "does not support item assignment" in expected[2]
        and raised(given) == "DatabaseError"
        and "not allowed in subqueries of compound statements" in given[2]
    )


RULES: dict[str, Rule] = {
    "a slice in a set operation on SQLite: refused with the reason; Django stumbles while it counts": _slices_of_unions,
    "keys of a JSON value out of a subquery: Django joins a list and a tuple of parameters": _fails(
        "can only concatenate tuple", r"__has_(any_)?keys?"
    ),
    "iexact with an expression: Django changes its parameters in place": _fails(
        "'tuple' object does not support item assignment", "__iexact"
    ),
    "JSON compared with an expression, or KT() with a text, on SQLite: Django reads the other side as JSON": _fails(
        "malformed JSON", r'"(JSONObject|KT|KeyTextTransform|Case)"'
    ),
    "a number beyond 64 bits for a key of a relation: Django's driver refuses it, no row can have it": _fails(
        "Python int too large to convert to SQLite INTEGER", r'"uuid"|\d{19}'
    ),
    "an empty moment that Trunc makes a time of: Django looks for its time zone": _fails(
        "'NoneType' object has no attribute 'utcoffset'", '"Trunc'
    ),
    "values_list(named=True).annotate(): Django's rows have no name for the later columns": _names_of_later_columns,
    "raw columns without a model field come as SQLite stores them; Django asks for their declared type": _raw_columns,
    "floats are sent as floats: PostgreSQL makes numbers of Django's text, in which -0.0 is 0 and 1e10 keeps its form in JSON": _float_forms,
    "a Decimal that was computed as a float has the digits of a float; Django writes out all of its binary form": _digits_of_floats,
    "Value([...]) without a field: Django fails on the list, here the driver or the missing type refuses it": _untyped_json,
    "BETWEEN over windows: Django's SQL lacks a bound": _fails("syntax error", r'"Window".*__range"'),
    "DELETE and UPDATE of a table that its own condition reads: MariaDB refuses what Django sends": _fails(
        r"specified twice|can't specify target table", r'"final": \["call", "(delete|update)"'
    ),
    "count() and aggregate() of values() without an annotated aggregate: Django's subquery selects nothing": _fails(
        'near "FROM": syntax error', r'"final": \["call", "(count|aggregate|exists)"'
    ),
    "a MariaDB without time zones: Django converts columns that nobody sees": _fails(
        "time zone definitions for your database", '"Trunc'
    ),
    "a value of another kind than the field is refused, by another class": _odd_value,
}


def reason(program: Program, expected: Any, given: Any) -> str | None:
    """Return why the results may differ, or None where they may not."""
    return next((text for text, rule in RULES.items() if rule(program, expected, given)), None)


__all__ = ["RULES", "reason"]
