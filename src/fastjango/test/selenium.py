"""
Live tests in a browser, with the optional package ``selenium``.

``SeleniumTestCase.browsers`` names the browsers (``["chrome"]``); without any the tests are skipped.
"""

from __future__ import annotations

import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, ClassVar

from fastjango.test.testcases import LiveServerTestCase
from fastjango.test.utils import tag

__all__ = ["SeleniumTestCase", "screenshot_cases"]


def screenshot_cases(method_names: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Name the kinds of screenshots (``"desktop_size"``, ``"dark"``, ...) a test is for; the test runs once as it is."""
    names = [method_names] if isinstance(method_names, str) else list(method_names)

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        function._screenshot_cases = names  # type: ignore[attr-defined]  # a mark for a runner
        return function

    return decorate


@tag("selenium")
class SeleniumTestCase(LiveServerTestCase):
    """A live server and a browser in ``self.selenium``."""

    browsers: ClassVar[list[str]] = []
    headless: ClassVar[bool] = True
    implicit_wait: ClassVar[int] = 10
    selenium: ClassVar[Any]

    @classmethod
    def setUpClass(cls) -> None:
        """Start server and browser. Raises ``SkipTest`` when no browser is named."""
        if not cls.browsers:
            raise unittest.SkipTest("No browsers specified.")
        super().setUpClass()
        cls.selenium = cls.create_webdriver(cls.browsers[0])
        cls.selenium.implicitly_wait(cls.implicit_wait)
        cls.addClassCleanup(cls.selenium.quit)

    @classmethod
    def create_webdriver(cls, browser: str) -> Any:
        """Return a driver for *browser*, without a window where it can."""
        folder = import_module(f"selenium.webdriver.{browser}")
        options = folder.options.Options()
        if cls.headless and browser in ("chrome", "edge"):
            options.add_argument("--headless=new")
        elif cls.headless and browser == "firefox":
            options.add_argument("-headless")
        return folder.webdriver.WebDriver(options=options)

    @contextmanager
    def disable_implicit_wait(self) -> Iterator[None]:
        """Look for elements without waiting for them."""
        self.selenium.implicitly_wait(0)
        try:
            yield
        finally:
            self.selenium.implicitly_wait(self.implicit_wait)
