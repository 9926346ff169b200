"""
``make demo``: the shop of ``examples/shop`` with sample data and a superuser, served until Control-C.

Everything it makes lies in ``examples/shop`` (the SQLite file, uploaded images, collected nothing); run it again and it goes
on with what is there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SHOP = Path(__file__).resolve().parent.parent / "examples" / "shop"
USERNAME, PASSWORD, EMAIL = "admin", "fastjango-demo", "admin@example.com"


def manage(*arguments: str, quiet: bool = False) -> int:
    """Run a command of the shop and return its exit status."""
    environment = {**os.environ, "FASTJANGO_SUPERUSER_PASSWORD": PASSWORD, "SHOP_DATABASE": "sqlite"}
    output = subprocess.PIPE if quiet else None
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=SHOP, env=environment, check=False, stdout=output, stderr=output).returncode


def main() -> int:
    """Prepare, print the addresses, serve."""
    port = os.environ.get("PORT", "8000")
    for step in (["migrate", "--verbosity", "0"], ["seed"]):
        if status := manage(*step):
            return status
    # Fails when the user is there already: then there is nothing to do.
    manage("createsuperuser", "--noinput", "--username", USERNAME, "--email", EMAIL, quiet=True)
    base = f"http://127.0.0.1:{port}"
    print(
        f"\n  site      {base}/\n  admin     {base}/admin/\n  API       {base}/api/\n  API docs  {base}/docs\n"
        f"  login     {USERNAME} / {PASSWORD}\n",
        flush=True,
    )
    try:
        return manage("runserver", f"127.0.0.1:{port}", "--noreload")
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
