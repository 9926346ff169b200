"""``python -m fastjango`` is ``fastjango-admin``."""

from __future__ import annotations

from fastjango.core.management import execute_from_command_line

if __name__ == "__main__":
    execute_from_command_line()
