"""From a traceback to its frames: source lines around each, the place of the error in the line, local variables."""

from __future__ import annotations

import itertools
import re
import warnings
from collections.abc import Iterator
from pprint import pformat
from types import TracebackType
from typing import Any, cast

CONTEXT_LINES = 7
MAX_VALUE_LENGTH = 4096
NO_SOURCE = "<source code not available>"
_coding_re = re.compile(rb"coding[:=]\s*([-\w.]+)")

Lines = tuple[int | None, list[str], str | None, list[str]]


class ExceptionCycleWarning(UserWarning):
    """Exceptions that are each other's cause."""


def read_source(filename: str, loader: Any, module_name: str | None) -> list[str] | None:
    """Return the lines of a module, from its loader or its file; ``None`` when there are none."""
    source: Any = None
    if hasattr(loader, "get_source"):
        try:
            text = loader.get_source(module_name)
        except ImportError:
            text = None
        if text is not None:
            source = text.splitlines()
    if source is None:
        try:
            with open(filename, "rb") as file:
                source = list(file.read().splitlines())
        except OSError:
            return None
    if source and isinstance(source[0], bytes):
        encoding = "ascii"
        for line in source[:2]:
            # Source: PEP 263, a comment in one of the first two lines.
            if found := _coding_re.search(line):
                encoding = found[1].decode("ascii")
                break
        else:
            encoding = "utf-8"
        try:
            return [str(line, encoding, "replace") for line in source]
        except LookupError:
            return [str(line, "utf-8", "replace") for line in source]
    return cast("list[str]", source)


def lines_around(source: list[str] | None, lineno: int, context_lines: int) -> Lines:
    """Return where the lines begin, the lines before, the line (counted from 0), and the lines after."""
    if source is None or lineno >= len(source):
        return None, [], None, []
    lower = max(0, lineno - context_lines)
    return lower, source[lower:lineno], source[lineno], source[lineno + 1 : lineno + context_lines + 1]


def cause_of(exc: BaseException) -> BaseException | None:
    """Return the exception that led to this one: said explicitly, or being handled meanwhile."""
    implicit = None if getattr(exc, "__suppress_context__", False) else getattr(exc, "__context__", None)
    return getattr(exc, "__cause__", None) or implicit


def chain_of(exc: Any) -> list[BaseException]:
    """Return the exceptions that led to *exc*, the first one first, and *exc* at the end."""
    chain: list[BaseException] = []
    while exc is not None:
        chain.append(exc)
        exc = cause_of(exc)
        if exc in chain:
            warnings.warn(
                f"Cycle in the exception chain detected: exception '{exc}' encountered again.",
                ExceptionCycleWarning,
                stacklevel=2,
            )
            # Going on would never end.
            break
    return chain[::-1]


def columns(tb: TracebackType, lineno: int, line: str) -> tuple[str, str]:
    """Return the marks below the part of the line that failed: behind a line number, and in plain text."""
    try:
        _, _, start, end = next(itertools.islice(tb.tb_frame.f_code.co_positions(), tb.tb_lasti // 2, None))
    except StopIteration:
        return "", ""
    if start is None or end is None:
        return "", ""
    mark = "^" * (end - start)
    numbered = " " * (start + len(str(lineno + 1)) + 2)
    plain = " " * (4 + start - (len(line) - len(line.lstrip())))
    return f"\n{numbered}{mark}", f"\n{plain}{mark}"


def frames_of(exc: Any, tb: TracebackType | None, reporter: Any) -> Iterator[dict[str, Any]]:
    """Yield one dictionary for each frame of an exception."""
    cause = cause_of(exc)
    explicit = getattr(exc, "__cause__", True)
    if tb is None:
        yield {"exc_cause": cause, "exc_cause_explicit": explicit, "tb": None, "type": "user"}
        return
    while tb is not None:
        frame = tb.tb_frame
        # Frameworks of other people hide their own frames by this.
        if not frame.f_locals.get("__traceback_hide__"):
            lineno = tb.tb_lineno - 1
            module_name = frame.f_globals.get("__name__") or ""
            filename = frame.f_code.co_filename
            first, before, line, after = reporter._get_lines_from_file(
                filename, lineno, CONTEXT_LINES, frame.f_globals.get("__loader__"), module_name
            )
            if first is None or line is None:
                first, before, line, after = lineno, [], NO_SOURCE, []
                colno = tb_area_colno = ""
            else:
                colno, tb_area_colno = columns(tb, lineno, line)
            yield {
                "exc_cause": cause,
                "exc_cause_explicit": explicit,
                "tb": tb,
                "type": "django" if module_name.partition(".")[0] == "fastjango" else "user",
                "filename": filename,
                "function": frame.f_code.co_name,
                "lineno": lineno + 1,
                "vars": reporter.filter.get_traceback_frame_variables(reporter.request, frame),
                "id": id(tb),
                "pre_context": before,
                "context_line": line,
                "post_context": after,
                "pre_context_lineno": first + 1,
                "colno": colno,
                "tb_area_colno": tb_area_colno,
            }
        tb = tb.tb_next


def shown(value: Any) -> str:
    """Return a variable's value as text, cut where it is long."""
    try:
        text = pformat(value)
    except Exception as exc:  # noqa: BLE001 - a broken __repr__ must not hide the error
        return f"Error in formatting: {type(exc).__name__}: {exc}"
    if len(text) > MAX_VALUE_LENGTH:
        return f"{text[:MAX_VALUE_LENGTH]}… <trimmed {len(text)} bytes string>"
    return text


__all__ = [
    "NO_SOURCE",
    "ExceptionCycleWarning",
    "cause_of",
    "chain_of",
    "frames_of",
    "lines_around",
    "read_source",
    "shown",
]
