"""``Variable`` (``a.b.c``, a literal, a translated text) and ``FilterExpression`` (``a.b|upper|cut:" "``)."""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import getfullargspec, unwrap
from typing import Any

from fastjango.template.context import BaseContext
from fastjango.template.exceptions import TemplateSyntaxError
from fastjango.template.lookup import VariableDoesNotExist, log_failure, lookup, step
from fastjango.template.lookup import call_value as call
from fastjango.template.tokens import VARIABLE_ATTRIBUTE_SEPARATOR
from fastjango.utils.safestring import SafeData, mark_safe
from fastjango.utils.text import unescape_string_literal
from fastjango.utils.timezone import template_localtime
from fastjango.utils.translation import gettext_lazy, pgettext_lazy

__all__ = ["FilterExpression", "Variable", "VariableDoesNotExist", "filter_re"]

_STRING = r"""(?:"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')"""
_CONSTANT = rf"(?:_\({_STRING}\)|{_STRING})"
_NAME_OR_NUMBER = r"[\w.]+|[-+.]?\d[\d.e]*"
filter_re = re.compile(
    rf"""
    ^(?P<constant>{_CONSTANT})
    |^(?P<var_name>{_NAME_OR_NUMBER})
    |\s*\|\s*(?P<filter_name>\w+)
      (?::(?:(?P<constant_arg>{_CONSTANT})|(?P<var_arg>{_NAME_OR_NUMBER})))?
    """,
    re.VERBOSE,
)


class Variable:
    """
    A variable of a template, or a literal.

    ``Variable("article.section").resolve({"article": {"section": "News"}})`` gives ``"News"``.

    Raises:
        TypeError: *var* is no text.
        TemplateSyntaxError: A part of the name begins with an underscore.
    """

    __slots__ = ("literal", "lookups", "message_context", "translate", "var")

    def __init__(self, var: str) -> None:
        self.var = var
        self.literal: Any = None
        self.lookups: tuple[str, ...] | None = None
        self.translate = False
        self.message_context: str | None = None
        if not isinstance(var, str):
            raise TypeError(f"Variable must be a string or number, got {type(var)}")
        number = _number(var)
        if number is not None:
            self.literal = number
            return
        if var[:2] == "_(" and var[-1] == ")":
            self.translate = True
            var = var[2:-1]
        try:
            self.literal = mark_safe(unescape_string_literal(var))
        except ValueError:
            if f"{VARIABLE_ATTRIBUTE_SEPARATOR}_" in var or var[:1] == "_":
                raise TemplateSyntaxError(f"Variables and attributes may not begin with underscores: '{var}'") from None
            self.lookups = tuple(var.split(VARIABLE_ATTRIBUTE_SEPARATOR))

    def resolve(self, context: Any) -> Any:
        """
        Return the value in *context*.

        Raises:
            VariableDoesNotExist: There is none.
        """
        value = self.literal if self.lookups is None else self._resolve_lookup(context)
        if not self.translate:
            return value
        is_safe = isinstance(value, SafeData)
        # A message is a format for %, a text is not.
        message = value.replace("%", "%%")
        message = mark_safe(message) if is_safe else message
        if self.message_context:
            return pgettext_lazy(self.message_context, message)
        return gettext_lazy(message)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.var!r}>"

    def __str__(self) -> str:
        return self.var

    def _resolve_lookup(self, context: Any) -> Any:
        bits = self.lookups or ()
        current = context
        bit = ""
        try:
            for position, bit in enumerate(bits):
                if position == 0:
                    current = _first(context, bit)
                    if callable(current):
                        current = call(current, context)
                else:
                    current = step(current, bit, context)
        except Exception as exc:
            log_failure(exc, bit, context)
            if getattr(exc, "silent_variable_failure", False):
                return context.template.engine.string_if_invalid
            raise
        return current


def _first(context: Any, bit: str) -> Any:
    if isinstance(context, BaseContext):
        try:
            return context[bit]
        except KeyError:
            raise VariableDoesNotExist("Failed lookup for key [%s] in %r", (bit, context)) from None
    return lookup(context, bit)


def _number(text: str) -> int | float | None:
    try:
        if "." in text or "e" in text.lower():
            number = float(text)
            return None if text[-1] == "." else number
        return int(text)
    except ValueError:
        return None


class FilterExpression:
    """
    A variable with its filters.

    Args:
        token: The text of the expression.
        parser: Knows the filters.
    Raises:
        TemplateSyntaxError: The text cannot be parsed.
    """

    __slots__ = ("filters", "is_var", "token", "var")

    def __init__(self, token: str, parser: Any) -> None:
        self.token = token
        self.filters: list[tuple[Callable[..., Any], list[tuple[bool, Any]]]] = []
        self.var: Any = None
        started = False
        upto = 0
        for match in filter_re.finditer(token):
            start = match.start()
            if upto != start:
                raise TemplateSyntaxError(
                    f"Could not parse some characters: {token[:upto]}|{token[upto:start]}|{token[start:]}"
                )
            if not started:
                self.var = self._first_part(match, token)
                started = True
            else:
                self._add_filter(match, parser)
            upto = match.end()
        if upto != len(token):
            raise TemplateSyntaxError(f"Could not parse the remainder: '{token[upto:]}' from '{token}'")
        self.is_var = isinstance(self.var, Variable)

    @staticmethod
    def _first_part(match: re.Match[str], token: str) -> Any:
        if match["constant"]:
            try:
                return Variable(match["constant"]).resolve({})
            except VariableDoesNotExist:
                return None
        if match["var_name"] is None:
            raise TemplateSyntaxError(f"Could not find variable at start of {token}.")
        return Variable(match["var_name"])

    def _add_filter(self, match: re.Match[str], parser: Any) -> None:
        name = match["filter_name"]
        args: list[tuple[bool, Any]] = []
        if match["constant_arg"]:
            args.append((False, Variable(match["constant_arg"]).resolve({})))
        elif match["var_arg"]:
            args.append((True, Variable(match["var_arg"])))
        function = parser.find_filter(name)
        self.args_check(name, function, args)
        self.filters.append((function, args))

    def resolve(self, context: Any, ignore_failures: bool = False) -> Any:
        """
        Return the value in *context*, filtered.

        Args:
            ignore_failures: A variable without value is ``None``; else it is ``string_if_invalid``.
        """
        if self.is_var:
            try:
                value = self.var.resolve(context)
            except VariableDoesNotExist:
                if ignore_failures:
                    value = None
                else:
                    invalid = context.template.engine.string_if_invalid
                    if invalid:
                        return invalid % self.var if "%s" in invalid else invalid
                    value = invalid
        else:
            value = self.var
        for function, args in self.filters:
            values = [arg.resolve(context) if is_lookup else mark_safe(arg) for is_lookup, arg in args]
            if getattr(function, "expects_localtime", False):
                value = template_localtime(value, context.use_tz)
            if getattr(function, "needs_autoescape", False):
                result = function(value, *values, autoescape=context.autoescape)
            else:
                result = function(value, *values)
            if getattr(function, "is_safe", False) and isinstance(value, SafeData):
                value = mark_safe(result)
            else:
                value = result
        return value

    @staticmethod
    def args_check(name: str, func: Callable[..., Any], provided: list[Any]) -> bool:
        """
        Tell that the filter *func* takes the arguments *provided*.

        Raises:
            TemplateSyntaxError: It does not.
        """
        given = len(provided) + 1
        spec = getfullargspec(unwrap(func))
        most = len(spec.args)
        least = most - len(spec.defaults or ())
        if not least <= given <= most:
            raise TemplateSyntaxError(f"{name} requires {least} arguments, {given} provided")
        return True

    def __str__(self) -> str:
        return self.token

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.token!r}>"
