"""
100 rows as JSON: a ModelSerializer with ``many=True`` against Pydantic, as FastAPI's ``response_model`` uses it.

Both get the same 100 objects with ten columns and the name of a joined object, and give bytes; Pydantic validates from
attributes and dumps. One process, rounds interleaved, processor time, the best round of each counts. A third
line reads the same rows from SQLite on the way, without objects. Prints microseconds and the ratios to FastJango.
Run: ``python benchmarks/rest_list.py``. Fails (exit code 1) where FastJango is more than a tenth slower than Pydantic.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import fastjango
from fastjango.conf import settings

DATABASE = {"ENGINE": "fastjango.db.backends.sqlite3", "NAME": ":memory:"}
settings.configure(DATABASES={"default": DATABASE}, USE_TZ=True, TIME_ZONE="UTC")
fastjango.setup()

from fastjango.db import connection, models  # noqa: E402 - models want settings
from fastjango.rest import serializers  # noqa: E402 - models want settings
from fastjango.rest.renderers import JSONRenderer  # noqa: E402 - models want settings

TARGET = 0.9
ROWS, ROUNDS, CALLS = 100, 40, 20


class Category(models.Model):
    """What products are in."""

    name = models.CharField(max_length=100)

    class Meta:
        app_label = "shop"


class Product(models.Model):
    """A row of the list."""

    category: Any = models.ForeignKey(Category, on_delete=models.PROTECT)
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200)
    description = models.TextField()
    price = models.DecimalField(max_digits=10, decimal_places=2)
    stock = models.PositiveIntegerField()
    is_active = models.BooleanField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        app_label = "shop"

    @property
    def category_name(self) -> str:
        """The name of the category, for Pydantic."""
        name: str = self.category.name
        return name


class ProductSerializer(serializers.ModelSerializer):
    """FastJango's side."""

    category_name = serializers.CharField(source="category.name", read_only=True)

    class Meta:
        model = Product
        fields = [
            *("id", "name", "slug", "description", "price", "stock", "is_active"),
            *("category", "created_at", "updated_at", "category_name"),
        ]


class ProductOut(BaseModel):
    """Pydantic's side."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    slug: str
    description: str
    price: Decimal
    stock: int
    is_active: bool
    category_id: int
    created_at: dt.datetime
    updated_at: dt.datetime
    category_name: str


def seed() -> None:
    """Make the tables and their rows."""
    with connection.schema_editor() as editor:
        editor.create_model(Category)
        editor.create_model(Product)
    categories = [Category.objects.create(name=f"Category {number}") for number in range(10)]
    moment = dt.datetime(2025, 3, 4, 5, 6, 7, 337000, tzinfo=dt.UTC)
    Product.objects.bulk_create(
        [
            Product(
                category=categories[number % 10],
                name=f"Product {number}",
                slug=f"product-{number}",
                description=f"What there is to say about product {number}. " * 3,
                price=Decimal(number) + Decimal("0.50"),
                stock=number % 91,
                is_active=number % 9 != 0,
                created_at=moment + dt.timedelta(hours=number),
                updated_at=moment + dt.timedelta(days=number),
            )
            for number in range(ROWS)
        ]
    )


def query() -> Any:
    """Return the query set of the list."""
    return Product.objects.select_related("category").order_by("id")


def contestants() -> dict[str, Callable[[], bytes]]:
    """Return what is measured, by title."""
    rows = list(query())
    renderer, adapter = JSONRenderer(), TypeAdapter(list[ProductOut])
    return {
        "FastJango": lambda: renderer.render(ProductSerializer(rows, many=True).data),
        "Pydantic": lambda: adapter.dump_json(adapter.validate_python(rows)),
        "FastJango, with the query": lambda: renderer.render(ProductSerializer(query(), many=True).data),
    }


def measure(operations: dict[str, Callable[[], bytes]]) -> dict[str, float]:
    """Return microseconds of processor time per call, the best round of each."""
    best = dict.fromkeys(operations, float("inf"))
    for _ in range(ROUNDS):
        for title, operation in operations.items():
            began = time.process_time()
            for _ in range(CALLS):
                operation()
            best[title] = min(best[title], (time.process_time() - began) / CALLS * 1e6)
    return best


def main() -> int:
    """Measure and print the table; 1 when the target is missed."""
    seed()
    operations = contestants()
    ours, theirs, direct = (json.loads(operation()) for operation in operations.values())
    if ours != direct or [row["created_at"] for row in ours] != [row["created_at"] for row in theirs]:
        print("They do not say the same.")
        return 1
    best = measure(operations)
    for title, microseconds in best.items():
        print(f"{title:28}{microseconds:>9.1f} µs{microseconds / best['FastJango']:>8.2f}x")
    if best["Pydantic"] < TARGET * best["FastJango"]:
        print(f"Below the target of {TARGET:g} times Pydantic's speed.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
