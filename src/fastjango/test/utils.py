"""Door of the test tools at Django's path; each lives in the file that its import names."""

from __future__ import annotations

from fastjango.test.databases import (
    CaptureQueriesContext,
    NullTimeKeeper,
    TimeKeeper,
    dependency_ordered,
    get_unique_databases_and_mirrors,
    setup_databases,
    teardown_databases,
)
from fastjango.test.environment import (
    Approximate,
    ContextList,
    LoggingCaptureMixin,
    captured_output,
    captured_stderr,
    captured_stdin,
    captured_stdout,
    garbage_collect,
    get_runner,
    instrumented_test_render,
    patch_logger,
    register_lookup,
    requires_tz_support,
    setup_test_environment,
    str_prefix,
    tag,
    teardown_test_environment,
)
from fastjango.test.overrides import (
    TestContextDecorator,
    extend_sys_path,
    freeze_time,
    ignore_warnings,
    isolate_apps,
    isolate_lru_cache,
    modify_settings,
    no_n_plus_one,
    override_script_prefix,
    override_settings,
    override_system_checks,
    require_jinja2,
)
from fastjango.test.xml import compare_xml

try:
    import jinja2
except ImportError:
    jinja2 = None  # type: ignore[assignment]

__all__ = [
    "Approximate", "CaptureQueriesContext", "ContextList", "LoggingCaptureMixin", "NullTimeKeeper",
    "TestContextDecorator", "TimeKeeper", "captured_output", "captured_stderr", "captured_stdin", "captured_stdout",
    "compare_xml", "dependency_ordered", "extend_sys_path", "freeze_time", "garbage_collect",
    "get_runner", "get_unique_databases_and_mirrors", "ignore_warnings", "instrumented_test_render", "isolate_apps",
    "isolate_lru_cache", "jinja2", "modify_settings", "no_n_plus_one", "override_script_prefix", "override_settings",
    "override_system_checks", "patch_logger", "register_lookup", "require_jinja2", "requires_tz_support",
    "setup_databases", "setup_test_environment", "str_prefix", "tag", "teardown_databases",
    "teardown_test_environment",
]  # fmt: skip
