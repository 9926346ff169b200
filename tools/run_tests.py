"""
``make test``: the whole test suite, then the shop's tests on SQLite and, where it answers, on PostgreSQL.

Tests that need a service say so with ``@pytest.mark.service("postgresql")``; where it does not answer they are skipped by
name. In CI (``CI=true``) a missing service is a failure. Tests marked ``slow`` (minutes: three hundred random walks, fifty
killed migrations, a million rows) are left out unless pytest's arguments are given: ``make test-slow`` runs them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.services import answering  # noqa: E402

SHOP = ROOT / "examples" / "shop"


def run(command: list[str], cwd: Path = ROOT, **environment: str) -> int:
    """Run a command and return its exit status."""
    print(f"$ {' '.join(command)}", flush=True)
    return subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, check=False).returncode


def main() -> int:
    """Run everything; return the first status that is not 0."""
    services = answering()
    print("services: " + ", ".join(f"{name} {'yes' if up else 'no'}" for name, up in services.items()), flush=True)
    if os.environ.get("CI") == "true" and not all(services.values()):
        print("In CI every service must answer.", file=sys.stderr)
        return 1
    shop = [sys.executable, "manage.py", "test", "--verbosity", "1"]
    statuses = [run(shop, cwd=SHOP, SHOP_DATABASE="sqlite")]
    if services["postgresql"]:
        statuses.append(run(shop, cwd=SHOP, SHOP_DATABASE="postgresql"))
    # Last, so that pytest's closing line closes the output.
    statuses.append(run([sys.executable, "-m", "pytest", "-q", *(sys.argv[1:] or ["-m", "not slow"])]))
    return next((status for status in statuses if status), 0)


if __name__ == "__main__":
    sys.exit(main())
