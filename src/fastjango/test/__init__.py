"""
The test framework.

``testcases.py`` the test classes, ``assertions.py`` their assertions, ``client.py`` the clients and factories,
``overrides.py`` settings for a while, ``databases.py`` test databases, ``environment.py`` the conditions of a run,
``runner.py`` the runner of ``manage.py test``, ``pytest_plugin.py`` fixtures for pytest, ``live.py`` the live server.
"""

from fastjango.test.client import AsyncClient, AsyncRequestFactory, Client, RequestFactory
from fastjango.test.testcases import (
    LiveServerTestCase,
    SimpleTestCase,
    TestCase,
    TransactionTestCase,
    skipIfDBFeature,
    skipUnlessAnyDBFeature,
    skipUnlessDBFeature,
)
from fastjango.test.utils import (
    ignore_warnings,
    modify_settings,
    no_n_plus_one,
    override_settings,
    override_system_checks,
    tag,
)

__all__ = [
    "AsyncClient",
    "AsyncRequestFactory",
    "Client",
    "LiveServerTestCase",
    "RequestFactory",
    "SimpleTestCase",
    "TestCase",
    "TransactionTestCase",
    "ignore_warnings",
    "modify_settings",
    "no_n_plus_one",
    "override_settings",
    "override_system_checks",
    "skipIfDBFeature",
    "skipUnlessAnyDBFeature",
    "skipUnlessDBFeature",
    "tag",
]
