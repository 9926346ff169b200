"""Tags that work values out: ``cycle``, ``resetcycle``, ``firstof``, ``regroup``, ``widthratio``."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable
from itertools import cycle as itertools_cycle
from itertools import groupby
from typing import Any

from fastjango.template.codegen.writer import CodeWriter, is_plain, knows_itself
from fastjango.template.exceptions import TemplateSyntaxError
from fastjango.template.lookup import VariableDoesNotExist
from fastjango.template.nodes import Node
from fastjango.template.output import render_value_in_context
from fastjango.template.tags.registry import register

__all__ = ["CycleNode", "FirstOfNode", "GroupedResult", "RegroupNode", "ResetCycleNode", "WidthRatioNode"]

GroupedResult = namedtuple("GroupedResult", ["grouper", "list"])  # noqa: PYI024 - Django's names


def _looks_up(expression: Any) -> bool:
    """Tell whether *expression* has a variable in it."""
    return (
        not is_plain(expression)
        or expression.is_var
        or any(is_lookup for _function, args in expression.filters for is_lookup, _arg in args)
    )


@knows_itself
class CycleNode(Node):
    """``{% cycle a b as name silent %}``."""

    child_nodelists = ()

    def __init__(self, cyclevars: list[Any], variable_name: str | None = None, silent: bool = False) -> None:
        self.cyclevars = cyclevars
        self.variable_name = variable_name
        self.silent = silent

    def render(self, context: Any) -> str:
        """Return the next value."""
        if self not in context.render_context:
            # First time in this rendering.
            context.render_context[self] = itertools_cycle(self.cyclevars)
        value = next(context.render_context[self]).resolve(context)
        if self.variable_name:
            context.set_upward(self.variable_name, value)
        return "" if self.silent else render_value_in_context(value, context)

    def reset(self, context: Any) -> None:
        """Begin again with the first value."""
        context.render_context[self] = itertools_cycle(self.cyclevars)

    def context_writes(self) -> Iterable[str]:
        """Return the name the value is kept under."""
        return (self.variable_name,) if self.variable_name else ()

    def context_reads(self) -> bool:
        """Tell whether a value is a variable."""
        return any(_looks_up(value) for value in self.cyclevars)


@register.tag
def cycle(parser: Any, token: Any) -> CycleNode:
    """Show one of the values, each time the next."""
    args = token.split_contents()
    if len(args) < 2:
        raise TemplateSyntaxError("'cycle' tag requires at least two arguments")
    if len(args) == 2:
        # {% cycle name %}: the one that was named before.
        name = args[1]
        if not hasattr(parser, "_named_cycle_nodes"):
            raise TemplateSyntaxError(f"No named cycles in template. '{name}' is not defined")
        if name not in parser._named_cycle_nodes:
            raise TemplateSyntaxError(f"Named cycle '{name}' does not exist")
        named: CycleNode = parser._named_cycle_nodes[name]
        return named
    as_form = silent = False
    if len(args) > 4:
        if args[-3] == "as":
            if args[-1] != "silent":
                raise TemplateSyntaxError(f"Only 'silent' flag is allowed after cycle's name, not '{args[-1]}'.")
            as_form = silent = True
            args = args[:-1]
        elif args[-2] == "as":
            as_form = True
    if as_form:
        name = args[-1]
        values = [parser.compile_filter(arg) for arg in args[1:-2]]
        node = CycleNode(values, name, silent=silent)
        if not hasattr(parser, "_named_cycle_nodes"):
            parser._named_cycle_nodes = {}
        parser._named_cycle_nodes[name] = node
    else:
        node = CycleNode([parser.compile_filter(arg) for arg in args[1:]])
    parser._last_cycle_node = node
    return node


@knows_itself
class ResetCycleNode(Node):
    """``{% resetcycle name %}``."""

    child_nodelists = ()

    def __init__(self, node: CycleNode) -> None:
        self.node = node

    def render(self, context: Any) -> str:
        """Let the cycle begin again."""
        self.node.reset(context)
        return ""

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()

    def context_reads(self) -> bool:
        """Tell that the context is not looked at."""
        return False


@register.tag
def resetcycle(parser: Any, token: Any) -> ResetCycleNode:
    """Let a cycle begin again: the named one, or the last in the template."""
    args = token.split_contents()
    if len(args) > 2:
        raise TemplateSyntaxError(f"{args[0]!r} tag accepts at most one argument.")
    if len(args) == 2:
        node = getattr(parser, "_named_cycle_nodes", {}).get(args[1])
        if node is None:
            raise TemplateSyntaxError(f"Named cycle '{args[1]}' does not exist.")
        return ResetCycleNode(node)
    if not hasattr(parser, "_last_cycle_node"):
        raise TemplateSyntaxError("No cycles in template.")
    return ResetCycleNode(parser._last_cycle_node)


@knows_itself
class FirstOfNode(Node):
    """``{% firstof a b "otherwise" as name %}``."""

    child_nodelists = ()

    def __init__(self, variables: list[Any], asvar: str | None = None) -> None:
        self.vars = variables
        self.asvar = asvar

    def render(self, context: Any) -> str:
        """Return the first value that is true, or keep it."""
        first = ""
        for variable in self.vars:
            value = variable.resolve(context, ignore_failures=True)
            if value:
                first = render_value_in_context(value, context)
                break
        if self.asvar:
            context[self.asvar] = first
            return ""
        return first

    def compile(self, code: CodeWriter) -> None:
        """Write the values as nested conditions."""
        if self.asvar or not all(is_plain(variable) for variable in self.vars):
            code.call_node(self)
            return
        self._compile_rest(code, 0)

    def _compile_rest(self, code: CodeWriter, index: int) -> None:
        value = code.expression(self.vars[index], ignore_failures=True)
        with code.block(f"if {value}:"):
            code.show(value)
        if index + 1 < len(self.vars):
            with code.block("else:"):
                self._compile_rest(code, index + 1)

    def context_writes(self) -> Iterable[str]:
        """Return the name the value is kept under."""
        return (self.asvar,) if self.asvar else ()

    def context_reads(self) -> bool:
        """Tell whether the values are looked up by the node itself."""
        return bool(self.asvar) or not all(is_plain(variable) for variable in self.vars)


@register.tag
def firstof(parser: Any, token: Any) -> FirstOfNode:
    """Show the first value that is true."""
    bits = token.split_contents()[1:]
    asvar = None
    if not bits:
        raise TemplateSyntaxError("'firstof' statement requires at least one argument")
    if len(bits) >= 2 and bits[-2] == "as":
        asvar = bits[-1]
        bits = bits[:-2]
    return FirstOfNode([parser.compile_filter(bit) for bit in bits], asvar)


@knows_itself
class RegroupNode(Node):
    """``{% regroup people by gender as groups %}``."""

    child_nodelists = ()

    def __init__(self, target: Any, expression: Any, var_name: str) -> None:
        self.target = target
        self.expression = expression
        self.var_name = var_name

    def resolve_expression(self, obj: Any, context: Any) -> Any:
        """Return what *obj* is grouped by."""
        # The expression begins with the name of the result.
        context[self.var_name] = obj
        return self.expression.resolve(context, ignore_failures=True)

    def render(self, context: Any) -> str:
        """Keep the groups."""
        objects = self.target.resolve(context, ignore_failures=True)
        if objects is None:
            context[self.var_name] = []
            return ""
        context[self.var_name] = [
            GroupedResult(grouper=key, list=list(group))
            for key, group in groupby(objects, lambda obj: self.resolve_expression(obj, context))
        ]
        return ""

    def context_writes(self) -> Iterable[str]:
        """Return the name of the groups."""
        return (self.var_name,)


@register.tag
def regroup(parser: Any, token: Any) -> RegroupNode:
    """Group the items of a list by an attribute."""
    bits = token.split_contents()
    if len(bits) != 6:
        raise TemplateSyntaxError("'regroup' tag takes five arguments")
    target = parser.compile_filter(bits[1])
    if bits[2] != "by":
        raise TemplateSyntaxError("second argument to 'regroup' tag must be 'by'")
    if bits[4] != "as":
        raise TemplateSyntaxError("next-to-last argument to 'regroup' tag must be 'as'")
    name = bits[5]
    return RegroupNode(target, parser.compile_filter(f"{name}.{bits[3]}"), name)


@knows_itself
class WidthRatioNode(Node):
    """``{% widthratio value max width as name %}``."""

    child_nodelists = ()

    def __init__(self, val_expr: Any, max_expr: Any, max_width: Any, asvar: str | None = None) -> None:
        self.val_expr = val_expr
        self.max_expr = max_expr
        self.max_width = max_width
        self.asvar = asvar

    def render(self, context: Any) -> str:
        """Return the width, rounded, or keep it."""
        try:
            value = self.val_expr.resolve(context)
            most = self.max_expr.resolve(context)
            width = int(self.max_width.resolve(context))
        except VariableDoesNotExist:
            return ""
        except (ValueError, TypeError):
            raise TemplateSyntaxError("widthratio final argument must be a number") from None
        try:
            result = str(round(float(value) / float(most) * width))
        except ZeroDivisionError:
            result = "0"
        except (ValueError, TypeError, OverflowError):
            result = ""
        if self.asvar:
            context[self.asvar] = result
            return ""
        return result

    def context_writes(self) -> Iterable[str]:
        """Return the name the width is kept under."""
        return (self.asvar,) if self.asvar else ()


@register.tag
def widthratio(parser: Any, token: Any) -> WidthRatioNode:
    """Show ``value / max * width``, for bars."""
    bits = token.split_contents()
    asvar = None
    if len(bits) == 6:
        if bits[4] != "as":
            raise TemplateSyntaxError("Invalid syntax in widthratio tag. Expecting 'as' keyword")
        asvar = bits[5]
    elif len(bits) != 4:
        raise TemplateSyntaxError("widthratio takes at least three arguments")
    value, most, width = (parser.compile_filter(bit) for bit in bits[1:4])
    return WidthRatioNode(value, most, width, asvar=asvar)
