"""What pytest reports, written to the event log: one outcome per test id, the worst of its phases."""

from __future__ import annotations

import pytest

from runner.events import EventLog, Outcome, shorten, worst


class Recorder:
    def __init__(self, log: EventLog) -> None:
        self.log = log
        self._outcome: Outcome | None = None
        self._messages: list[str] = []
        self._seconds = 0.0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.log.write("collected", ids=[item.nodeid for item in session.items])
        self.log.write("databases")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            message = shorten(str(report.longrepr))
            self.log.write(
                "test", id=f"_FailedTest::{report.nodeid}", outcome="error", seconds=0, message=message
            )

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._outcome, self._messages, self._seconds = None, [], 0.0
        self.log.write("start", id=nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds += report.duration
        expected = hasattr(report, "wasxfail")
        outcome: Outcome | None = None
        if report.skipped:
            outcome = "xfail" if expected else "skip"
        elif report.failed:
            outcome = "fail" if report.when == "call" else "error"
        elif report.when == "call":
            outcome = "xpass" if expected else "pass"
        if outcome is not None:
            self._outcome = worst(self._outcome, outcome)
        if report.failed or report.skipped:
            self._messages.append(str(report.longrepr))

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.log.write(
            "test",
            id=nodeid,
            outcome=self._outcome or "error",
            seconds=round(self._seconds, 4),
            message=shorten("\n".join(self._messages)),
        )

    def pytest_sessionfinish(self) -> None:
        self.log.write("done")
