"""What a node writes its code with.

A list of nodes becomes one function ``render(context)``. Names bound by ``for`` and ``with`` become
local variables of that function. Where a node is called that looks at the context itself (a tag of a
project, an include), the surrounding loops keep the real context up to date as well; names that such
a node may set are always looked up in the context.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from fastjango.template.variables import FilterExpression, Variable
from fastjango.utils.safestring import mark_safe

__all__ = ["ANY_NAME", "CodeWriter", "LoopBinding", "Survey", "is_plain", "knows_itself"]

ANY_NAME: Iterable[str] | None = None
C = TypeVar("C", bound=type)

# The classes whose compile(), context_writes() and context_reads() describe their render(); a subclass
# may do anything else, so it must be named itself.
_known: set[type] = set()

LOOP_NAMES = {
    "counter": "({i} + 1)",
    "counter0": "{i}",
    "revcounter": "({n} - {i})",
    "revcounter0": "({n} - {i} - 1)",
    "first": "({i} == 0)",
    "last": "({i} == {n} - 1)",
}


def knows_itself(cls: C) -> C:
    """Decorate a node class whose ``compile``, ``context_writes`` and ``context_reads`` are true of it."""
    _known.add(cls)
    return cls


def is_plain(expression: Any) -> bool:
    """Tell whether generated code can resolve *expression* without the context being up to date."""
    if expression is None:
        return True
    if type(expression) is FilterExpression:
        variables = [expression.var] if expression.is_var else []
        variables += [arg for _function, args in expression.filters for is_lookup, arg in args if is_lookup]
        return all(type(variable) is Variable and _plain_variable(variable) for variable in variables)
    return type(expression) is Variable and _plain_variable(expression)


def _plain_variable(variable: Variable) -> bool:
    return not (variable.translate and variable.lookups is not None)


@dataclass
class Survey:
    """What a number of nodes do with the context: whether they look at it, which names they set (None: any)."""

    reads: bool = False
    writes: set[str] | None = None

    def touches(self) -> bool:
        """Tell whether the real context must be kept up to date around these nodes."""
        return self.reads or self.writes is None or bool(self.writes)


def survey(nodes: Iterable[Any]) -> Survey:
    """Return what *nodes*, and the nodes inside them, do with the context."""
    found = Survey(writes=set())
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if type(node) not in _known:
            return Survey(reads=True, writes=None)
        found.reads = found.reads or node.context_reads()
        writes = node.context_writes()
        if writes is None or found.writes is None:
            return Survey(reads=True, writes=None)
        found.writes.update(writes)
        for attribute in node.child_nodelists:
            stack.extend(getattr(node, attribute, None) or ())
    return found


@dataclass
class LoopBinding:
    """The ``forloop`` of a loop in generated code: the variables for its index, its length, its parent."""

    index: str
    length: str
    parent: LoopBinding | str
    real: str | None = None

    def expression(self, bits: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """Return code for ``forloop.<bits>`` and the bits that it leaves to be looked up."""
        if bits and bits[0] in LOOP_NAMES:
            return LOOP_NAMES[bits[0]].format(i=self.index, n=self.length), bits[1:]
        if bits and bits[0] == "parentloop":
            if isinstance(self.parent, LoopBinding):
                return self.parent.expression(bits[1:])
            return self.parent, bits[1:]
        return self.dictionary(), bits

    def dictionary(self) -> str:
        """Return code for the dictionary that a template sees as ``forloop``."""
        if self.real is not None:
            return self.real
        parent = self.parent.dictionary() if isinstance(self.parent, LoopBinding) else self.parent
        return f"loop_dict({self.index}, {self.length}, {parent})"


class CodeWriter:
    """Collects the lines of one generated function, and the objects they refer to."""

    def __init__(self, nodes: Iterable[Any], autoescape: bool) -> None:
        self.autoescape = autoescape
        self.lines: list[str] = []
        self.objects: dict[str, Any] = {}
        self.hoisted: dict[str, str] = {}
        self.scopes: list[dict[str, str | LoopBinding]] = []
        self.loop_depth = 0
        self._indent = 1
        self._names = 0
        self._pending: list[str] = []
        self._append = "append"
        self._dynamic = survey(nodes).writes

    # --- lines --------------------------------------------------------------------------------

    def line(self, text: str) -> None:
        """Write a line of code."""
        self.flush()
        self.lines.append("    " * self._indent + text)

    def flush(self) -> None:
        """Write the text that has been collected."""
        if self._pending:
            text, self._pending = "".join(self._pending), []
            self.lines.append(f"{'    ' * self._indent}{self._append}({text!r})")

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write an indented block under the line *head*."""
        self.line(head)
        self._indent += 1
        before = len(self.lines)
        yield
        self.flush()
        if len(self.lines) == before:
            self.line("pass")
        self._indent -= 1

    @contextmanager
    def indented(self) -> Iterator[None]:
        """Write lines one step to the right."""
        self.flush()
        self._indent += 1
        yield
        self.flush()
        self._indent -= 1

    def name(self, prefix: str) -> str:
        """Return a name that is not used yet."""
        self._names += 1
        return f"{prefix}{self._names}"

    def object(self, value: Any) -> str:
        """Return the name under which the code finds *value*."""
        if value is None or value is True or value is False or type(value) in (int, str):
            return repr(value)
        for name, known in self.objects.items():
            if known is value:
                return name
        name = self.name("o")
        self.objects[name] = value
        return name

    # --- output -------------------------------------------------------------------------------

    def text(self, text: str) -> None:
        """Write code that shows *text* as it is."""
        if text:
            self._pending.append(text)

    def emit(self, expression: str) -> None:
        """Write code that shows the string *expression* as it is."""
        self.line(f"{self._append}({expression})")

    def show(self, value: str) -> None:
        """Write code that shows *value* (a variable): localized, escaped."""
        with self.block(f"if type({value}) is str:"):
            if self.autoescape:
                self.emit(f"{value} if markup_escape({value}) is {value} else escape_html({value})")
            else:
                self.emit(value)
        with self.block("else:"):
            self.emit(f"show({value}, context, {self.autoescape})")

    def nodes(self, nodelist: Iterable[Any]) -> None:
        """Write the code of all nodes of *nodelist*."""
        for node in nodelist:
            if type(node) in _known:
                node.compile(self)
            else:
                self.call_node(node)

    def call_node(self, node: Any) -> None:
        """Write code that calls *node* when the page is rendered."""
        self.emit(f"{self.object(node)}.render_annotated(context)")

    @contextmanager
    def capture(self) -> Iterator[str]:
        """Write code whose output is kept in a variable (a safe string) instead of shown; gives its name."""
        self.flush()
        buffer, result, outer = self.name("b"), self.name("t"), self._append
        self.line(f"{buffer} = []")
        self._append = self.name("a")
        self.line(f"{self._append} = {buffer}.append")
        yield result
        self.flush()
        self._append = outer
        self.line(f"{result} = SafeString(''.join({buffer}))")

    # --- scopes -------------------------------------------------------------------------------

    def survey(self, *nodelists: Any) -> Survey:
        """Return what the nodes of *nodelists* do with the context."""
        return survey(node for nodelist in nodelists for node in nodelist or ())

    def is_dynamic(self, name: str) -> bool:
        """Tell whether some node called at rendering may set *name*."""
        return self._dynamic is None or name in self._dynamic

    @contextmanager
    def scope(self, bindings: dict[str, str | LoopBinding], inside: Iterable[Any] = ()) -> Iterator[None]:
        """
        Make template names local variables of the code written inside.

        Names that the nodes *inside* may set stay in the context; nodes elsewhere in the template do not count.
        """
        writes = self.survey(inside).writes
        self.scopes.append(
            {name: local for name, local in bindings.items() if writes is not None and name not in writes}
        )
        yield
        self.scopes.pop()

    def binding(self, name: str) -> str | LoopBinding | None:
        """Return the local variable of the template name *name*."""
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None

    @contextmanager
    def autoescaping(self, setting: bool) -> Iterator[None]:
        """Write code that escapes, or does not."""
        before, self.autoescape = self.autoescape, setting
        yield
        self.flush()
        self.autoescape = before

    # --- expressions --------------------------------------------------------------------------

    def expression(self, expression: Any, ignore_failures: bool = False) -> str:
        """Write code that resolves *expression*; return the variable with its value."""
        if type(expression) is Variable:
            return self.argument(expression)
        if not is_plain(expression):
            result = self.name("t")
            extra = ", ignore_failures=True" if ignore_failures else ""
            self.line(f"{result} = {self.object(expression)}.resolve(context{extra})")
            return result
        if expression.is_var:
            value = self._variable(expression.var, "failed_quietly" if ignore_failures else "failed")
        else:
            value = self.name("t")
            self.line(f"{value} = {self.object(expression.var)}")
        for function, args in expression.filters:
            self._filter(value, function, args)
        return value

    def argument(self, variable: Any) -> str:
        """Write code that resolves a variable that must have a value; return the variable with it."""
        if not is_plain(variable):
            result = self.name("t")
            self.line(f"{result} = {self.object(variable)}.resolve(context)")
            return result
        return self._variable(variable, "failed_argument")

    def _filter(self, value: str, function: Any, args: list[tuple[bool, Any]]) -> None:
        values = [self.argument(arg) if is_lookup else self.object(mark_safe(arg)) for is_lookup, arg in args]
        if getattr(function, "expects_localtime", False):
            self.line(f"{value} = template_localtime({value}, context.use_tz)")
        if getattr(function, "needs_autoescape", False):
            values.append(f"autoescape={self.autoescape}")
        call = f"{self.object(function)}({', '.join([value, *values])})"
        if getattr(function, "is_safe", False):
            safe = self.name("s")
            self.line(f"{safe} = isinstance({value}, SafeData)")
            self.line(f"{value} = {call}")
            self.line(f"if {safe}: {value} = mark_safe({value})")
        else:
            self.line(f"{value} = {call}")

    def _variable(self, variable: Variable, on_failure: str) -> str:
        result = self.name("t")
        if variable.lookups is None:
            literal = variable.resolve({})
            self.line(f"{result} = {self.object(literal)}")
            return result
        name, bits = variable.lookups[0], variable.lookups[1:]
        last = bits[-1] if bits else name
        bound = self.binding(name)
        if isinstance(bound, LoopBinding):
            root, rest = bound.expression(bits)
            if bits and not rest:
                self.line(f"{result} = {root}")
                return result
            bits = rest
        elif bound is not None:
            root = bound
        else:
            root = ""
        with self.block("try:"):
            self._lookups(result, root, name, bits)
        with self.block("except Exception as exc:"):
            self.line(f"{result} = {on_failure}(exc, {last!r}, context)")
        return result

    def _lookups(self, result: str, root: str, name: str, bits: tuple[str, ...]) -> None:
        if not root:
            if self.loop_depth and not self.is_dynamic(name):
                root = self.hoisted.setdefault(name, f"g{len(self.hoisted)}")
                self.line(f"if {root} is MISSING: missing({name!r}, context)")
            else:
                # first() also calls the value.
                code = f"first(context, {name!r})"
                for bit in bits:
                    code = f"step({code}, {bit!r}, context)"
                self.line(f"{result} = {code}")
                return
        if not bits:
            self.line(f"{result} = {root}")
            self.line(f"if callable({result}): {result} = called({result}, {name!r}, context)")
            return
        code = f"step_from_root({root}, {bits[0]!r}, context)"
        for bit in bits[1:]:
            code = f"step({code}, {bit!r}, context)"
        self.line(f"{result} = {code}")
