"""Settings: defaults, modules, overriding, typed classes."""

from __future__ import annotations

import sys
import threading
from types import ModuleType

import pytest
from pydantic_settings import BaseSettings

from fastjango.conf import LazySettings, Settings, UserSettingsHolder, global_settings
from fastjango.conf.script_prefix import clear_script_prefix, set_script_prefix
from fastjango.core.exceptions import ImproperlyConfigured


class TypedSettings(BaseSettings):
    """Read from the environment."""

    MY_LIMIT: int = 3
    ignored: str = "lower case"


def make_module(monkeypatch: pytest.MonkeyPatch, **values: object) -> str:
    """Make a settings module and return its name."""
    module = ModuleType("made_up_settings")
    module.__dict__.update({"TIME_ZONE": "", **values})
    monkeypatch.setitem(sys.modules, "made_up_settings", module)
    return "made_up_settings"


def test_a_module_overrides_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(make_module(monkeypatch, DEBUG=True))

    assert settings.DEBUG is True
    assert settings.is_overridden("DEBUG")
    assert not settings.is_overridden("APPEND_SLASH")


def test_lists_given_as_text_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"The ALLOWED_HOSTS setting must be a list or a tuple."):
        Settings(make_module(monkeypatch, ALLOWED_HOSTS="example.com"))


def test_a_typed_class_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_LIMIT", "7")

    settings = Settings(make_module(monkeypatch, SETTINGS_CLASS=TypedSettings))

    assert settings.MY_LIMIT == 7
    assert not hasattr(settings, "ignored")


def test_configure_twice_is_refused() -> None:
    settings = LazySettings()
    settings.configure()

    with pytest.raises(RuntimeError, match=r"Settings already configured."):
        settings.configure()


def test_configure_refuses_lower_case_names() -> None:
    with pytest.raises(TypeError, match=r"Setting 'debug' must be uppercase."):
        LazySettings().configure(debug=True)


def test_settings_that_are_not_configured_name_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FASTJANGO_SETTINGS_MODULE", raising=False)
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)

    with pytest.raises(ImproperlyConfigured, match=r"Requested setting DEBUG.*FASTJANGO_SETTINGS_MODULE"):
        _ = LazySettings().DEBUG


def test_djangos_variable_is_honoured_when_ours_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FASTJANGO_SETTINGS_MODULE", raising=False)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", make_module(monkeypatch, DEBUG=True))

    assert LazySettings().DEBUG is True


def test_an_empty_secret_key_is_refused() -> None:
    settings = LazySettings()
    settings.configure()

    with pytest.raises(ImproperlyConfigured, match=r"The SECRET_KEY setting must not be empty."):
        _ = settings.SECRET_KEY


def test_relative_static_urls_follow_the_script_prefix() -> None:
    settings = LazySettings()
    settings.configure(STATIC_URL="static/")
    set_script_prefix("/app")
    try:
        assert settings.STATIC_URL == "/app/static/"
    finally:
        clear_script_prefix()
    assert settings.STATIC_URL == "/static/"


def test_a_deleted_setting_is_gone_until_it_is_set_again() -> None:
    holder = UserSettingsHolder(global_settings)
    del holder.DEBUG

    assert not hasattr(holder, "DEBUG")
    holder.DEBUG = True
    assert holder.DEBUG is True


def test_threads_read_settings_while_they_are_exchanged() -> None:
    settings = LazySettings()
    first, second = UserSettingsHolder(global_settings), UserSettingsHolder(global_settings)
    first.MARK, second.MARK = "first", "second"
    settings._wrapped = first
    errors: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                assert settings.MARK in {"first", "second"}
            except BaseException as exc:
                errors.append(exc)

    threads = [threading.Thread(target=read) for _ in range(3)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for wrapped in [second, first] * 500:
            settings._wrapped = wrapped
            assert settings.MARK == wrapped.MARK
    finally:
        sys.setswitchinterval(interval)
        stop.set()
        for thread in threads:
            thread.join()

    assert errors == []
