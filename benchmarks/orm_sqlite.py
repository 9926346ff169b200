"""
One row by key and a list of 20 rows on SQLite: FastJango against raw sqlite3, SQLAlchemy and Django.

Each library runs in a process of its own, on the same file; the rounds of all libraries are interleaved and the best one
of each counts. Prints microseconds and the ratios to FastJango. Libraries that are not installed are left out.
Run: ``python benchmarks/orm_sqlite.py``. Fails (exit code 1) below the target: 5 times as fast as Django.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SOURCE = str(Path(__file__).resolve().parents[1] / "src")
sys.path.insert(0, SOURCE)

LIBRARIES = {"raw sqlite3": "sqlite3", "FastJango": "sqlalchemy", "SQLAlchemy": "sqlalchemy", "Django": "django"}
TARGET = 5.0
ROWS, ROUNDS, CALLS = 1000, 3, 1500
COLUMNS = "id, name, slug, price, stock, is_active, created_at"
Operation = Callable[[int], Any]


def seed(path: str) -> None:
    """Make the table and its rows."""
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(
            "CREATE TABLE shop_product (id integer PRIMARY KEY, name varchar(200) NOT NULL, slug varchar(200) NOT NULL,"
            " price decimal NOT NULL, stock integer NOT NULL, is_active bool NOT NULL, created_at datetime NOT NULL)"
        )
        db.executemany(
            "INSERT INTO shop_product VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (n, f"Product {n}", f"product-{n}", n % 97 + 0.5, n % 91, n % 9 != 0, "2025-03-04 05:06:07.000008")
                for n in range(1, ROWS + 1)
            ],
        )


def raw(path: str) -> tuple[Operation, Operation]:
    """The driver alone: rows as tuples."""
    db = sqlite3.connect(path, isolation_level=None)
    get = f"SELECT {COLUMNS} FROM shop_product WHERE id = ?"  # noqa: S608 - constants
    many = f"SELECT {COLUMNS} FROM shop_product WHERE stock > ? ORDER BY id LIMIT 20"  # noqa: S608 - constants
    return lambda n: db.execute(get, (n,)).fetchone(), lambda n: db.execute(many, (n % 40,)).fetchall()


def _products(models: Any) -> Any:
    """Return the model, which is the same text for Django and FastJango."""

    class Product(models.Model):  # type: ignore[misc,name-defined]  # of one framework or the other
        name = models.CharField(max_length=200)
        slug = models.CharField(max_length=200)
        price = models.DecimalField(max_digits=10, decimal_places=2)
        stock = models.IntegerField()
        is_active = models.BooleanField()
        created_at = models.DateTimeField()

        class Meta:
            app_label = "shop"
            db_table = "shop_product"

    return Product


def _operations(product: Any) -> tuple[Operation, Operation]:
    return (
        lambda n: product.objects.get(pk=n),
        lambda n: list(product.objects.filter(stock__gt=n % 40).order_by("id")[:20]),
    )


def fastjango(path: str) -> tuple[Operation, Operation]:
    """FastJango's models."""
    import fastjango
    from fastjango.conf import settings

    database = {"ENGINE": "fastjango.db.backends.sqlite3", "NAME": path}
    settings.configure(DATABASES={"default": database}, USE_TZ=True)
    fastjango.setup()
    from fastjango.db import models

    return _operations(_products(models))


def django(path: str) -> tuple[Operation, Operation]:
    """Django's models."""
    import django
    from django.conf import settings

    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": path}
    settings.configure(DATABASES={"default": database}, USE_TZ=True)
    django.setup()
    from django.db import models

    return _operations(_products(models))


def sqlalchemy(path: str) -> tuple[Operation, Operation]:
    """SQLAlchemy's ORM, one session per operation."""
    from sqlalchemy import Boolean, DateTime, Integer, Numeric, String, create_engine, select
    from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

    class Base(DeclarativeBase):
        pass

    class Product(Base):
        __tablename__ = "shop_product"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(200))
        slug = mapped_column(String(200))
        price = mapped_column(Numeric(10, 2))
        stock = mapped_column(Integer)
        is_active = mapped_column(Boolean)
        created_at = mapped_column(DateTime)

    engine = create_engine(f"sqlite:///{path}")

    def get(number: int) -> Any:
        with Session(engine) as session:
            return session.get(Product, number)

    def many(number: int) -> Any:
        with Session(engine) as session:
            wanted = select(Product).where(Product.stock > number % 40).order_by(Product.id).limit(20)
            return session.scalars(wanted).all()

    return get, many


MAKERS = {"raw sqlite3": raw, "FastJango": fastjango, "SQLAlchemy": sqlalchemy, "Django": django}


def measure(name: str, path: str) -> dict[str, float]:
    """Return microseconds per call of both operations, the best of three times."""
    found: dict[str, float] = {}
    for title, operation in zip(("get", "list of 20"), MAKERS[name](path), strict=True):
        numbers = itertools.cycle(range(1, ROWS + 1))
        for _ in range(100):
            operation(next(numbers))
        times = []
        for _ in range(3):
            began = time.perf_counter()
            for _ in range(CALLS // 3):
                operation(next(numbers))
            times.append((time.perf_counter() - began) / (CALLS // 3) * 1e6)
        found[title] = min(times)
    return found


def main() -> int:
    """Measure all libraries and print the table; 1 when the target is missed."""
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], sys.argv[2])))
        return 0
    best: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bench.sqlite3")
        seed(path)
        present = [name for name, module in LIBRARIES.items() if importlib.util.find_spec(module)]
        for _, name in itertools.product(range(ROUNDS), present):
            done = subprocess.run([sys.executable, __file__, name, path], capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{name}: {done.stderr[-600:]}")
                return 1
            for title, value in json.loads(done.stdout.splitlines()[-1]).items():
                known = best.setdefault(name, {})
                known[title] = min(value, known.get(title, value))
    print(f"{'':14}{'get':>10}{'ratio':>9}{'list of 20':>13}{'ratio':>9}")
    ours = best["FastJango"]
    for name, times in best.items():
        cells = "".join(f"{times[t]:>{w}.1f}{times[t] / ours[t]:>8.2f}x" for t, w in (("get", 10), ("list of 20", 13)))
        print(f"{name:14}{cells}")
    if "Django" not in best:
        print("Django is not installed: its ratio was not measured.")
        return 0
    missed = [title for title in ours if best["Django"][title] < TARGET * ours[title]]
    for title in missed:
        print(f"Below the target of {TARGET:g} times Django's speed: {title}.")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
