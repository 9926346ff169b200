"""Durations written as text, and counted in microseconds."""

from __future__ import annotations

import datetime as dt


def _parts(duration: dt.timedelta) -> tuple[int, int, int, int, int]:
    """Return days, hours, minutes, seconds and microseconds."""
    minutes, seconds = divmod(duration.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return duration.days, hours, minutes, seconds, duration.microseconds


def duration_string(duration: dt.timedelta) -> str:
    """Return a duration as ``[days ]HH:MM:SS[.ffffff]``."""
    days, hours, minutes, seconds, microseconds = _parts(duration)
    text = f"{hours:02d}:{minutes:02d}:{seconds:02d}"
    if days:
        text = f"{days} {text}"
    return f"{text}.{microseconds:06d}" if microseconds else text


def duration_iso_string(duration: dt.timedelta) -> str:
    """Return a duration as ISO 8601 writes it: ``PnDTnHnMnS``."""
    sign = ""
    if duration < dt.timedelta(0):
        sign, duration = "-", -duration
    days, hours, minutes, seconds, microseconds = _parts(duration)
    fraction = f".{microseconds:06d}" if microseconds else ""
    return f"{sign}P{days}DT{hours:02d}H{minutes:02d}M{seconds:02d}{fraction}S"


def duration_microseconds(delta: dt.timedelta) -> int:
    """Return a duration in microseconds."""
    return (24 * 60 * 60 * delta.days + delta.seconds) * 1_000_000 + delta.microseconds
