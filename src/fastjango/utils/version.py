"""Version numbers: ours, Python's, and any in dotted form."""

from __future__ import annotations

import datetime as dt
import functools
import os
import re
import subprocess
import sys
from typing import Any

PYPY = sys.implementation.name == "pypy"
PY38, PY39, PY310, PY311, PY312, PY313, PY314 = (sys.version_info >= (3, minor) for minor in range(8, 15))

# The release of Django whose public API and behaviour are followed.
DJANGO_VERSION = (5, 2, 19, "final", 0)
VERSION = (0, 1, 0, "final", 0)

_STAGES = {"alpha": "a", "beta": "b", "rc": "rc"}


def get_version(version: Any = None) -> str:
    """Return a version tuple as text (PEP 440)."""
    version = get_complete_version(version)
    main = get_main_version(version)
    suffix = ""
    if version[3] == "alpha" and version[4] == 0:
        changeset = get_git_changeset()
        suffix = f".dev{changeset}" if changeset else ""
    elif version[3] != "final":
        suffix = _STAGES[version[3]] + str(version[4])
    return main + suffix


def get_main_version(version: Any = None) -> str:
    """Return the numbers alone: ``major.minor``, or ``major.minor.micro``."""
    version = get_complete_version(version)
    parts = 2 if version[2] == 0 and version is not VERSION else 3
    return ".".join(str(number) for number in version[:parts])


def get_complete_version(version: Any = None) -> Any:
    """Return *version* after a check of its form, or ours."""
    if version is None:
        return VERSION
    if len(version) != 5 or version[3] not in {"alpha", "beta", "rc", "final"}:
        raise ValueError(f"A version is (major, minor, micro, stage, number), got {version!r}.")
    return version


def get_docs_version(version: Any = None) -> str:
    """Return the version of Django's documentation that describes the API."""
    version = get_complete_version(version or DJANGO_VERSION)
    return "dev" if version[3] != "final" else f"{version[0]}.{version[1]}"


@functools.cache
def get_git_changeset() -> str | None:
    """Return the time of the last commit of this checkout in UTC, None outside a checkout."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    log = subprocess.run(
        ["git", "log", "--pretty=format:%ct", "--quiet", "-1", "HEAD"],  # noqa: S607
        capture_output=True,
        cwd=root,
        text=True,
        check=False,
    )
    try:
        moment = dt.datetime.fromtimestamp(int(log.stdout), tz=dt.UTC)
    except ValueError:
        return None
    return moment.strftime("%Y%m%d%H%M%S")


_VERSION_PARTS = re.compile(r"(\d+|[a-z]+|\.)")


def get_version_tuple(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a dotted version text."""
    numbers = []
    for part in _VERSION_PARTS.findall(version):
        if part == ".":
            continue
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)
