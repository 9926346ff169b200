"""Where FastJango deliberately answers otherwise than Django; each rule is as narrow as its reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.contract.differential.pair import raised
from tests.contract.differential.world.schema import RELATIONS

Program = dict[str, Any]
Rule = Callable[[Program, Any, Any], bool]
_RELATIONS = {name for relations in RELATIONS.values() for name in relations}


def _says(*texts: str) -> Rule:
    """Django raises with one of these texts; FastJango answers, or raises something else."""

    def rule(program: Program, expected: Any, given: Any) -> bool:
        return raised(expected) is not None and any(re.search(text, expected[2]) for text in texts)

    return rule


def _names_of_later_columns(program: Program, expected: Any, given: Any) -> bool:
    return bool(_without_row_names(expected) == _without_row_names(given))


def _without_row_names(node: Any) -> Any:
    if isinstance(node, list):
        if len(node) == 3 and node[0] == "Row":
            return ["Row", node[2]]
        return [_without_row_names(part) for part in node]
    return node


def _joins_of_xor(program: Program, expected: Any, given: Any) -> bool:
    return raised(expected) is None and raised(given) is None and _has_xor_over_relations(program)


def _has_xor_over_relations(node: Any) -> bool:
    if isinstance(node, dict):
        return any(_has_xor_over_relations(part) for part in node.values())
    if isinstance(node, list):
        if node[:2] == ["q", "XOR"] and any(part in json.dumps(node) for part in _RELATIONS):
            return True
        return any(_has_xor_over_relations(part) for part in node)
    return False


def _impossible_filtered_relation(program: Program, expected: Any, given: Any) -> bool:
    return (
        "FilteredRelation" in json.dumps(program)
        and raised(given) is None
        and expected in ([], None, False, ["int", "0"])
    )


def _raw_columns(program: Program, expected: Any, given: Any) -> bool:
    return bool(program["final"][0] == "raw" and _without_extra(expected) == _without_extra(given))


def _without_extra(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_extra(part) for part in node if not (isinstance(part, list) and part[:1] == ["extra_column"])]
    return node


def _odd_value(program: Program, expected: Any, given: Any) -> bool:
    refusals = (
        "TypeError",
        "ValueError",
        "ValidationError",
        "ProgrammingError",
        "OperationalError",
        "DataError",
        "OverflowError",
    )
    return bool(program.get("odd")) and any(raised(result) and result[1] in refusals for result in (expected, given))


def _float_forms(program: Program, expected: Any, given: Any) -> bool:
    return '["float", ' in json.dumps(program) and _plain_numbers(expected) == _plain_numbers(given)


def _plain_numbers(node: Any) -> Any:
    if isinstance(node, list):
        if len(node) == 2 and node[0] in ("int", "float"):
            return float(node[1]) + 0.0
        return [_plain_numbers(part) for part in node]
    return node


def _empty_aggregates(program: Program, expected: Any, given: Any) -> bool:
    if program["final"][:2] != ["call", "aggregate"] or raised(expected) or raised(given):
        return False
    return '"filter": ' in json.dumps(program["final"]) and all(
        value in (None, ["int", "0"]) for _, value in expected[1]
    )


def _untyped_without_rows(program: Program, expected: Any, given: Any) -> bool:
    return (
        raised(expected) == "FieldError"
        and "Cannot infer type" in expected[2]
        and given in ([], None, False, ["int", "0"], ["dict", []])
    )


def _ordered_by_a_number(program: Program, expected: Any, given: Any) -> bool:
    return (
        raised(given) is None and re.search(r'\["method", \["call", "Value", \[\d+\]', json.dumps(program)) is not None
    )


def _digits_of_floats(program: Program, expected: Any, given: Any) -> bool:
    return bool(_short_decimals(expected) == _short_decimals(given))


def _short_decimals(node: Any) -> Any:
    if isinstance(node, list):
        if len(node) == 2 and node[0] == "Decimal":
            return ["Decimal", f"{Decimal(node[1]):.12g}"] if len(node[1]) > 15 else node
        return [_short_decimals(part) for part in node]
    return node


def _null_in_list(program: Program, expected: Any, given: Any) -> bool:
    return raised(expected) is None and raised(given) is None and _has_null_beside_expression(program)


def _has_null_beside_expression(node: Any) -> bool:
    if isinstance(node, dict):
        return any(_has_null_beside_expression(part) for part in node.values())
    if isinstance(node, list):
        if (
            node[:1] == ["list"]
            and None in node[1]
            and any(part[:1] in (["call"], ["op"]) for part in node[1] if isinstance(part, list))
        ):
            return True
        return any(_has_null_beside_expression(part) for part in node)
    return False


def _unknown_alias(program: Program, expected: Any, given: Any) -> bool:
    return raised(expected) is None and raised(given) is not None and "no such column: n" in given[2]


RULES: dict[str, Rule] = {
    "STDDEV and VARIANCE on SQLite: Django fails on NULL and on numbers beyond 64 bits; here they are skipped, and floats": _says(
        "user-defined aggregate's 'finalize'"
    ),
    "values_list(named=True).annotate(): Django's rows have no name for the later columns": _names_of_later_columns,
    "XOR over relations: Django leaves joins inner and loses rows": _joins_of_xor,
    "a number or date beyond what the column holds matches nothing here; Django raises": _says(
        "out of range", "too large to convert"
    ),
    "mixed types: Django asks expressions for their type also where nothing depends on it": _says(
        "Expression contains mixed types"
    ),
    "Value({...}), Value([...]): Django cannot hash its own expression": _says("unhashable type"),
    "pk__in=[F(...)] on a child model: Django takes the expression for a number": _says(
        r"expected a number but got .*[(<]"
    ),
    "FilteredRelation whose condition no row meets: Django drops all rows instead of joining none": _impossible_filtered_relation,
    "raw columns without a model field come as SQLite stores them; Django asks for their declared type": _raw_columns,
    "date arithmetic inside of Trunc: Django's function for SQLite refuses its own text": _says(
        "user-defined function raised"
    ),
    "JSON path compared with a value that is an expression: Django reads it as JSON text": _says("malformed JSON"),
    "a list with expressions and None: Django sends the NULL, and NOT IN finds nothing": _null_in_list,
    "an alias() that an aggregate over a subquery needs: SQLite takes Django's quoted name for a text, here it is an error": _unknown_alias,
    "exclude() over relations with F() in a list or expression: Django drops the table that the F() means": _says(
        r"no such column: [UV]\d"
    ),
    "a queryset deep inside a FilteredRelation's condition works here": _says("within a FilteredRelation"),
    "exists() of a union of an intersection: Django asks the parts for different columns": _says(
        "the same number of (result )?columns"
    ),
    "order_by(Value(...)): PostgreSQL refuses a constant there, which is sent as an expression here": _says(
        "non-integer constant in ORDER BY", "ORDER BY position"
    ),
    "floats are sent as floats: PostgreSQL makes numbers of Django's text, in which -0.0 is 0 and 1e10 keeps its form in JSON": _float_forms,
    "count() of an ordered, sliced union: Django cannot": _says("'NoneType' object does not support item assignment"),
    "a condition compared with a condition, BETWEEN over windows, ExtractWeekDay as text: Django writes SQL that is none": _says(
        "syntax error at or near", r'near "\w+": syntax error', r"operator does not exist: numeric \+ text"
    ),
    "FirstValue(Value('text')) on PostgreSQL: Django sends the text without a type": _says(
        "could not determine polymorphic type"
    ),
    "an operation without a type in a query that has no rows anyway: Django asks for the type first": _untyped_without_rows,
    "a Decimal that was computed as a float has the digits of a float; Django writes out all of its binary form": _digits_of_floats,
    "aggregates over a slice, one with a filter that no row meets: Django gives nothing for all of them": _empty_aggregates,
    "JSON has_keys of a subquery: Django cannot put its own parameters together": _says("can only concatenate tuple"),
    "a time where a datetime is said to be: Django's conversion fails on NULL": _says("no attribute 'utcoffset'"),
    "order_by(Value(3).asc()): PostgreSQL takes Django's number for a place in the select list": _ordered_by_a_number,
    "a key of JSON beside a lookup of text, or NULL as a condition: Django fails on its own parameters or result": _says(
        "'tuple' object does not support item assignment", "the JSON object must be str"
    ),
    "hashes on PostgreSQL need no extension here": _says(r"function digest\("),
    "Decimal in JSON on PostgreSQL: Django casts to numeric(None, None)": _says(
        'invalid input syntax for type integer: "none"'
    ),
    "a value of another kind than the field: it is refused when the filter is built, sometimes by another class": _odd_value,
}


def reason(program: Program, expected: Any, given: Any) -> str | None:
    """Return why the results may differ, or None where they may not."""
    return next((text for text, rule in RULES.items() if rule(program, expected, given)), None)


__all__ = ["RULES", "reason"]
