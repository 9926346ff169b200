"""Tests of pages in a browser, with the optional package ``selenium``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, ClassVar

from fastjango.test import modify_settings
from fastjango.test.selenium import SeleniumTestCase
from fastjango.test.static_live import StaticLiveServerTestCase
from fastjango.utils.deprecation import MiddlewareMixin

__all__ = ["AdminSeleniumTestCase", "CSPMiddleware"]

# Seconds a browser is waited for.
TIMEOUT = 10


def _by_css(selector: str) -> tuple[str, str]:
    """Return a locator of selenium."""
    return ("css selector", selector)


class CSPMiddleware(MiddlewareMixin):
    """Refuses whatever does not come from the site itself, so that tests find inline scripts."""

    def process_response(self, request: Any, response: Any) -> Any:
        """Add the header."""
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        return response


@modify_settings(MIDDLEWARE={"append": "fastjango.contrib.admin.tests.CSPMiddleware"})
class AdminSeleniumTestCase(SeleniumTestCase, StaticLiveServerTestCase):
    """A live server with static files and a browser, and what tests of the admin do with it."""

    available_apps: ClassVar[list[str] | None] = [
        "fastjango.contrib.admin",
        "fastjango.contrib.auth",
        "fastjango.contrib.contenttypes",
        "fastjango.contrib.sessions",
        "fastjango.contrib.sites",
    ]

    def wait_until(self, callback: Callable[[Any], Any], timeout: float = TIMEOUT) -> None:
        """Wait at most *timeout* seconds until ``callback(driver)`` is true."""
        wait = import_module("selenium.webdriver.support.wait")
        wait.WebDriverWait(self.selenium, timeout).until(callback)

    def _wait_for_condition(self, name: str, *args: Any, timeout: float) -> None:
        conditions = import_module("selenium.webdriver.support.expected_conditions")
        self.wait_until(getattr(conditions, name)(*args), timeout)

    @contextmanager
    def wait_page_loaded(self, timeout: float = TIMEOUT) -> Iterator[None]:
        """Wait at the end of the block until the page that it leads to is there."""
        old = self.selenium.find_element("tag name", "html")
        yield
        self._wait_for_condition("staleness_of", old, timeout=timeout)
        self.wait_page_ready(timeout)

    def wait_page_ready(self, timeout: float = TIMEOUT) -> None:
        """Wait until the document is loaded."""
        self.wait_until(lambda driver: driver.execute_script("return document.readyState") == "complete", timeout)

    def wait_for_and_switch_to_popup(self, num_windows: int = 2, timeout: float = TIMEOUT) -> None:
        """Wait for a window and go to it."""
        self.wait_until(lambda driver: len(driver.window_handles) == num_windows, timeout)
        self.selenium.switch_to.window(self.selenium.window_handles[-1])
        self.wait_page_ready(timeout)

    def wait_for(self, css_selector: str, timeout: float = TIMEOUT) -> None:
        """Wait until an element is there."""
        self._wait_for_condition("presence_of_element_located", _by_css(css_selector), timeout=timeout)

    def wait_for_text(self, css_selector: str, text: str, timeout: float = TIMEOUT) -> None:
        """Wait until an element holds *text*."""
        self._wait_for_condition("text_to_be_present_in_element", _by_css(css_selector), text, timeout=timeout)

    def wait_for_value(self, css_selector: str, text: str, timeout: float = TIMEOUT) -> None:
        """Wait until the value of an input holds *text*."""
        self._wait_for_condition("text_to_be_present_in_element_value", _by_css(css_selector), text, timeout=timeout)

    def wait_until_visible(self, css_selector: str, timeout: float = TIMEOUT) -> None:
        """Wait until an element can be seen."""
        self._wait_for_condition("visibility_of_element_located", _by_css(css_selector), timeout=timeout)

    def wait_until_invisible(self, css_selector: str, timeout: float = TIMEOUT) -> None:
        """Wait until no such element can be seen."""
        self._wait_for_condition("invisibility_of_element_located", _by_css(css_selector), timeout=timeout)

    def admin_login(self, username: str, password: str, login_url: str = "/admin/") -> None:
        """Log in through the form."""
        self.selenium.get(f"{self.live_server_url}{login_url}")
        for name, value in (("username", username), ("password", password)):
            self.selenium.find_element("name", name).send_keys(value)
        with self.wait_page_loaded():
            self.selenium.find_element(*_by_css("[type=submit]")).click()

    def _select(self, selector: str) -> Any:
        element = self.selenium.find_element(*_by_css(selector))
        return import_module("selenium.webdriver.support.ui").Select(element)

    def select_option(self, selector: str, value: str) -> None:
        """Choose the option *value* of a select."""
        self._select(selector).select_by_value(value)

    def deselect_option(self, selector: str, value: str) -> None:
        """Take back the choice of *value*."""
        self._select(selector).deselect_by_value(value)

    def assertCountSeleniumElements(self, selector: str, count: int, root_element: Any = None) -> None:
        """Check how many elements match *selector*."""
        found = (root_element or self.selenium).find_elements(*_by_css(selector))
        self.assertEqual(len(found), count)

    def _assert_options(self, selector: str, values: list[str]) -> None:
        options = self.selenium.find_elements(*_by_css(selector))
        self.assertEqual([option.get_attribute("value") for option in options], values)

    def assertSelectOptions(self, selector: str, values: list[str]) -> None:
        """Check the values of the options of a select, in order."""
        self._assert_options(f"{selector} > option", values)

    def assertSelectedOptions(self, selector: str, values: list[str]) -> None:
        """Check the values of the chosen options, in order."""
        self._assert_options(f"{selector} > option:checked", values)

    def is_disabled(self, selector: str) -> bool:
        """Return whether an element is switched off."""
        return self.selenium.find_element(*_by_css(selector)).get_attribute("disabled") in ("true",)
