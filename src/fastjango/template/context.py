"""What a template sees: a stack of dictionaries, and the state of one rendering."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

__all__ = [
    "BaseContext",
    "Context",
    "ContextDict",
    "ContextPopException",
    "RenderContext",
    "RequestContext",
    "make_context",
]


class ContextPopException(Exception):
    """``pop()`` was called more often than ``push()``."""


class ContextDict(dict[Any, Any]):
    """One layer of a context; as a context manager it is taken off again at the end."""

    def __init__(self, context: BaseContext, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        context.dicts.append(self)
        self.context = context

    def __enter__(self) -> ContextDict:
        return self

    def __exit__(self, *args: Any, **kwargs: Any) -> None:
        self.context.pop()


class BaseContext:
    """A stack of dictionaries; a name is looked up from the top down."""

    dicts: list[Any]

    def __init__(self, dict_: Any = None) -> None:
        self._reset_dicts(dict_)

    def _reset_dicts(self, value: Any = None) -> None:
        self.dicts = [{"True": True, "False": False, "None": None}]
        if isinstance(value, BaseContext):
            self.dicts += value.dicts[1:]
        elif value is not None:
            self.dicts.append(value)

    def __copy__(self) -> BaseContext:
        duplicate = BaseContext()
        duplicate.__class__ = self.__class__
        duplicate.__dict__ = copy(self.__dict__)
        duplicate.dicts = self.dicts[:]
        return duplicate

    def __repr__(self) -> str:
        return repr(self.dicts)

    def __iter__(self) -> Iterator[Any]:
        yield from reversed(self.dicts)

    def push(self, *args: Any, **kwargs: Any) -> ContextDict:
        """Put a layer on top, made of the given mappings and names; use it in a ``with`` statement."""
        layers: list[Any] = []
        for layer in args:
            if isinstance(layer, BaseContext):
                layers += layer.dicts[1:]
            else:
                layers.append(layer)
        return ContextDict(self, *layers, **kwargs)

    def pop(self) -> Any:
        """
        Take the top layer off and return it.

        Raises:
            ContextPopException: Only the bottom layer is left.
        """
        if len(self.dicts) == 1:
            raise ContextPopException
        return self.dicts.pop()

    def __setitem__(self, key: Any, value: Any) -> None:
        self.dicts[-1][key] = value

    def set_upward(self, key: Any, value: Any) -> None:
        """Set *key* in the topmost layer that has it, else in the top layer."""
        layer = self.dicts[-1]
        for candidate in reversed(self.dicts):
            if key in candidate:
                layer = candidate
                break
        layer[key] = value

    def __getitem__(self, key: Any) -> Any:
        for layer in reversed(self.dicts):
            if key in layer:
                return layer[key]
        raise KeyError(key)

    def __delitem__(self, key: Any) -> None:
        del self.dicts[-1][key]

    def __contains__(self, key: object) -> bool:
        return any(key in layer for layer in self.dicts)

    def get(self, key: Any, otherwise: Any = None) -> Any:
        """Return the value of *key*, or *otherwise*."""
        for layer in reversed(self.dicts):
            if key in layer:
                return layer[key]
        return otherwise

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return the value of *key*; if it has none, set it to *default*."""
        try:
            return self[key]
        except KeyError:
            self[key] = default
        return default

    def new(self, values: Any = None) -> Any:
        """Return a context of the same kind with only *values* in it."""
        fresh = copy(self)
        fresh._reset_dicts(values)
        return fresh

    def flatten(self) -> dict[Any, Any]:
        """Return all names in one dictionary."""
        flat: dict[Any, Any] = {}
        for layer in self.dicts:
            flat.update(layer)
        return flat

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BaseContext):
            return NotImplemented
        return self.flatten() == other.flatten()

    __hash__ = None  # type: ignore[assignment]  # a context changes


class Context(BaseContext):
    """
    The context of a template.

    Args:
        autoescape: Escape what is shown, unless it is marked safe.
        use_l10n: Show numbers and dates in the language's way; ``None`` leaves it to the settings.
        use_tz: Show aware datetimes in the current time zone; ``None`` leaves it to the settings.
    """

    def __init__(
        self, dict_: Any = None, autoescape: bool = True, use_l10n: bool | None = None, use_tz: bool | None = None
    ) -> None:
        self.autoescape = autoescape
        self.use_l10n = use_l10n
        self.use_tz = use_tz
        self.template_name: str | None = "unknown"
        self.render_context = RenderContext()
        # The template that is rendered first; set for the time of the rendering.
        self.template: Any = None
        super().__init__(dict_)

    @contextmanager
    def bind_template(self, template: Any) -> Iterator[None]:
        """Make *template* the one that is rendered, inside a ``with`` statement."""
        if self.template is not None:
            raise RuntimeError("Context is already bound to a template")
        self.template = template
        try:
            yield
        finally:
            self.template = None

    def __copy__(self) -> BaseContext:
        duplicate: Any = super().__copy__()
        duplicate.render_context = copy(self.render_context)
        fresh: BaseContext = duplicate
        return fresh

    def update(self, other_dict: Any) -> ContextDict:
        """
        Put *other_dict* on top as a layer.

        Raises:
            TypeError: It is no mapping.
        """
        if not hasattr(other_dict, "__getitem__"):
            raise TypeError("other_dict must be a mapping (dictionary-like) object.")
        if isinstance(other_dict, BaseContext):
            other_dict = other_dict.dicts[1:].pop()
        return ContextDict(self, other_dict)


class RenderContext(BaseContext):
    """
    The state of one rendering: what nodes keep for themselves between calls.

    Each template has a layer of its own; only the top layer is seen.
    """

    template: Any = None

    def __iter__(self) -> Iterator[Any]:
        yield from self.dicts[-1]

    def __contains__(self, key: object) -> bool:
        return key in self.dicts[-1]

    def get(self, key: Any, otherwise: Any = None) -> Any:
        """Return the value of *key*, or *otherwise*."""
        return self.dicts[-1].get(key, otherwise)

    def __getitem__(self, key: Any) -> Any:
        return self.dicts[-1][key]

    @contextmanager
    def push_state(self, template: Any, isolated_context: bool = True) -> Iterator[None]:
        """Note that *template* is being rendered; by default with a layer of its own."""
        initial = self.template
        self.template = template
        if isolated_context:
            self.push()
        try:
            yield
        finally:
            self.template = initial
            if isolated_context:
                self.pop()


class RequestContext(Context):
    """
    A context that also has what the context processors find in *request*.

    Args:
        processors: Processors besides those of the engine.
    """

    def __init__(
        self,
        request: Any,
        dict_: Any = None,
        processors: Any = None,
        use_l10n: bool | None = None,
        use_tz: bool | None = None,
        autoescape: bool = True,
    ) -> None:
        super().__init__(dict_, use_l10n=use_l10n, use_tz=use_tz, autoescape=autoescape)
        self.request = request
        self._processors: tuple[Callable[[Any], Any], ...] = () if processors is None else tuple(processors)
        self._processors_index = len(self.dicts)
        # A layer for the processors below that of the caller's own names.
        self.update({})
        # One more for names that templates set.
        self.update({})

    @contextmanager
    def bind_template(self, template: Any) -> Iterator[None]:
        """Make *template* the one that is rendered and ask the processors, inside a ``with`` statement."""
        if self.template is not None:
            raise RuntimeError("Context is already bound to a template")
        self.template = template
        updates: dict[Any, Any] = {}
        for processor in (*template.engine.template_context_processors, *self._processors):
            found = processor(self.request)
            try:
                updates.update(found)
            except TypeError as exc:
                raise TypeError(f"Context processor {processor.__qualname__} didn't return a dictionary.") from exc
        self.dicts[self._processors_index] = updates
        try:
            yield
        finally:
            self.template = None
            self.dicts[self._processors_index] = {}

    def new(self, values: Any = None) -> Any:
        """Return a context of the same request with only *values* in it."""
        fresh = super().new(values)
        # The index belongs to the layers of this context.
        if hasattr(fresh, "_processors_index"):
            del fresh._processors_index
        return fresh


def make_context(context: Any, request: Any = None, **kwargs: Any) -> Context:
    """
    Return a context made of a plain dictionary, and of *request* if there is one.

    Raises:
        TypeError: *context* is no dictionary.
    """
    if context is not None and not isinstance(context, dict):
        raise TypeError(f"context must be a dict rather than {context.__class__.__name__}.")
    if request is None:
        return Context(context, **kwargs)
    # The caller's names must win over those of the processors.
    original = context
    made = RequestContext(request, **kwargs)
    if original:
        made.push(original)
    return made
