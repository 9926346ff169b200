"""The test runner of the shop: unittest classes first, then the pytest-style functions, where pytest is installed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import Any

from fastjango.conf import settings
from fastjango.test.runner import DiscoverRunner


class ShopRunner(DiscoverRunner):
    """Runs both styles when no label is given."""

    def run_tests(self, test_labels: Any, **kwargs: Any) -> int:
        """Return the number of failures."""
        failures = super().run_tests(test_labels, **kwargs)
        if not test_labels and importlib.util.find_spec("pytest"):
            command = [sys.executable, "-m", "pytest", "-q", "-m", "not slow", "pytests"]
            failures += subprocess.run(command, cwd=settings.BASE_DIR, check=False).returncode
        return failures
