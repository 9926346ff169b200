"""Tags that decide what is shown, and how often: ``for``, ``if``, ``ifchanged``, ``with``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from fastjango.template.codegen.conditions import condition_is_plain, write_condition
from fastjango.template.codegen.writer import CodeWriter, LoopBinding, is_plain, knows_itself
from fastjango.template.exceptions import TemplateSyntaxError
from fastjango.template.lookup import VariableDoesNotExist
from fastjango.template.nodes import Node, NodeList
from fastjango.template.parser import token_kwargs
from fastjango.template.smartif import IfParser, Literal
from fastjango.template.tags.registry import register
from fastjango.template.tokens import FILTER_SEPARATOR
from fastjango.utils.safestring import SafeString

__all__ = [
    "ForNode",
    "IfChangedNode",
    "IfNode",
    "TemplateIfParser",
    "TemplateLiteral",
    "WithNode",
    "do_for",
    "do_if",
    "do_with",
    "ifchanged",
]

_COMMAS = re.compile(r" *, *")
_NOT_IN_NAMES = frozenset((" ", '"', "'", FILTER_SEPARATOR))


@knows_itself
class ForNode(Node):
    """``{% for a, b in c reversed %}...{% empty %}...{% endfor %}``."""

    child_nodelists = ("nodelist_loop", "nodelist_empty")

    def __init__(
        self,
        loopvars: list[str],
        sequence: Any,
        is_reversed: bool,
        nodelist_loop: NodeList,
        nodelist_empty: NodeList | None = None,
    ) -> None:
        self.loopvars = loopvars
        self.sequence = sequence
        self.is_reversed = is_reversed
        self.nodelist_loop = nodelist_loop
        self.nodelist_empty = NodeList() if nodelist_empty is None else nodelist_empty

    def __repr__(self) -> str:
        reversed_text = " reversed" if self.is_reversed else ""
        return (
            f"<{type(self).__name__}: for {', '.join(self.loopvars)} in {self.sequence}, "
            f"tail_len: {len(self.nodelist_loop)}{reversed_text}>"
        )

    def render(self, context: Any) -> str:
        """Render the inside once per item."""
        parent = context["forloop"] if "forloop" in context else {}
        with context.push():
            values = self.sequence.resolve(context, ignore_failures=True)
            if values is None:
                values = []
            if not hasattr(values, "__len__"):
                values = list(values)
            length = len(values)
            if length < 1:
                text: str = self.nodelist_empty.render(context)
                return text
            if self.is_reversed:
                values = reversed(values)
            pieces: list[str] = []
            loop = context["forloop"] = {"parentloop": parent}
            for index, item in enumerate(values):
                loop["counter0"] = index
                loop["counter"] = index + 1
                loop["revcounter"] = length - index
                loop["revcounter0"] = length - index - 1
                loop["first"] = index == 0
                loop["last"] = index == length - 1
                with self._bound(context, item):
                    pieces.extend(node.render_annotated(context) for node in self.nodelist_loop)
        return SafeString("".join(pieces))

    def _bound(self, context: Any, item: Any) -> Any:
        """Put the loop's names for *item* into the context; several names get a layer of their own."""
        if len(self.loopvars) == 1:
            context[self.loopvars[0]] = item
            return nullcontext()
        try:
            size = len(item)
        except TypeError:  # not iterable
            size = 1
        if size != len(self.loopvars):
            raise ValueError(f"Need {len(self.loopvars)} values to unpack in for loop; got {size}. ")
        return context.update(dict(zip(self.loopvars, item, strict=False)))

    def compile(self, code: CodeWriter) -> None:
        """Write a Python loop; the loop's names are local variables."""
        sequence = code.expression(self.sequence, ignore_failures=True)
        length = code.name("n")
        code.line(f"if {sequence} is None: {sequence} = ()")
        code.line(f"if not hasattr({sequence}, '__len__'): {sequence} = list({sequence})")
        code.line(f"{length} = len({sequence})")
        with code.block(f"if {length} < 1:"):
            code.nodes(self.nodelist_empty)
        with code.block("else:"):
            self._compile_loop(code, sequence, length)

    def _compile_loop(self, code: CodeWriter, sequence: str, length: str) -> None:
        real = code.survey(self.nodelist_loop).touches()
        lexical = code.binding("forloop")
        parent: Any = lexical
        if not isinstance(lexical, LoopBinding):
            parent = code.name("p")
            code.line(f"{parent} = context.get('forloop', {{}})")
        loop = LoopBinding(code.name("i"), length, parent)
        locals_ = [code.name("l") for _name in self.loopvars]
        bindings: dict[str, Any] = {"forloop": loop, **dict(zip(self.loopvars, locals_, strict=True))}
        if not real:
            self._compile_body(code, sequence, loop, locals_, bindings, None)
            return
        layer = code.name("d")
        loop.real = code.name("f")
        outer = parent.dictionary() if isinstance(parent, LoopBinding) else parent
        code.line(f"{loop.real} = {{'parentloop': {outer}}}")
        code.line(f"{layer} = context.push(forloop={loop.real})")
        with code.block("try:"):
            self._compile_body(code, sequence, loop, locals_, bindings, layer)
        with code.block("finally:"):
            code.line("context.pop()")

    def _compile_body(
        self,
        code: CodeWriter,
        sequence: str,
        loop: LoopBinding,
        locals_: list[str],
        bindings: dict[str, Any],
        layer: str | None,
    ) -> None:
        values = f"reversed({sequence})" if self.is_reversed else sequence
        item = locals_[0] if len(locals_) == 1 else code.name("x")
        code.line("")  # the head of the loop, known when its body is
        head = len(code.lines) - 1
        indent = code.lines[head]
        code.loop_depth += 1
        with code.indented():
            if len(locals_) > 1:
                code.line(f"{', '.join(locals_)} = unpack({item}, {len(locals_)})")
            if layer is not None and loop.real is not None:
                code.line(f"{loop.real}.update(loop_dict({loop.index}, {loop.length}, {loop.real}['parentloop']))")
                for name, local in zip(self.loopvars, locals_, strict=True):
                    code.line(f"{layer}[{name!r}] = {local}")
            with code.scope(bindings, self.nodelist_loop):
                code.nodes(self.nodelist_loop)
            code.flush()
            if len(code.lines) == head + 1:
                code.line("pass")
        code.loop_depth -= 1
        uses_index = any(loop.index in line for line in code.lines[head:])
        target = f"{loop.index}, {item} in enumerate({values})" if uses_index else f"{item} in {values}"
        code.lines[head] = f"{indent}for {target}:"

    def context_writes(self) -> Iterable[str]:
        """Return nothing: the loop's names are gone after it."""
        return ()

    def context_reads(self) -> bool:
        """Tell whether the sequence must be resolved by itself."""
        return not is_plain(self.sequence)


@register.tag("for")
def do_for(parser: Any, token: Any) -> ForNode:
    """Loop over the items of a sequence."""
    bits = token.split_contents()
    if len(bits) < 4:
        raise TemplateSyntaxError(f"'for' statements should have at least four words: {token.contents}")
    is_reversed = bits[-1] == "reversed"
    place = -3 if is_reversed else -2
    if bits[place] != "in":
        raise TemplateSyntaxError(f"'for' statements should use the format 'for x in y': {token.contents}")
    loopvars = _COMMAS.split(" ".join(bits[1:place]))
    if any(not name or not _NOT_IN_NAMES.isdisjoint(name) for name in loopvars):
        raise TemplateSyntaxError(f"'for' tag received an invalid argument: {token.contents}")
    sequence = parser.compile_filter(bits[place + 1])
    nodelist_loop = parser.parse(("empty", "endfor"))
    nodelist_empty = None
    if parser.next_token().contents == "empty":
        nodelist_empty = parser.parse(("endfor",))
        parser.delete_first_token()
    return ForNode(loopvars, sequence, is_reversed, nodelist_loop, nodelist_empty)


class TemplateLiteral(Literal):
    """An operand of a condition: an expression of the template."""

    def __init__(self, value: Any, text: str) -> None:
        super().__init__(value)
        self.text = text  # for error messages

    def display(self) -> Any:
        """Return the expression as it was written."""
        return self.text

    def eval(self, context: Any) -> Any:
        """Return the value; ``None`` for a variable without one."""
        return self.value.resolve(context, ignore_failures=True)


class TemplateIfParser(IfParser):
    """Parses the condition of an ``if`` tag."""

    error_class = TemplateSyntaxError

    def __init__(self, parser: Any, *args: Any, **kwargs: Any) -> None:
        self.template_parser = parser
        super().__init__(*args, **kwargs)

    def create_var(self, value: Any) -> Literal:
        """Return the operand for a word."""
        return TemplateLiteral(self.template_parser.compile_filter(value), value)


@knows_itself
class IfNode(Node):
    """``{% if %}...{% elif %}...{% else %}...{% endif %}``; the condition of ``else`` is ``None``."""

    def __init__(self, conditions_nodelists: list[tuple[Any, NodeList]]) -> None:
        self.conditions_nodelists = conditions_nodelists

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __iter__(self) -> Any:
        for _condition, nodelist in self.conditions_nodelists:
            yield from nodelist

    @property
    def nodelist(self) -> NodeList:
        """The nodes of all branches."""
        return NodeList(self)

    def render(self, context: Any) -> str:
        """Render the first branch whose condition is true."""
        for condition, nodelist in self.conditions_nodelists:
            if condition is None:
                match = True
            else:
                try:
                    match = condition.eval(context)
                except VariableDoesNotExist:
                    match = None
            if match:
                text: str = nodelist.render(context)
                return text
        return ""

    def compile(self, code: CodeWriter) -> None:
        """Write nested Python ``if`` statements."""
        self._compile_branch(code, 0)

    def _compile_branch(self, code: CodeWriter, index: int) -> None:
        if index == len(self.conditions_nodelists):
            return
        condition, nodelist = self.conditions_nodelists[index]
        if condition is None:
            code.nodes(nodelist)
            return
        match = code.name("m")
        with code.block("try:"):
            code.line(f"{match} = {write_condition(code, condition)}")
        with code.block("except VariableDoesNotExist:"):
            code.line(f"{match} = None")
        with code.block(f"if {match}:"):
            code.nodes(nodelist)
        if index + 1 < len(self.conditions_nodelists):
            with code.block("else:"):
                self._compile_branch(code, index + 1)

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()

    def context_reads(self) -> bool:
        """Tell whether a condition must be evaluated by itself."""
        return not all(condition_is_plain(condition) for condition, _nodelist in self.conditions_nodelists)


@register.tag("if")
def do_if(parser: Any, token: Any) -> IfNode:
    """Show the first branch whose condition is true."""
    branches: list[tuple[Any, NodeList]] = []
    condition = TemplateIfParser(parser, token.split_contents()[1:]).parse()
    branches.append((condition, parser.parse(("elif", "else", "endif"))))
    token = parser.next_token()
    while token.contents.startswith("elif"):
        condition = TemplateIfParser(parser, token.split_contents()[1:]).parse()
        branches.append((condition, parser.parse(("elif", "else", "endif"))))
        token = parser.next_token()
    if token.contents == "else":
        branches.append((None, parser.parse(("endif",))))
        token = parser.next_token()
    if token.contents != "endif":
        raise TemplateSyntaxError(f'Malformed template tag at line {token.lineno}: "{token.contents}"')
    return IfNode(branches)


@knows_itself
class IfChangedNode(Node):
    """``{% ifchanged %}``: shown if its values, or its text, differ from those of the last time."""

    child_nodelists = ("nodelist_true", "nodelist_false")

    def __init__(self, nodelist_true: NodeList, nodelist_false: NodeList, *varlist: Any) -> None:
        self.nodelist_true = nodelist_true
        self.nodelist_false = nodelist_false
        self._varlist = varlist

    def render(self, context: Any) -> str:
        """Render if something has changed since the last time in this loop."""
        state = context["forloop"] if "forloop" in context else context.render_context
        state.setdefault(self)
        text: str | None = None
        if self._varlist:
            seen: Any = [variable.resolve(context, ignore_failures=True) for variable in self._varlist]
        else:
            seen = text = self.nodelist_true.render(context)
        if seen != state[self]:
            state[self] = seen
            shown: str = text or self.nodelist_true.render(context)
            return shown
        if self.nodelist_false:
            other: str = self.nodelist_false.render(context)
            return other
        return ""

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()


@register.tag
def ifchanged(parser: Any, token: Any) -> IfChangedNode:
    """Show the inside only if it, or the given values, have changed since the last iteration."""
    bits = token.split_contents()
    nodelist_true = parser.parse(("else", "endifchanged"))
    nodelist_false = NodeList()
    if parser.next_token().contents == "else":
        nodelist_false = parser.parse(("endifchanged",))
        parser.delete_first_token()
    return IfChangedNode(nodelist_true, nodelist_false, *(parser.compile_filter(bit) for bit in bits[1:]))


@knows_itself
class WithNode(Node):
    """``{% with a=b c=d %}``."""

    def __init__(
        self, var: Any, name: str | None, nodelist: NodeList, extra_context: dict[str, Any] | None = None
    ) -> None:
        self.nodelist = nodelist
        # The old form: {% with b as a %}.
        self.extra_context = extra_context or {}
        if name:
            self.extra_context[name] = var

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def render(self, context: Any) -> str:
        """Render the inside with the new names."""
        values = {name: value.resolve(context) for name, value in self.extra_context.items()}
        with context.push(**values):
            text: str = self.nodelist.render(context)
            return text

    def compile(self, code: CodeWriter) -> None:
        """Write assignments; the new names are local variables."""
        bindings: dict[str, Any] = {}
        for name, value in self.extra_context.items():
            local = code.name("w")
            code.line(f"{local} = {code.expression(value)}")
            bindings[name] = local
        if not code.survey(self.nodelist).touches():
            with code.scope(bindings, self.nodelist):
                code.nodes(self.nodelist)
            return
        pairs = ", ".join(f"{name!r}: {local}" for name, local in bindings.items())
        code.line(f"context.push({{{pairs}}})")
        with code.block("try:"), code.scope(bindings, self.nodelist):
            code.nodes(self.nodelist)
        with code.block("finally:"):
            code.line("context.pop()")

    def context_writes(self) -> Iterable[str]:
        """Return nothing: the new names are gone after it."""
        return ()

    def context_reads(self) -> bool:
        """Tell whether a value must be resolved by itself."""
        return not all(is_plain(value) for value in self.extra_context.values())


@register.tag("with")
def do_with(parser: Any, token: Any) -> WithNode:
    """Give values names inside the tag."""
    bits = token.split_contents()
    remaining = bits[1:]
    extra_context = token_kwargs(remaining, parser, support_legacy=True)
    if not extra_context:
        raise TemplateSyntaxError(f"{bits[0]!r} expected at least one variable assignment")
    if remaining:
        raise TemplateSyntaxError(f"{bits[0]!r} received an invalid token: {remaining[0]!r}")
    nodelist = parser.parse(("endwith",))
    parser.delete_first_token()
    return WithNode(None, None, nodelist, extra_context=extra_context)
