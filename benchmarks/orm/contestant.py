"""
FastJango as a library of the ORM microbenchmark: the operations that every library runs, sync and async.

The microbenchmark is a program of its own with the same tables for every library; ``run.py`` beside this file adds us to
it. ``build`` gives SQL and parameters of a query as they would be sent.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Operations = dict[str, Callable[[], Any]]


def prepare(bench: Any, db: str) -> Any:
    """Set FastJango up on the benchmark's database and return the model."""
    os.environ.update(
        BENCH_DB=db,
        BENCH_SQLITE_PATH=bench.SQLITE,
        BENCH_PG_HOST=bench.data.PG_HOST,
        BENCH_PG_PORT=str(bench.data.PG_PORT),
        BENCH_PG_USER=bench.data.PG_USER,
        BENCH_PG_DB=bench.data.PG_DB,
        BENCH_JWT_SECRET="x" * 40,
        BENCH_POOL_SIZE="4",
        FASTJANGO_SETTINGS_MODULE="settings",
    )
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "contestants" / "fastjango"))
    import fastjango

    fastjango.setup()
    from shop.models import Product

    return Product


def sync(bench: Any, db: str) -> Operations:
    """Return the operations of sync code."""
    model = prepare(bench, db)
    objects, ids, nth, new, price = model.objects, bench.ids, bench.nth, bench.new, bench.PRICE
    return {
        "get_pk": lambda: objects.get(pk=next(ids)),
        "filter20": lambda: list(objects.filter(is_active=True, price__gte=price).order_by("-price")[:20]),
        "rows1000": lambda: list(objects.order_by("id")[:1000]),
        "join1000": lambda: list(objects.select_related("category").order_by("id")[:1000]),
        "count": lambda: objects.filter(is_active=True).count(),
        "build": lambda: _five(objects, price).query.sql_with_params(),
        "update": lambda: objects.filter(pk=next(ids)).update(stock=next(nth) % 500),
        "create": lambda: objects.create(**new(next(nth))),
        "bulk1000": lambda: objects.bulk_create([model(**new(next(nth))) for _ in range(1000)]),
    }


async def asynchronous(bench: Any, db: str) -> Operations:
    """Return the operations of async code."""
    model = prepare(bench, db)
    objects, ids, nth, new, price = model.objects, bench.ids, bench.nth, bench.new, bench.PRICE
    return {
        "get_pk": lambda: objects.aget(pk=next(ids)),
        "filter20": lambda: _read(objects.filter(is_active=True, price__gte=price).order_by("-price")[:20]),
        "rows1000": lambda: _read(objects.order_by("id")[:1000]),
        "join1000": lambda: _read(objects.select_related("category").order_by("id")[:1000]),
        "count": lambda: objects.filter(is_active=True).acount(),
        "build": lambda: _five(objects, price).query.sql_with_params(),
        "update": lambda: objects.filter(pk=next(ids)).aupdate(stock=next(nth) % 500),
        "create": lambda: objects.acreate(**new(next(nth))),
        "bulk1000": lambda: objects.abulk_create([model(**new(next(nth))) for _ in range(1000)]),
    }


async def _read(queryset: Any) -> list[Any]:
    rows: list[Any] = await queryset
    return rows


def _five(objects: Any, price: Any) -> Any:
    return objects.filter(
        is_active=True, price__gte=price, stock__lt=400, category_id__in=[1, 2, 3], name__icontains="a"
    ).order_by("-price")[:20]
