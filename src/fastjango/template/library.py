"""``Library``: where a project registers its tags and filters, and the nodes of simple tags.

The helpers read a function's signature, so that a template's arguments are checked when it is parsed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from importlib import import_module
from inspect import FullArgSpec, getfullargspec, unwrap
from typing import Any, TypeVar, overload

from fastjango.template.codegen.writer import CodeWriter, is_plain, knows_itself
from fastjango.template.exceptions import TemplateSyntaxError
from fastjango.template.nodes import Node, NodeList
from fastjango.template.parser import token_kwargs
from fastjango.utils.html import conditional_escape

__all__ = [
    "InclusionNode",
    "InvalidTemplateLibrary",
    "Library",
    "SimpleBlockNode",
    "SimpleNode",
    "TagHelperNode",
    "import_library",
    "parse_bits",
]


F = TypeVar("F", bound=Callable[..., Any])


class InvalidTemplateLibrary(Exception):
    """A module that was to be loaded as a tag library is none."""


class Library:
    """The tags and filters of a module; it is found there under the name ``register``."""

    def __init__(self) -> None:
        self.filters: dict[str, Callable[..., Any]] = {}
        self.tags: dict[str, Callable[..., Any]] = {}

    @overload
    def tag(self, name: F) -> F: ...

    @overload
    def tag(self, name: str | None = None, compile_function: None = None) -> Callable[[F], F]: ...

    @overload
    def tag(self, name: str | None, compile_function: F) -> F: ...

    def tag(self, name: Any = None, compile_function: Any = None) -> Any:
        """Register a compile function ``(parser, token) -> Node``; as a call or as a decorator."""
        if name is None and compile_function is None:
            return self.tag_function
        if compile_function is None:
            if callable(name):
                return self.tag_function(name)

            def register(function: Any) -> Any:
                return self.tag(name, function)

            return register
        if name is None:
            raise ValueError(f"Unsupported arguments to Library.tag: ({name!r}, {compile_function!r})")
        self.tags[name] = compile_function
        return compile_function

    def tag_function(self, func: F) -> F:
        """Register the compile function *func* under its own name."""
        self.tags[func.__name__] = func
        return func

    @overload
    def filter(self, name: F, filter_func: None = None, **flags: Any) -> F: ...

    @overload
    def filter(self, name: str | None = None, filter_func: None = None, **flags: Any) -> Callable[[F], F]: ...

    @overload
    def filter(self, name: str | None, filter_func: F, **flags: Any) -> F: ...

    def filter(self, name: Any = None, filter_func: Any = None, **flags: Any) -> Any:
        """
        Register a filter; as a call or as a decorator.

        Args:
            flags: ``is_safe``, ``needs_autoescape``, ``expects_localtime``.
        """
        if name is None and filter_func is None:

            def register(function: Any) -> Any:
                return self.filter_function(function, **flags)

            return register
        if filter_func is None:
            if callable(name):
                return self.filter_function(name, **flags)

            def register_named(function: Any) -> Any:
                return self.filter(name, function, **flags)

            return register_named
        if name is None:
            raise ValueError(f"Unsupported arguments to Library.filter: ({name!r}, {filter_func!r})")
        self.filters[name] = filter_func
        for flag in ("expects_localtime", "is_safe", "needs_autoescape"):
            if flag in flags:
                # The innermost function has the flag too, for decorated ones.
                setattr(filter_func, flag, flags[flag])
                inner = unwrap(filter_func)
                if inner is not filter_func:
                    setattr(inner, flag, flags[flag])
        filter_func._filter_name = name
        return filter_func

    def filter_function(self, func: F, **flags: Any) -> F:
        """Register the filter *func* under its own name."""
        return self.filter(func.__name__, func, **flags)

    @overload
    def simple_tag(self, func: F) -> F: ...

    @overload
    def simple_tag(
        self, func: None = None, takes_context: bool | None = None, name: str | None = None
    ) -> Callable[[F], F]: ...

    def simple_tag(self, func: Any = None, takes_context: bool | None = None, name: str | None = None) -> Any:
        """
        Register a function whose result is shown, or kept with ``{% tag ... as name %}``.

        Args:
            takes_context: The function's first argument is the context.
        """

        def register(function: Any) -> Any:
            spec = getfullargspec(unwrap(function))
            function_name = name or function.__name__

            @wraps(function)
            def compile_function(parser: Any, token: Any) -> SimpleNode:
                bits = token.split_contents()[1:]
                target_var = None
                if len(bits) >= 2 and bits[-2] == "as":
                    target_var = bits[-1]
                    bits = bits[:-2]
                args, kwargs = _parse(parser, bits, spec, takes_context, function_name)
                return SimpleNode(function, takes_context, args, kwargs, target_var)

            self.tag(function_name, compile_function)
            return function

        return _as_decorator(func, register, "Invalid arguments provided to simple_tag")

    @overload
    def simple_block_tag(self, func: F) -> F: ...

    @overload
    def simple_block_tag(
        self, func: None = None, takes_context: bool | None = None, name: str | None = None, end_name: str | None = None
    ) -> Callable[[F], F]: ...

    def simple_block_tag(
        self, func: Any = None, takes_context: bool | None = None, name: str | None = None, end_name: str | None = None
    ) -> Any:
        """
        Register a function that gets the text between a tag and its end tag as ``content``.

        Args:
            end_name: The end tag, by default ``end`` and the tag's name.
        """

        def register(function: Any) -> Any:
            nonlocal end_name
            spec = getfullargspec(unwrap(function))
            function_name = name or function.__name__
            if end_name is None:
                end_name = f"end{function_name}"
            closing = end_name

            @wraps(function)
            def compile_function(parser: Any, token: Any) -> SimpleBlockNode:
                tag_params = _without_content(spec, takes_context, function_name)
                bits = token.split_contents()[1:]
                target_var = None
                if len(bits) >= 2 and bits[-2] == "as":
                    target_var = bits[-1]
                    bits = bits[:-2]
                nodelist = parser.parse((closing,))
                parser.delete_first_token()
                args, kwargs = parse_bits(
                    parser, bits, tag_params, spec.varargs, spec.varkw, spec.defaults, spec.kwonlyargs,
                    spec.kwonlydefaults, takes_context, function_name,
                )  # fmt: skip
                return SimpleBlockNode(nodelist, function, takes_context, args, kwargs, target_var)

            self.tag(function_name, compile_function)
            return function

        return _as_decorator(func, register, "Invalid arguments provided to simple_block_tag")

    def inclusion_tag(
        self, filename: Any, func: Any = None, takes_context: bool | None = None, name: str | None = None
    ) -> Callable[[F], F]:
        """
        Register a function that gives the context for the template *filename*, which is shown.

        Args:
            filename: The name of a template, a template, or a list of names.
        """

        def register(function: Any) -> Any:
            spec = getfullargspec(unwrap(function))
            function_name = name or function.__name__

            @wraps(function)
            def compile_function(parser: Any, token: Any) -> InclusionNode:
                bits = token.split_contents()[1:]
                args, kwargs = _parse(parser, bits, spec, takes_context, function_name)
                return InclusionNode(function, takes_context, args, kwargs, filename)

            self.tag(function_name, compile_function)
            return function

        return register if func is None else register(func)


def _as_decorator(func: Any, register: Callable[[Any], Any], message: str) -> Any:
    if func is None:
        return register
    if callable(func):
        return register(func)
    raise ValueError(message)


def _without_content(spec: FullArgSpec, takes_context: bool | None, name: str) -> list[str]:
    """Return the parameters of a block tag's function without ``content``, which its place must show."""
    params = list(spec.args)
    if takes_context:
        if len(params) >= 2 and params[1] == "content":
            del params[1]
        else:
            raise TemplateSyntaxError(
                f"{name!r} is decorated with takes_context=True so it must have a first argument of 'context' "
                "and a second argument of 'content'"
            )
        if params and params[0] == "context":
            return params
    elif params and params[0] == "content":
        del params[0]
        return params
    else:
        raise TemplateSyntaxError(f"'{name}' must have a first argument of 'content'")
    raise TemplateSyntaxError(
        f"{name!r} is decorated with takes_context=True so it must have a first argument of 'context' "
        "and a second argument of 'content'"
    )


@knows_itself
class TagHelperNode(Node):
    """The base of tags made of a function: its arguments are resolved, then it is called."""

    child_nodelists: Iterable[str] = ()

    def __init__(self, func: Any, takes_context: bool | None, args: list[Any], kwargs: dict[str, Any]) -> None:
        self.func = func
        self.takes_context = takes_context
        self.args = args
        self.kwargs = kwargs

    def get_resolved_arguments(self, context: Any) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments for the function."""
        args = [variable.resolve(context) for variable in self.args]
        if self.takes_context:
            args = [context, *args]
        return args, {name: value.resolve(context) for name, value in self.kwargs.items()}

    def arguments_are_plain(self) -> bool:
        """Tell whether generated code can resolve all arguments."""
        return all(is_plain(value) for value in (*self.args, *self.kwargs.values()))

    def write_arguments(self, code: CodeWriter) -> str:
        """Write code that resolves the arguments; return them as they stand in a call."""
        values = [code.expression(value) for value in self.args]
        named = {name: code.expression(value) for name, value in self.kwargs.items()}
        if any(not name.isidentifier() for name in named):
            pairs = ", ".join(f"{name!r}: {value}" for name, value in named.items())
            return ", ".join([*values, f"**{{{pairs}}}"])
        return ", ".join([*values, *(f"{name}={value}" for name, value in named.items())])


@knows_itself
class SimpleNode(TagHelperNode):
    """The node of a simple tag."""

    def __init__(
        self, func: Any, takes_context: bool | None, args: list[Any], kwargs: dict[str, Any], target_var: str | None
    ) -> None:
        super().__init__(func, takes_context, args, kwargs)
        self.target_var = target_var

    def render(self, context: Any) -> str:
        """Call the function; show its result, or keep it."""
        args, kwargs = self.get_resolved_arguments(context)
        output = self.func(*args, **kwargs)
        if self.target_var is not None:
            context[self.target_var] = output
            return ""
        if context.autoescape:
            output = conditional_escape(output)
        text: str = output
        return text

    def compile(self, code: CodeWriter) -> None:
        """Write the call, unless the function wants the context."""
        if self.takes_context or not self.arguments_are_plain():
            code.call_node(self)
            return
        arguments = self.write_arguments(code)
        call = f"{code.object(self.func)}({arguments})"
        if self.target_var is not None:
            code.line(f"context[{self.target_var!r}] = {call}")
        elif code.autoescape:
            code.emit(f"{code.object(conditional_escape)}({call})")
        else:
            code.emit(call)

    def context_writes(self) -> Iterable[str] | None:
        """Return the name the result is kept under; a function that gets the context may set any."""
        if self.takes_context:
            return None
        return () if self.target_var is None else (self.target_var,)

    def context_reads(self) -> bool:
        """Tell whether the function gets the context."""
        return bool(self.takes_context) or not self.arguments_are_plain()


class SimpleBlockNode(SimpleNode):
    """The node of a simple block tag."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nodelist = nodelist

    def get_resolved_arguments(self, context: Any) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments for the function, with the text of the block."""
        args, kwargs = super().get_resolved_arguments(context)
        place = 1 if self.takes_context else 0
        args.insert(place, self.nodelist.render(context))
        return args, kwargs


@knows_itself
class InclusionNode(TagHelperNode):
    """The node of an inclusion tag."""

    def __init__(
        self, func: Any, takes_context: bool | None, args: list[Any], kwargs: dict[str, Any], filename: Any
    ) -> None:
        super().__init__(func, takes_context, args, kwargs)
        self.filename = filename

    def render(self, context: Any) -> str:
        """Render the template with the context that the function gives."""
        args, kwargs = self.get_resolved_arguments(context)
        values = self.func(*args, **kwargs)
        template = context.render_context.get(self)
        if template is None:
            template = self._template(context.template.engine)
            context.render_context[self] = template
        inner = context.new(values)
        # The CSRF token is needed wherever a form may be.
        csrf_token = context.get("csrf_token")
        if csrf_token is not None:
            inner["csrf_token"] = csrf_token
        text: str = template.render(inner)
        return text

    def context_writes(self) -> Iterable[str] | None:
        """Return nothing, unless the function gets the context."""
        return None if self.takes_context else ()

    def _template(self, engine: Any) -> Any:
        if callable(getattr(self.filename, "render", None)):
            return self.filename
        if hasattr(getattr(self.filename, "template", None), "render"):
            return self.filename.template
        if not isinstance(self.filename, str) and isinstance(self.filename, Iterable):
            return engine.select_template(self.filename)
        return engine.get_template(self.filename)


def _parse(
    parser: Any, bits: list[str], spec: FullArgSpec, takes_context: bool | None, name: str
) -> tuple[list[Any], dict[str, Any]]:
    return parse_bits(
        parser, bits, spec.args, spec.varargs, spec.varkw, spec.defaults, spec.kwonlyargs, spec.kwonlydefaults,
        takes_context, name,
    )  # fmt: skip


def parse_bits(
    parser: Any,
    bits: list[str],
    params: list[str],
    varargs: str | None,
    varkw: str | None,
    defaults: tuple[Any, ...] | None,
    kwonly: list[str],
    kwonly_defaults: dict[str, Any] | None,
    takes_context: bool | None,
    name: str,
) -> tuple[list[Any], dict[str, Any]]:
    """
    Return the words *bits* of a tag as arguments for a function with these parameters.

    Raises:
        TemplateSyntaxError: They do not fit.
    """
    if takes_context:
        if not params or params[0] != "context":
            raise TemplateSyntaxError(
                f"'{name}' is decorated with takes_context=True so it must have a first argument of 'context'"
            )
        params = params[1:]
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    positional = list(params)
    required_kwonly = [key for key in kwonly if not kwonly_defaults or key not in kwonly_defaults]
    for bit in bits:
        named = token_kwargs([bit], parser)
        if not named:
            if kwargs:
                raise TemplateSyntaxError(
                    f"'{name}' received some positional argument(s) after some keyword argument(s)"
                )
            args.append(parser.compile_filter(bit))
            if positional:
                positional.pop(0)
            elif varargs is None:
                raise TemplateSyntaxError(f"'{name}' received too many positional arguments")
            continue
        ((key, value),) = named.items()
        if key not in params and key not in kwonly and varkw is None:
            raise TemplateSyntaxError(f"'{name}' received unexpected keyword argument '{key}'")
        if key in kwargs:
            raise TemplateSyntaxError(f"'{name}' received multiple values for keyword argument '{key}'")
        kwargs[str(key)] = value
        if key in positional:
            positional.remove(key)
        elif key in required_kwonly:
            required_kwonly.remove(key)
    if defaults:
        # What has a default need not be given.
        positional = positional[: -len(defaults)]
    missing = positional + required_kwonly
    if missing:
        shown = ", ".join(f"'{key}'" for key in missing)
        raise TemplateSyntaxError(f"'{name}' did not receive value(s) for the argument(s): {shown}")
    return args, kwargs


def import_library(name: str) -> Library:
    """
    Return the library of the module *name*.

    Raises:
        InvalidTemplateLibrary: The module cannot be imported or has no ``register``.
    """
    try:
        module = import_module(name)
    except ImportError as exc:
        raise InvalidTemplateLibrary(
            f"Invalid template library specified. ImportError raised when trying to load '{name}': {exc}"
        ) from exc
    try:
        library: Library = module.register
    except AttributeError as exc:
        raise InvalidTemplateLibrary(f"Module {name} does not have a variable named 'register'") from exc
    return library
