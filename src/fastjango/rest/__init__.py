"""
A toolkit for web APIs: serializers, views and viewsets, routers, permissions, pagination, a browsable page.

Names and behaviour are those of Django REST framework; ``rest_framework.x`` is found here as ``fastjango.rest.x``.
"""

from __future__ import annotations

__title__ = "FastJango REST"
__version__ = "3.16.1"
VERSION = __version__

#: The encoding of header values.
HTTP_HEADER_ENCODING = "iso-8859-1"

#: Stands for ISO 8601 in formats of dates and times.
ISO_8601 = "iso-8601"
DJANGO_DURATION_FORMAT = "django"

__all__ = ["DJANGO_DURATION_FORMAT", "HTTP_HEADER_ENCODING", "ISO_8601", "VERSION"]
