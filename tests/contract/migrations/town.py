"""
A town: a richer project, whose migrations and database are made by real Django, in processes of its own.

``Town.built()`` writes the apps of ``made_by_django/town``, lets Django write and apply their migrations, edits the models, lets
Django do it again, adds migrations that were written by hand, fills in rows, and squashes. ``becomes_fastjango()`` renames the
imports, as somebody would who moves.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "made_by_django" / "town"
ROOT = Path(__file__).resolve().parents[3]
APPS = ["accounts", "places", "market"]
DJANGO = """
import sys

import pymysql

pymysql.install_as_MySQLdb()
from django.core.management import execute_from_command_line

execute_from_command_line(["manage.py", *sys.argv[1:]])
"""
# What the project's models say next: {app: [(text, other text)]}.
SECOND: dict[str, list[tuple[str, str]]] = {
    "accounts": [
        ("name = models.CharField(max_length=30)", 'name = models.CharField(max_length=50, default="team")'),
        ('    about = models.TextField(blank=True, default="", max_length=500)\n', ""),
        ("    is_active =", "    phone = models.CharField(max_length=20, null=True, unique=True)\n    is_active ="),
        ('unique_together = [["team", "user"], ["team", "number"]]', 'unique_together = [["team", "user"]]'),
    ],
    "places": [
        ("lon = models.FloatField(default=11.5)", "lon = models.DecimalField(max_digits=9, decimal_places=6, default=11.5)"),
        ('condition=Q(hidden=False), name="one_visible_name"', 'condition=Q(hidden=False, lon__gt=0), name="one_visible_name"'),
        ("heat = models.IntegerField(default=200", "heat = models.IntegerField(db_default=210"),
        ("name = models.CharField(max_length=60, db_index=True)", "name = models.CharField(max_length=60)"),
    ],
    "market": [
        ("number = models.IntegerField()", "number = models.BigIntegerField()"),
        ('db_default=Decimal("0.19")', 'db_default=Decimal("0.07")'),
        ('fields=["kind", "-price"]', 'fields=["-kind", "price"]'),
        ("class Shelf(", "class Basket(models.Model):\n    goods = models.ManyToManyField(Good)\n\n\nclass Shelf("),
    ],
}  # fmt: skip
# ... and what they say with the migrations that were written by hand.
THIRD = {
    "accounts": [],
    "places": [("order_with_respect_to =", 'verbose_name = "note on a thing"\n        order_with_respect_to =')],
    "market": [
        ("at = models.TimeField", "opens = models.TimeField"),
        ("goods = models.ManyToManyField(Good)\n", 'goods = models.ManyToManyField(Good)\n\n    class Meta:\n        db_table = "market_bag"\n'),
        ('name="by_seller"', 'name="of_seller"'),
        ('through="Line"', 'through="OrderLine"'),
        ("class Line(", "class OrderLine("),
        ("    amount = models", "    note = models.CharField(max_length=30, null=True)\n    amount = models"),
        ('unique_together = ("order", "good")', 'db_table = "market_line"\n        unique_together = ("order", "good")'),
    ],
}  # fmt: skip
# One edit more, made after the move.
FOURTH: dict[str, list[tuple[str, str]]] = {
    "accounts": [
        ("phone = models.CharField(max_length=20", "phone = models.CharField(max_length=25"),
        ('db_column="no")', 'db_column="no", null=True)'),
        ("friends =", "extra = models.JSONField(default=list)\n    friends ="),
    ],
    "places": [
        ("hidden = models.BooleanField(db_default=False)", "hidden = models.BooleanField(default=False)"),
        ("extra = models.IntegerField(null=True)", "extra = models.IntegerField(null=True, unique=True)"),
        ("lat__range=(-90, 90)", "lat__range=(-89, 89)"),
    ],
    "market": [
        ('name="fresh"', 'name="fresh_fruit"'),
        ("db_index=False", "db_index=True"),
        ('fields=["buyer"], condition=Q(paid=False)', 'fields=["buyer", "team"], condition=Q(paid=False)'),
        ("seller = models.ForeignKey(settings.MARKET_SELLER_MODEL, models.PROTECT", "seller = models.ForeignKey(settings.MARKET_SELLER_MODEL, models.CASCADE"),
        ("amount = models.PositiveIntegerField(default=1)", "amount = models.IntegerField(default=2)"),
        ("class Shelf(", "class Sale(models.Model):\n    good = models.OneToOneField(Good, models.CASCADE)\n    shelf = models.ManyToManyField(Order)\n\n\nclass Shelf("),
    ],
}  # fmt: skip
ROWS = """
    import datetime, uuid
    from {package}.contrib.auth import get_user_model
    from {package}.contrib.contenttypes.models import ContentType
    from {package}.contrib.flatpages.models import FlatPage
    from accounts.models import Membership, Profile, Team
    from market.models import Good, Order
    from places.models import Oven, Pizzeria, Place, Remark, Restaurant

    ann = get_user_model().objects.create_user("ann@example.com", "x", first="Ann", last="Berg")
    team = Team.objects.create(name="Reds", size=1)
    Membership.objects.create(team=team, user=ann, number="7")
    Profile.objects.create(user=ann, settings={{"a": 1}})
    park = Place.objects.create(name="park")
    inn = Pizzeria.objects.create(name="inn", stars=2, oven=Oven.objects.create(extra=3))
    park.near.add(inn.restaurant_ptr.place_ptr if hasattr(inn, "restaurant_ptr") else inn.place_part.place_ptr)
    Remark.objects.create(on=park, text="green", by=ann)
    seller = Restaurant.objects.get()
    good = Good.objects.create(code="apple", name="Apple", price="0.50", seller=seller)
    order = Order.objects.create(buyer=ann, team=team, number=1, place=park)
    order.goods.add(good)
    FlatPage.objects.create(url="/a/", title="A").sites.add(1)
"""
READ = """
    from {package}.apps import apps
    from {package}.db import connection
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda m: m._meta.label):
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in ("contenttypes", "auth"):
            names = sorted(f.attname for f in model._meta.local_concrete_fields)
            for row in model._base_manager.order_by("pk").values_list(*names):
                print(model._meta.label, *[bytes(v) if isinstance(v, memoryview) else v for v in row], sep=" | ")
"""

# What makemigrations wrote, in the words of its operations.
OPERATIONS = """
    from {package}.db.migrations.loader import MigrationLoader
    for key, migration in sorted(MigrationLoader(None).disk_migrations.items()):
        if key[0] in APPS:
            print(*key, sorted(map(tuple, migration.dependencies)))
            print(*[operation.describe() for operation in migration.operations], sep="\\n")
"""


class Town:
    """The folder of the project and its database."""

    def __init__(self, folder: Path, database: dict[str, Any]) -> None:
        self.folder = folder
        self.database = database
        self.vendor = str(database["ENGINE"].rsplit(".", 1)[1])
        self.package = "django"
        self.rows_of_django = self.written_by_django = ""
        self.apps = [*APPS, "elephants"] if self.vendor == "postgresql" else APPS
        for app in self.apps:
            (folder / app / "migrations").mkdir(parents=True)
            (folder / app / "__init__.py").touch()
            (folder / app / "migrations" / "__init__.py").touch()
            self.place(f"{app}/models")
        self.place("places/fields")
        self.place("settings", "town_settings")
        (folder / "with_django.py").write_text(DJANGO)

    def place(self, source: str, target: str = "") -> None:
        """Put a text of the folder into the project."""
        (self.folder / f"{target or source}.py").write_text((FOLDER / f"{source}.txt").read_text())

    def edit(self, edits: dict[str, list[tuple[str, str]]]) -> None:
        for app, replaced in edits.items():
            file = self.folder / app / "models.py"
            text = file.read_text()
            for old, new in replaced:
                assert old in text, f"{app} does not say {old!r}"
                text = text.replace(old, new)
            file.write_text(text)

    def built(self) -> None:
        """Let Django make it all."""
        if "elephants" in self.apps:
            self.place("elephants/0001_extensions", "elephants/migrations/0001_extensions")
        self.manage("makemigrations", "--noinput", "--name", "first")
        self.manage("migrate", "--noinput")
        self.python(ROWS)
        self.edit(SECOND)
        self.manage("makemigrations", *APPS, "--noinput", "--name", "more")
        self.manage("migrate", "accounts", "--noinput")
        self.edit(THIRD)
        self.place("market/0004_by_hand", "market/migrations/0004_by_hand")
        self.place("places/0003_after_market", "places/migrations/0003_after_market")
        self.manage("migrate", "--noinput")
        self.manage("squashmigrations", "places", "0002_more", "--noinput", "--squashed-name", "both")
        self.manage("migrate", "--noinput")
        assert "No changes detected" in self.manage("makemigrations", "--check", "--dry-run")
        self.rows_of_django = self.rows()
        self.written_by_django = self.written_anew()
        self.becomes_fastjango()

    def becomes_fastjango(self) -> None:
        """Rename the imports."""
        self.package = "fastjango"
        for file in self.folder.rglob("*.py"):
            file.write_text(re.sub(r"\bdjango\b", "fastjango", file.read_text()))

    def written_anew(self) -> str:
        """Let ``makemigrations`` write all migrations of today's models into a copy; returns what they do."""
        copy = self.folder.parent / f"{self.folder.name}_{self.package}"
        shutil.copytree(self.folder, copy)
        home, self.folder = self.folder, copy
        try:
            for file in copy.glob("*/migrations/0*.py"):
                if "extensions" not in file.name:
                    file.unlink()
            self.manage("makemigrations", "--noinput", "--name", "anew")
            return self.python(OPERATIONS.replace("APPS", repr(self.apps)))
        finally:
            self.folder = home
            shutil.rmtree(copy)

    def tables(self) -> set[str]:
        return set(
            self.python(
                "\nfrom fastjango.db import connection\nprint(*connection.introspection.table_names(), sep='\\n')"
            ).splitlines()
        )

    def environment(self) -> dict[str, str]:
        database = {**self.database, "ENGINE": self.database["ENGINE"].replace("fastjango", self.package)}
        paths = [str(self.folder)] if self.package == "django" else [str(ROOT / "src"), str(self.folder)]
        return {
            **os.environ,
            f"{self.package.upper()}_SETTINGS_MODULE": "town_settings",
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TOWN_DATABASE": json.dumps(database),
            "TOWN_VENDOR": self.vendor,
        }

    def run(self, *command: str, ok: bool = True) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert (done.returncode == 0) == ok, done.stdout
        return done.stdout

    def manage(self, *arguments: str, ok: bool = True) -> str:
        start = ["with_django.py"] if self.package == "django" else ["-m", "fastjango"]
        return self.run(*start, *arguments, ok=ok)

    def python(self, code: str) -> str:
        text = textwrap.dedent(code).format(package=self.package)
        if self.package == "django" and self.vendor == "mysql":
            text = "import pymysql; pymysql.install_as_MySQLdb()\n" + text
        return self.run("-c", text.replace("\n", f"\nimport {self.package}; {self.package}.setup()\n", 1)).strip()

    def rows(self) -> str:
        """Return every row that the project has, as text."""
        return self.python(READ)
