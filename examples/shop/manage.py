#!/usr/bin/env python
"""The shop's command line: python manage.py <command>."""

import os
import sys

from fastjango.core.management import execute_from_command_line


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("FASTJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
