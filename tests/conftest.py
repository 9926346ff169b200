"""Configure FastJango once for the whole suite."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("FASTJANGO_SETTINGS_MODULE", "tests.settings")

import fastjango  # noqa: E402

fastjango.setup()
