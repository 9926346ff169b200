"""Temporary files with a name, in the folder for uploads."""

from __future__ import annotations

import tempfile

__all__ = ("NamedTemporaryFile", "gettempdir")

NamedTemporaryFile = tempfile.NamedTemporaryFile
gettempdir = tempfile.gettempdir
