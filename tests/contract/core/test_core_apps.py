"""The registry of apps."""

from __future__ import annotations

import gc

import pytest

from fastjango.apps import AppConfig, apps
from fastjango.apps.registry import Apps
from fastjango.core.exceptions import AppRegistryNotReady, ImproperlyConfigured


class NamedConfig(AppConfig):
    """A configuration of its own."""

    name = "fastjango.utils"
    label = "helpers_app"
    verbose_name = "Helpers"


def test_apps_are_found_by_label_and_name() -> None:
    assert apps.get_app_config("sessions").name == "fastjango.contrib.sessions"
    assert apps.is_installed("fastjango.contrib.sessions")
    with pytest.raises(LookupError, match=r"Did you mean 'sessions'"):
        apps.get_app_config("fastjango.contrib.sessions")


def test_models_are_found_by_dotted_name() -> None:
    assert apps.get_model("sessions.Session") is apps.get_model("sessions", "session")
    with pytest.raises(LookupError, match=r"App 'sessions' doesn't have a 'Nope' model."):
        apps.get_model("sessions.Nope")


def test_labels_must_be_unique() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"Application labels aren't unique, duplicates: utils"):
        Apps(["fastjango.utils", "fastjango.db.utils"])


def test_an_unknown_config_names_those_there_are() -> None:
    with pytest.raises(ImportError, match=r"does not contain a 'NopeConfig' class. Choices are: 'SessionsConfig'"):
        Apps(["fastjango.contrib.sessions.apps.NopeConfig"])


def test_a_registry_of_ones_own() -> None:
    registry = Apps([f"{__name__}.NamedConfig"]) if "." in __name__ else Apps([NamedConfig("fastjango.utils", None)])

    assert registry.get_app_config("helpers_app").verbose_name == "Helpers"


def test_operations_wait_for_models() -> None:
    registry = Apps()
    seen: list[object] = []
    registry.lazy_model_operation(seen.append, ("shop", "product"))

    class FakeOptions:
        app_label, model_name, auto_created, swapped = "shop", "product", False, None

    class Product:
        _meta = FakeOptions()

    registry.register_model("shop", Product)

    assert seen == [Product]


def test_nothing_is_given_before_apps_are_loaded() -> None:
    registry = Apps()
    registry.apps_ready = registry.models_ready = False

    with pytest.raises(AppRegistryNotReady, match=r"Models aren't loaded yet."):
        registry.get_models()


def test_what_setup_loads_is_not_looked_through_by_the_garbage_collector() -> None:
    assert gc.get_freeze_count() > 10_000
