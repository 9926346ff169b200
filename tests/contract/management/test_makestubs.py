"""``makestubs``: what mypy and pyright know of a project's models with its stubs, tried with the shop."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

PROGRAM = """
import datetime
import uuid
from decimal import Decimal
from typing import Any, assert_type

from accounts.models import Profile, User
from catalogue.models import Category, Product, ProductQuerySet, Review, Tag
from orders.models import Order, OrderLine

from fastjango.db.models import Count, F, Q


def keys(product: Product, order: Order, review: Review) -> None:
    assert_type(order.id, int)
    assert_type(product.id, uuid.UUID)
    assert_type(product.pk, uuid.UUID)
    assert_type(product.creator_id, int | None)
    assert_type(review.product_id, uuid.UUID)
    assert_type(review.author, User)
    assert_type(product.creator, User | None)
    assert_type(list(Review.objects.values_list(Review.product_id, Review.rating)), list[tuple[uuid.UUID, int]])
    product.category_id = 3
    product.category_id = []  # wrong
    product.category_id = None  # wrong


def reverse_accessors(user: User, product: Product, category: Category) -> None:
    assert_type(user.profile, Profile)
    assert_type(user.orders.first(), Order | None)
    assert_type(product.lines.get(), OrderLine)
    assert_type(product.tags.first(), Tag | None)
    assert_type(category.products.filter(stock=1).first(), Product | None)
    assert_type(order_of(user).get_status_display(), str)
    product.line_set  # wrong


def order_of(user: User) -> Order:
    return user.orders.filter(status="paid").latest("created")


def lookups(user: User, category: Category, some: list[uuid.UUID]) -> None:
    Product.objects.filter(name="x", price__gt=3, stock__in=[1, 2], pk__in=some, created__year__gte=2020)
    Product.objects.filter(category=category, category__name__icontains="x", reviews__rating__gte=4, creator=None)
    Product.objects.filter(Q(attributes__size="xl"), price__lt=F("stock"), creator__isnull=True, tags__name="x")
    Product.objects.exclude(category__in=Category.objects.all(), created__date=datetime.date(2024, 1, 1))
    Product.objects.filter(nam="x")  # wrong
    Product.objects.filter(name__contain="x")  # wrong
    Product.objects.filter(name=[1])  # wrong
    Product.objects.filter(category__nam="x")  # wrong
    Product.objects.filter(category=user)  # wrong
    Product.objects.get(creator__isnull="yes")  # wrong
    Product.objects.exclude(stock__in=3)  # wrong


def values(category: Category) -> None:
    assert_type(Product.objects.create(name="x", price=Decimal(3), category=category), Product)
    Product(name="x", price="3.50", category_id=3, status=Product.Status.ACTIVE)
    Product(nam="x")  # wrong
    Product.objects.create(price=[])  # wrong
    assert_type(Product.objects.update(stock=F("stock") + 1), int)
    Product.objects.update(stok=1)  # wrong


def chains(user: User) -> None:
    assert_type(Product.objects.filter(stock=1).order_by("name").first(), Product | None)
    assert_type(Product.objects.available().matching("x").first(), Product | None)
    assert_type(Product.objects.annotate(n=Count("tags")).filter(n__gt=3), ProductQuerySet)
    Product.objects.filter(stock=1).available().filter(stok=1)
    Product.objects.filter(stock=1).exclude(stok=1)  # wrong


async def twins() -> None:
    assert_type(await Product.objects.aget(name="x"), Product)
    assert_type(await Product.objects.filter(name="x"), list[Product])
    assert_type(await Order.objects.acount(), int)
    async for line in OrderLine.objects.filter(order__status="paid"):
        assert_type(line, OrderLine)
    await Product.objects.aget(nam="x")  # wrong
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The shop with stubs, and a program that uses its models."""
    folder = tmp_path_factory.mktemp("stubs") / "shop"
    shutil.copytree(ROOT / "examples" / "shop", folder)
    done = command(folder)
    assert done.returncode == 0, done.stderr
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    yield folder


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``makestubs`` in a project."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("SETTINGS_MODULE")}
    environment["PYTHONPATH"] = str(ROOT / "src")
    words = [sys.executable, "manage.py", "makestubs", *arguments]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def wrong_lines() -> set[int]:
    """Return the numbers of the lines that a checker has to refuse."""
    return {number for number, line in enumerate(PROGRAM.splitlines(), start=1) if line.endswith("# wrong")}


@pytest.mark.slow
def test_mypy_refuses_what_is_wrong_and_nothing_else(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context", "program.py"],
        cwd=project,
        env={**os.environ, "MYPYPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    found = {int(line) for line in re.findall(r"^program\.py:(\d+): error:", done.stdout, re.MULTILINE)}

    assert found == wrong_lines(), done.stdout + done.stderr
    assert "models.pyi" not in done.stdout


@pytest.mark.slow
def test_pyright_refuses_what_is_wrong_and_nothing_else(project: Path) -> None:
    config = {"include": ["program.py", "*/models.pyi"], "extraPaths": [str(ROOT / "src")]}
    (project / "pyrightconfig.json").write_text(json.dumps(config), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    problems = [item for item in json.loads(done.stdout)["generalDiagnostics"] if item["severity"] == "error"]
    found = {item["range"]["start"]["line"] + 1 for item in problems if item["file"].endswith("program.py")}

    assert found == wrong_lines(), problems
    assert [item for item in problems if not item["file"].endswith("program.py")] == []


def test_stubs_are_written_where_they_are_old_only(project: Path) -> None:
    assert command(project).stdout == "All stubs are up to date.\n"
    assert command(project, "--check").returncode == 0
    models = project / "catalogue" / "models.py"
    source = models.read_text(encoding="utf-8")
    models.write_text(source.replace("max_length=120)", "max_length=120, null=True)"), encoding="utf-8")
    stub = models.with_suffix(".pyi")
    before = stub.read_text(encoding="utf-8")

    checked = command(project, "--check", "catalogue")

    assert checked.returncode == 1
    assert "Old: " in checked.stdout
    assert stub.read_text(encoding="utf-8") == before
    assert "Wrote: " in command(project).stdout
    assert "null=True" in stub.read_text(encoding="utf-8")
    models.write_text(source, encoding="utf-8")
    command(project)
    assert stub.read_text(encoding="utf-8") == before


def test_depth_and_unknown_apps(project: Path) -> None:
    stub = project / "orders" / "models.pyi"
    before = stub.read_text(encoding="utf-8")
    command(project, "orders", "--depth", "0")
    flat = stub.read_text(encoding="utf-8")
    command(project, "orders")

    assert "order__status:" in before
    assert "order__status:" not in flat
    assert stub.read_text(encoding="utf-8") == before
    assert "No installed app with label 'nothing'" in command(project, "nothing").stderr
    assert "--depth is not negative" in command(project, "--depth", "-1").stderr
