"""Sixty-four writers of one SQLite file: nobody hears that it is locked, and no write is lost."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from typing import Any

import pytest

from fastjango.db.bridge import bridge
from fastjango.db.execute import change, fetch
from fastjango.db.transaction import atomic

WRITERS = 64
EACH = 10


def count() -> int:
    return int(fetch("file", "SELECT count(*) FROM t")[0][0])


def write(name: str) -> None:
    """Read, then write in the same transaction: the way that locks SQLite when two do it at once."""
    with atomic(using="file"):
        fetch("file", "SELECT max(id) FROM t")
        change("file", "INSERT INTO t (name) VALUES (?)", (name,))


def test_64_tasks_write_at_once(file: Any) -> None:
    async def writer(number: int) -> None:
        for turn in range(EACH):
            await bridge(write, f"{number}-{turn}")

    async def main() -> None:
        await asyncio.gather(*map(writer, range(WRITERS)))

    asyncio.run(main())

    assert count() == WRITERS * EACH


def test_64_threads_write_at_once(file: Any) -> None:
    errors: list[BaseException] = []

    def writer(number: int) -> None:
        try:
            for turn in range(EACH):
                write(f"{number}-{turn}")
        except BaseException as exc:
            errors.append(exc)

    threads = [threading.Thread(target=writer, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert count() == WRITERS * EACH


def test_tasks_write_beside_threads_without_transactions(file: Any) -> None:
    def add(name: str) -> None:
        change("file", "INSERT INTO t (name) VALUES (?)", (name,))

    async def writer(number: int) -> None:
        for turn in range(EACH):
            await bridge(add, f"task {number}-{turn}")
            await asyncio.to_thread(add, f"thread {number}-{turn}")

    async def main() -> None:
        await asyncio.gather(*map(writer, range(WRITERS // 2)))

    asyncio.run(main())

    assert count() == WRITERS * EACH


PROCESS = """
import asyncio, sys
from fastjango.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "fastjango.db.backends.sqlite3", "NAME": sys.argv[1]}})
import fastjango
fastjango.setup()
from fastjango.db.bridge import bridge
from fastjango.db.execute import change, fetch
from fastjango.db.transaction import atomic

def write(name):
    with atomic():
        fetch("default", "SELECT max(id) FROM t")
        change("default", "INSERT INTO t (name) VALUES (?)", (name,))

async def writer(number):
    for turn in range(10):
        await bridge(write, f"{sys.argv[2]}-{number}-{turn}")

async def main():
    await asyncio.gather(*map(writer, range(16)))

asyncio.run(main())
"""


@pytest.mark.slow
def test_four_processes_with_16_tasks_each_write_at_once(file: Any) -> None:
    name = str(file.settings_dict["NAME"])
    processes = [
        subprocess.Popen([sys.executable, "-c", PROCESS, name, str(number)], stderr=subprocess.PIPE)
        for number in range(4)
    ]
    errors = [process.communicate(timeout=120)[1].decode() for process in processes]

    assert [error for error in errors if "locked" in error] == []
    assert [process.returncode for process in processes] == [0] * 4
    assert count() == 640
