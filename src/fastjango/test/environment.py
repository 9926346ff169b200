"""
What a whole test run changes, and the small tools of single tests: captured output, captured mail, captured logs.

Comes before ``runner.py`` and the pytest plugin.
"""

from __future__ import annotations

import io
import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from unittest import skipUnless

from fastjango.conf import settings
from fastjango.core import mail
from fastjango.test.signals import template_rendered
from fastjango.utils.translation import deactivate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_saved: dict[str, Any] = {}


def setup_test_environment(debug: bool | None = None) -> None:
    """
    Switch to test conditions: ``testserver`` is an allowed host, mail goes to ``mail.outbox``, templates report.

    Raises:
        RuntimeError: It was called already, without :func:`teardown_test_environment` in between.
    """
    if _saved:
        raise RuntimeError(
            "setup_test_environment() was already called and can't be called again without first calling "
            "teardown_test_environment()."
        )
    from fastjango.template.base import Template

    _saved["allowed_hosts"] = settings.ALLOWED_HOSTS
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    _saved["debug"] = settings.DEBUG
    settings.DEBUG = settings.DEBUG if debug is None else debug
    _saved["email_backend"] = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "fastjango.core.mail.backends.locmem.EmailBackend"
    _saved["template_render"] = Template._render
    Template._render = instrumented_test_render  # type: ignore[method-assign]
    mail.outbox = []
    deactivate()


def teardown_test_environment() -> None:
    """Take back what :func:`setup_test_environment` changed."""
    from fastjango.template.base import Template

    settings.ALLOWED_HOSTS = _saved["allowed_hosts"]
    settings.DEBUG = _saved["debug"]
    settings.EMAIL_BACKEND = _saved["email_backend"]
    Template._render = _saved["template_render"]  # type: ignore[method-assign]
    _saved.clear()
    del mail.outbox


def instrumented_test_render(self: Any, context: Any) -> Any:
    """Render a template and send ``template_rendered``, which the test client listens to."""
    template_rendered.send(sender=self, template=self, context=context)
    original = _saved.get("template_render")
    return original(self, context) if original is not None else self.nodelist.render(context)


class ContextList(list[Any]):
    """The contexts of all templates that made a response; a key is looked up in each of them."""

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            for context in self:
                if key in context:
                    return context[key]
            raise KeyError(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the first value of *key*, or *default*."""
        try:
            return self[key]
        except KeyError:
            return default

    def __contains__(self, key: object) -> bool:
        try:
            self[key]
        except (KeyError, TypeError):
            return False
        return True

    def keys(self) -> set[str]:
        """Return every key of every context."""
        return {key for context in self for layer in context for key in layer}


class Approximate:
    """Equal to every number that agrees in the given decimal places."""

    def __init__(self, val: Any, places: int = 7) -> None:
        self.val = val
        self.places = places

    def __repr__(self) -> str:
        return repr(self.val)

    def __eq__(self, other: Any) -> bool:
        return bool(self.val == other or round(abs(self.val - other), self.places) == 0)

    __hash__ = None  # type: ignore[assignment]


@contextmanager
def captured_output(stream_name: str) -> Iterator[io.StringIO]:
    """Replace ``sys.<stream_name>`` by a text buffer."""
    original = getattr(sys, stream_name)
    setattr(sys, stream_name, io.StringIO())
    try:
        yield getattr(sys, stream_name)
    finally:
        setattr(sys, stream_name, original)


def captured_stdout() -> Any:
    """Capture what is printed."""
    return captured_output("stdout")


def captured_stderr() -> Any:
    """Capture what goes to standard error."""
    return captured_output("stderr")


def captured_stdin() -> Any:
    """Give the test a standard input to write to."""
    return captured_output("stdin")


@contextmanager
def patch_logger(logger_name: str, log_level: str, log_kwargs: bool = False) -> Iterator[list[Any]]:
    """Collect the messages that a logger's method receives."""
    calls: list[Any] = []
    logger = logging.getLogger(logger_name)
    original = getattr(logger, log_level)

    def replacement(msg: str, *args: Any, **kwargs: Any) -> None:
        call = msg % args if args else msg
        calls.append((call, kwargs) if log_kwargs else call)

    setattr(logger, log_level, replacement)
    try:
        yield calls
    finally:
        setattr(logger, log_level, original)


T = TypeVar("T", bound="Callable[..., Any]")


def tag(*tags: str) -> Callable[[T], T]:
    """Mark a test or a test class, for ``manage.py test --tag``."""

    def decorator(obj: T) -> T:
        obj.tags = set(tags) | set(getattr(obj, "tags", ()))  # type: ignore[attr-defined]
        return obj

    return decorator


def str_prefix(value: str) -> str:
    """Return *value* with ``%(_)s`` removed; kept for old tests."""
    return value % {"_": ""}


requires_tz_support = skipUnless(
    hasattr(__import__("time"), "tzset"),
    "This test relies on the ability to run a program in an arbitrary time zone, but your operating system isn't "
    "able to do that.",
)


class LoggingCaptureMixin:
    """Capture the ``django`` logger into ``self.logger_output``."""

    def setUp(self) -> None:
        self.logger: Any = logging.getLogger("fastjango")
        self.logger_output = io.StringIO()
        self._old_streams = [getattr(handler, "stream", None) for handler in self.logger.handlers]
        for handler in self.logger.handlers:
            if hasattr(handler, "stream"):
                handler.stream = self.logger_output

    def tearDown(self) -> None:
        for handler, stream in zip(self.logger.handlers, self._old_streams, strict=True):
            if stream is not None:
                handler.stream = stream


def register_lookup(field: Any, *lookups: Any, lookup_name: str | None = None) -> Any:
    """Register lookups on a field class or instance for the length of the block."""

    @contextmanager
    def manager() -> Iterator[None]:
        try:
            for lookup in lookups:
                field.register_lookup(lookup, lookup_name)
            yield
        finally:
            for lookup in lookups:
                field._unregister_lookup(lookup, lookup_name)

    return manager()


def get_runner(settings: Any, test_runner_class: str | None = None) -> Any:
    """Return the class that ``TEST_RUNNER`` names."""
    from fastjango.utils.module_loading import import_string

    return import_string(test_runner_class or settings.TEST_RUNNER)


def garbage_collect() -> None:
    """Collect garbage."""
    import gc

    gc.collect()
