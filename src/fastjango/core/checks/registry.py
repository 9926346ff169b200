"""Which checks there are, by tag, and running them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any, TypeVar, overload

from fastjango.core.checks.messages import CheckMessage
from fastjango.utils.inspect import func_accepts_kwargs

C = TypeVar("C", bound=Callable[..., Any])


class Tags:
    """The tags of the built-in checks."""

    admin = "admin"
    async_support = "async_support"
    caches = "caches"
    commands = "commands"
    compatibility = "compatibility"
    database = "database"
    files = "files"
    models = "models"
    security = "security"
    signals = "signals"
    sites = "sites"
    staticfiles = "staticfiles"
    templates = "templates"
    translation = "translation"
    urls = "urls"


class CheckRegistry:
    """
    A collection of checks; those for deployment are kept apart.

    Args:
        rooms: Modules that register checks; imported when checks are first run or listed.
    """

    def __init__(self, rooms: Iterable[str] = ()) -> None:
        self.registered_checks: set[Any] = set()
        self.deployment_checks: set[Any] = set()
        self._own = (self.registered_checks, self.deployment_checks)
        self._rooms = list(rooms)

    def _load_rooms(self) -> None:
        """Import the modules that register the built-in checks; they are not loaded before they are needed."""
        if not self._rooms:
            return
        rooms, self._rooms = self._rooms, []
        # The sets may have been replaced for a while, by tests.
        current = (self.registered_checks, self.deployment_checks)
        self.registered_checks, self.deployment_checks = self._own
        try:
            for room in rooms:
                importlib.import_module(room)
        finally:
            self.registered_checks, self.deployment_checks = current

    @overload
    def register(self, check: C, *tags: str, **kwargs: Any) -> C: ...

    @overload
    def register(self, check: str | None = None, *tags: str, **kwargs: Any) -> Callable[[C], C]: ...

    def register(self, check: Any = None, *tags: str, **kwargs: Any) -> Any:
        """
        Add a check; usable as a function and as a decorator with tags.

        Args:
            deploy: Run the check only for ``check --deploy``.
        Raises:
            TypeError: The check does not take ``**kwargs``.
        """

        def inner(function: Any) -> Any:
            if not func_accepts_kwargs(function):
                raise TypeError("Check functions must accept keyword arguments (**kwargs).")
            function.tags = tags
            (self.deployment_checks if kwargs.get("deploy") else self.registered_checks).add(function)
            return function

        if callable(check):
            return inner(check)
        if check:
            tags = (*tags, check)
        return inner

    def run_checks(
        self,
        app_configs: Any = None,
        tags: Iterable[str] | None = None,
        include_deployment_checks: bool = False,
        databases: Any = None,
    ) -> list[CheckMessage]:
        """
        Run the checks and return what they report.

        Args:
            app_configs: Only these apps; None for all.
            tags: Only checks with one of these tags; database checks run only when asked for.
        """
        wanted = None if tags is None else set(tags)
        errors: list[CheckMessage] = []
        for check in self.get_checks(include_deployment_checks):
            if wanted is None:
                chosen = Tags.database not in check.tags
            else:
                chosen = not wanted.isdisjoint(check.tags)
            if not chosen:
                continue
            found = check(app_configs=app_configs, databases=databases)
            if not isinstance(found, Iterable):
                raise TypeError(
                    f"The function {check!r} did not return a list. All functions registered with the checks "
                    "registry must return a list."
                )
            errors.extend(found)
        return errors

    def tag_exists(self, tag: str, include_deployment_checks: bool = False) -> bool:
        """Return whether any check has that tag."""
        return tag in self.tags_available(include_deployment_checks)

    def tags_available(self, deployment_checks: bool = False) -> set[str]:
        """Return the tags in use."""
        return set(chain.from_iterable(check.tags for check in self.get_checks(deployment_checks)))

    def get_checks(self, include_deployment_checks: bool = False) -> list[Any]:
        """Return the checks."""
        self._load_rooms()
        checks = list(self.registered_checks)
        if include_deployment_checks:
            checks.extend(self.deployment_checks)
        return checks


# Where the built-in checks live; each room checks itself.
ROOMS = (
    "fastjango.core.checks.async_checks",
    "fastjango.core.checks.commands",
    "fastjango.core.checks.compatibility.django_4_0",
    "fastjango.core.checks.database",
    "fastjango.core.checks.files",
    "fastjango.core.checks.security.base",
    "fastjango.core.checks.security.csrf",
    "fastjango.core.checks.security.sessions",
    "fastjango.core.checks.translation",
    "fastjango.core.cache.checks",
    "fastjango.db.models.checks",
    "fastjango.template.checks",
    "fastjango.urls.checks",
)

registry = CheckRegistry(ROOMS)
register = registry.register
run_checks = registry.run_checks
tag_exists = registry.tag_exists
