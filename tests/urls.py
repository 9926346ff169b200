"""The test suite's root URLconf; tests override ROOT_URLCONF with their own."""

from __future__ import annotations

from typing import Any

urlpatterns: list[Any] = []
