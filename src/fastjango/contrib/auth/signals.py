"""Signals of logging in and out."""

from __future__ import annotations

from fastjango.dispatch import Signal

user_logged_in = Signal()
user_login_failed = Signal()
user_logged_out = Signal()
