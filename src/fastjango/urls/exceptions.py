"""
Errors of addresses.

    Http404
    └── Resolver404        no pattern matches a path
    Exception
    └── NoReverseMatch     no pattern has this name and takes these arguments
"""

from __future__ import annotations

from fastjango.http import Http404


class Resolver404(Http404):
    """No pattern matches; carries a dictionary with ``path`` and the patterns ``tried``."""


class NoReverseMatch(Exception):
    """No address can be made from this name and these arguments."""


__all__ = ["NoReverseMatch", "Resolver404"]
