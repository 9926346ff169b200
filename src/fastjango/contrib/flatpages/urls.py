"""
Flat pages below a prefix of one's own.
"""

from __future__ import annotations

from fastjango.contrib.flatpages import views
from fastjango.urls import path

__all__ = ["urlpatterns"]

urlpatterns = [path("<path:url>", views.flatpage, name="fastjango.contrib.flatpages.views.flatpage")]
