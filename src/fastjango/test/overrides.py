"""
Change settings, installed apps, system checks and warnings for the length of a test.

Everything here is a context manager and a decorator for functions, coroutine functions and test classes alike.
Comes before ``testcases.py``, which applies class-level overrides through these objects.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from functools import wraps
from inspect import iscoroutinefunction
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, cast
from unittest import TestCase

from fastjango.apps import apps
from fastjango.apps.registry import Apps
from fastjango.conf import UserSettingsHolder, settings
from fastjango.core import checks
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.signals import setting_changed

if TYPE_CHECKING:
    from collections.abc import Iterator

D = TypeVar("D", bound=Callable[..., Any])


class TestContextDecorator:
    """
    Base of objects that act as a context manager, a function decorator and a ``TestCase`` decorator.

    Args:
        attr_name: Name of a class attribute that receives what ``enable()`` returns, when a class is decorated.
        kwarg_name: Name of a keyword argument that receives it, when a function is decorated.
    """

    __test__ = False

    def __init__(self, attr_name: str | None = None, kwarg_name: str | None = None) -> None:
        self.attr_name = attr_name
        self.kwarg_name = kwarg_name

    def enable(self) -> Any:
        """Switch the change on; what it returns is handed to the test."""
        raise NotImplementedError

    def disable(self) -> None:
        """Take the change back."""
        raise NotImplementedError

    def __enter__(self) -> Any:
        return self.enable()

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.disable()

    def decorate_class(self, cls: type[Any]) -> type[Any]:
        """Wrap ``setUp`` of a test class."""
        if not issubclass(cls, TestCase):
            raise TypeError("Can only decorate subclasses of unittest.TestCase")
        original = cls.setUp
        change = self

        def set_up(inner_self: Any) -> None:
            given = change.enable()
            inner_self.addCleanup(change.disable)
            if change.attr_name:
                setattr(inner_self, change.attr_name, given)
            original(inner_self)

        setattr(cls, "setUp", set_up)
        return cls

    def decorate_callable(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function or coroutine function."""
        if iscoroutinefunction(func):

            @wraps(func)
            async def inner_async(*args: Any, **kwargs: Any) -> Any:
                with self as given:
                    if self.kwarg_name:
                        kwargs[self.kwarg_name] = given
                    return await func(*args, **kwargs)

            return inner_async

        @wraps(func)
        def inner(*args: Any, **kwargs: Any) -> Any:
            with self as given:
                if self.kwarg_name:
                    kwargs[self.kwarg_name] = given
                return func(*args, **kwargs)

        return inner

    def __call__(self, decorated: D) -> D:
        if isinstance(decorated, type):
            return cast("D", self.decorate_class(decorated))
        if callable(decorated):
            return cast("D", self.decorate_callable(decorated))
        raise TypeError(f"Cannot decorate object of type {type(decorated)}")


class override_settings(TestContextDecorator):
    """
    Give settings other values for a while.

    ``setting_changed`` is sent for each of them on the way in and on the way out, so that caches of settings follow.
    """

    enable_exception: BaseException | None = None

    def __init__(self, **kwargs: Any) -> None:
        self.options = kwargs
        self.wrapped: Any = None
        super().__init__()

    def enable(self) -> None:
        if "INSTALLED_APPS" in self.options:
            try:
                apps.set_installed_apps(self.options["INSTALLED_APPS"])
            except Exception:
                apps.unset_installed_apps()
                raise
        holder = UserSettingsHolder(settings._wrapped)
        for name, value in self.options.items():
            setattr(holder, name, value)
        self.wrapped = settings._wrapped
        settings._wrapped = holder
        for position, (name, value) in enumerate(self.options.items()):
            try:
                setting_changed.send(sender=settings._wrapped.__class__, setting=name, value=value, enter=True)
            except Exception as exc:
                self.enable_exception = exc
                self._restore(list(self.options)[: position + 1])

    def disable(self) -> None:
        self._restore(list(self.options))

    def _restore(self, names: list[str]) -> None:
        if "INSTALLED_APPS" in self.options:
            apps.unset_installed_apps()
        settings._wrapped = self.wrapped
        self.wrapped = None
        responses: list[tuple[Any, Any]] = []
        for name in names:
            value = getattr(settings, name, None)
            responses += setting_changed.send_robust(
                sender=settings._wrapped.__class__, setting=name, value=value, enter=False
            )
        if self.enable_exception is not None:
            failure, self.enable_exception = self.enable_exception, None
            raise failure
        for _, answer in responses:
            if isinstance(answer, Exception):
                raise answer

    def save_options(self, test_func: Any) -> None:
        """Add these settings to the ones a test class carries already."""
        inherited = test_func._overridden_settings
        test_func._overridden_settings = {**inherited, **self.options} if inherited else dict(self.options)

    def decorate_class(self, cls: type[Any]) -> type[Any]:
        if not hasattr(cls, "_overridden_settings"):
            raise ValueError("Only subclasses of Django SimpleTestCase can be decorated with override_settings")
        self.save_options(cls)
        return cls


def no_n_plus_one() -> override_settings:
    """
    Return what lets N+1 queries fail: for a ``with`` block, a test function or a test class.

    The second object of a result that loads the same relation by itself raises ``NPlusOneError`` with the line that did it.
    """
    return override_settings(N_PLUS_ONE="raise")


class modify_settings(override_settings):
    """Append, prepend or remove entries of list settings: ``modify_settings(MIDDLEWARE={"append": "x.Y"})``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args:
            self.operations: list[tuple[str, Any]] = list(args[0])
        else:
            self.operations = list(kwargs.items())
        super(override_settings, self).__init__()

    def save_options(self, test_func: Any) -> None:
        inherited = test_func._modified_settings
        test_func._modified_settings = [*(inherited or []), *self.operations]

    def enable(self) -> None:
        self.options = {}
        for name, operations in self.operations:
            value = self.options.get(name, list(getattr(settings, name, [])))
            for action, given in operations.items():
                items = [given] if isinstance(given, str) else given
                if action == "append":
                    value = value + [item for item in items if item not in value]
                elif action == "prepend":
                    value = [item for item in items if item not in value] + value
                elif action == "remove":
                    value = [item for item in value if item not in items]
                else:
                    raise ValueError(f"Unsupported action: {action}")
            self.options[name] = value
        super().enable()


class override_system_checks(TestContextDecorator):
    """Run only the given system checks."""

    def __init__(self, new_checks: Iterable[Any], deployment_checks: Iterable[Any] | None = None) -> None:
        self.registry = checks.registry.registry
        self.new_checks = new_checks
        self.deployment_checks = deployment_checks
        super().__init__()

    def enable(self) -> None:
        self.old_checks = self.registry.registered_checks
        self.registry.registered_checks = set()
        for check in self.new_checks:
            self.registry.register(check, *getattr(check, "tags", ()))
        self.old_deployment_checks = self.registry.deployment_checks
        if self.deployment_checks is not None:
            self.registry.deployment_checks = set()
            for check in self.deployment_checks:
                self.registry.register(check, *getattr(check, "tags", ()), deploy=True)

    def disable(self) -> None:
        self.registry.registered_checks = self.old_checks
        self.registry.deployment_checks = self.old_deployment_checks


class ignore_warnings(TestContextDecorator):
    """Ignore the warnings that the keyword arguments of ``warnings.filterwarnings`` describe."""

    def __init__(self, **kwargs: Any) -> None:
        self.ignore_kwargs = kwargs
        use_message = "message" in kwargs or "module" in kwargs
        self.filter_func: Callable[..., Any] = warnings.filterwarnings if use_message else warnings.simplefilter
        super().__init__()

    def enable(self) -> None:
        self.catch_warnings = warnings.catch_warnings()
        self.catch_warnings.__enter__()
        self.filter_func("ignore", **self.ignore_kwargs)

    def disable(self) -> None:
        self.catch_warnings.__exit__(None, None, None)


class isolate_apps(TestContextDecorator):
    """Register model classes defined inside in a registry of their own, made of the given installed apps."""

    def __init__(self, *installed_apps: str, **kwargs: Any) -> None:
        self.installed_apps = installed_apps
        super().__init__(**kwargs)

    def enable(self) -> Apps:
        from fastjango.db.models.options import Options

        self.old_apps = Options.default_apps
        registry = Apps(self.installed_apps)
        Options.default_apps = registry
        return registry

    def disable(self) -> None:
        from fastjango.db.models.options import Options

        Options.default_apps = self.old_apps


@contextmanager
def extend_sys_path(*paths: str) -> Iterator[None]:
    """Add *paths* to ``sys.path``."""
    import sys

    before = sys.path[:]
    sys.path.extend(paths)
    try:
        yield
    finally:
        sys.path = before


@contextmanager
def isolate_lru_cache(lru_cache_object: Any) -> Iterator[None]:
    """Empty an ``lru_cache`` before and after."""
    lru_cache_object.cache_clear()
    try:
        yield
    finally:
        lru_cache_object.cache_clear()


class override_script_prefix(TestContextDecorator):
    """Use another URL script prefix."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        super().__init__()

    def enable(self) -> None:
        from fastjango.urls import get_script_prefix, set_script_prefix

        self.old_prefix = get_script_prefix()
        set_script_prefix(self.prefix)

    def disable(self) -> None:
        from fastjango.urls import set_script_prefix

        set_script_prefix(self.old_prefix)


@contextmanager
def freeze_time(t: float) -> Iterator[None]:
    """Make ``time.time()`` return *t* seconds."""
    import time

    real = time.time
    time.time = lambda: t
    try:
        yield
    finally:
        time.time = real


def require_jinja2(test_func: Any) -> Any:
    """Run a test with the Django and the Jinja2 engine configured, or skip it without Jinja2."""
    from unittest import skipIf

    try:
        import jinja2  # noqa: F401

        missing = False
    except ImportError:
        missing = True
    decorated = skipIf(missing, "this test requires jinja2")(test_func)
    return override_settings(
        TEMPLATES=[
            {"BACKEND": "fastjango.template.backends.django.DjangoTemplates", "APP_DIRS": True},
            {
                "BACKEND": "fastjango.template.backends.jinja2.Jinja2",
                "APP_DIRS": True,
                "OPTIONS": {"keep_trailing_newline": True},
            },
        ]
    )(decorated)


def require_environment(name: str) -> str:
    """Return an environment variable or raise ``ImproperlyConfigured`` naming it."""
    value = os.environ.get(name)
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return value
