"""
``findstatic``: where a static file comes from.
"""

from __future__ import annotations

import os
from typing import Any

from fastjango.contrib.staticfiles import finders
from fastjango.core.management.base import LabelCommand

__all__ = ["Command"]


class Command(LabelCommand):
    """Print the paths of static files."""

    help = "Finds the absolute paths for the given static file(s)."
    label = "staticfile"

    def add_arguments(self, parser: Any) -> None:
        """Add ``--first``."""
        super().add_arguments(parser)
        parser.add_argument(
            "--first",
            action="store_false",
            dest="all",
            help="Only return the first match for each static file.",
        )

    def handle_label(self, label: str, **options: Any) -> Any:
        """Return the paths of one file; say so on stderr when there is none."""
        verbosity = options["verbosity"]
        found = finders.find(label, find_all=options["all"])
        searched = ""
        if verbosity >= 2:
            places = "\n  ".join(str(place) for place in finders.searched_locations)
            searched = f"\nLooking in the following locations:\n  {places}"
        if found:
            matches = found if isinstance(found, (list, tuple)) else [found]
            real = [os.path.realpath(match) for match in matches]
            if verbosity < 1:
                return "\n".join(real)
            return "Found '{}' here:\n  {}{}".format(label, "\n  ".join(real), searched)
        if verbosity >= 1:
            self.stderr.write("\n".join([f"No matching file found for '{label}'.", *([searched] if searched else [])]))
        return None
