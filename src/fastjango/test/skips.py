"""Skip tests and test classes by what the database can do."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any
from unittest import SkipTest

from fastjango.db import DEFAULT_DB_ALIAS, connections


class CheckCondition:
    """A class attribute that is true as soon as one of its conditions is; the test class is skipped then."""

    def __init__(self, *conditions: tuple[Callable[[], bool], str]) -> None:
        self.conditions = conditions

    def add_condition(self, condition: Callable[[], bool], reason: str) -> CheckCondition:
        """Return a new one with a further condition."""
        return type(self)(*self.conditions, (condition, reason))

    def __get__(self, instance: Any, cls: Any = None) -> bool:
        # A class that is skipped anyway needs no look at the database.
        if any(getattr(base, "__unittest_skip__", False) is True for base in cls.__bases__):
            return True
        for condition, reason in self.conditions:
            if condition():
                cls.__unittest_skip_why__ = reason
                return True
        return False


def _deferred_skip(condition: Callable[[], bool], reason: str, name: str) -> Callable[[Any], Any]:
    def decorator(test_func: Any) -> Any:
        if not isinstance(test_func, type):

            def check(test: Any) -> None:
                databases = getattr(test, "databases", None)
                if not databases or DEFAULT_DB_ALIAS not in databases:
                    raise ValueError(
                        f"{name} cannot be used on {test} as {test.__class__.__qualname__} doesn't allow queries "
                        f"against the {DEFAULT_DB_ALIAS!r} database."
                    )
                if condition():
                    raise SkipTest(reason)

            if iscoroutinefunction(test_func):

                @wraps(test_func)
                async def skip_wrapper_async(*args: Any, **kwargs: Any) -> Any:
                    if args and isinstance(args[0], unittest.TestCase):
                        check(args[0])
                    return await test_func(*args, **kwargs)

                return skip_wrapper_async

            @wraps(test_func)
            def skip_wrapper(*args: Any, **kwargs: Any) -> Any:
                if args and isinstance(args[0], unittest.TestCase):
                    check(args[0])
                elif condition():
                    raise SkipTest(reason)
                return test_func(*args, **kwargs)

            return skip_wrapper
        databases = getattr(test_func, "databases", None)
        if not databases or DEFAULT_DB_ALIAS not in databases:
            raise ValueError(
                f"{name} cannot be used on {test_func} as it doesn't allow queries against the "
                f"{DEFAULT_DB_ALIAS!r} database."
            )
        inherited = test_func.__dict__.get("__unittest_skip__")
        if isinstance(inherited, CheckCondition):
            test_func.__unittest_skip__ = inherited.add_condition(condition, reason)  # type: ignore[attr-defined]
        elif inherited is not True:
            test_func.__unittest_skip__ = CheckCondition((condition, reason))  # type: ignore[attr-defined]
        return test_func

    return decorator


def _has(feature: str) -> bool:
    return bool(getattr(connections[DEFAULT_DB_ALIAS].features, feature, False))


def skipIfDBFeature(*features: str) -> Callable[[Any], Any]:
    """Skip a test if the database has one of the named features."""
    return _deferred_skip(
        lambda: any(_has(feature) for feature in features),
        "Database has feature(s) {}".format(", ".join(features)),
        "skipIfDBFeature",
    )


def skipUnlessDBFeature(*features: str) -> Callable[[Any], Any]:
    """Skip a test unless the database has all the named features."""
    return _deferred_skip(
        lambda: not all(_has(feature) for feature in features),
        "Database doesn't support feature(s): {}".format(", ".join(features)),
        "skipUnlessDBFeature",
    )


def skipUnlessAnyDBFeature(*features: str) -> Callable[[Any], Any]:
    """Skip a test unless the database has one of the named features."""
    return _deferred_skip(
        lambda: not any(_has(feature) for feature in features),
        "Database doesn't support any of the feature(s): {}".format(", ".join(features)),
        "skipUnlessAnyDBFeature",
    )
