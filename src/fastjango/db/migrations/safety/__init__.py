"""
What an operation costs while the site is running, and how it is written so that it costs less.

``change.py`` the changes that operations consist of, ``costs.py`` the locks each database takes for them, ``judge.py`` from an
operation to its changes, ``report.py`` lines for ``migrate --plan`` and findings for ``makemigrations --check``.
"""

from fastjango.db.migrations.safety.change import Change, Cost, Kind
from fastjango.db.migrations.safety.judge import changes_of
from fastjango.db.migrations.safety.report import Finding, PlanReport, findings

__all__ = ["Change", "Cost", "Finding", "Kind", "PlanReport", "changes_of", "findings"]
