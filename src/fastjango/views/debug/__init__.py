"""
The error pages of DEBUG, and the reports that are mailed without it.

    filter.py     what may be shown
    frames.py     a traceback's frames
    reporter.py   the report;  pages.py  the responses
"""

from __future__ import annotations

from pathlib import Path

from fastjango.views.debug.filter import (
    CallableSettingWrapper,
    SafeExceptionReporterFilter,
    get_default_exception_reporter_filter,
    get_exception_reporter_class,
    get_exception_reporter_filter,
)
from fastjango.views.debug.frames import ExceptionCycleWarning
from fastjango.views.debug.pages import default_urlconf, technical_404_response, technical_500_response
from fastjango.views.debug.reporter import CURRENT_DIR, DEBUG_ENGINE, ExceptionReporter, get_caller

__all__ = [
    "CURRENT_DIR",
    "DEBUG_ENGINE",
    "CallableSettingWrapper",
    "ExceptionCycleWarning",
    "ExceptionReporter",
    "Path",
    "SafeExceptionReporterFilter",
    "default_urlconf",
    "get_caller",
    "get_default_exception_reporter_filter",
    "get_exception_reporter_class",
    "get_exception_reporter_filter",
    "technical_404_response",
    "technical_500_response",
]
