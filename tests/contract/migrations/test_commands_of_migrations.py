"""``makemigrations``, ``squashmigrations``, ``optimizemigration`` and ``migrate`` with each of their options."""

from __future__ import annotations

from typing import Any

import pytest

ONE = """
    class Shelf(models.Model):
        name = models.CharField(max_length=20)
"""
TWO = ONE + "        height = models.IntegerField(default=1)\n"
THREE = TWO + "        width = models.IntegerField(default=2)\n"
BRANCH = """
class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.AddField("shelf", "{field}", models.IntegerField(default=1))]
"""


@pytest.fixture
def shop(sqlite_project: Any) -> Any:
    """A project whose app has its first migration, which is not applied."""
    sqlite_project.add_app("shop", ONE)
    sqlite_project.manage("makemigrations", "shop")
    return sqlite_project


def test_an_update_rewrites_the_last_migration(shop: Any) -> None:
    shop.write_models("shop", TWO)
    shop.manage("makemigrations", "--name", "sizes")
    shop.write_models("shop", THREE)

    shop.manage("makemigrations", "--update")

    files = shop.migrations("shop")
    assert len(files) == 2
    text = (shop.folder / "shop" / "migrations" / f"{files[1]}.py").read_text()
    assert "name='height'" in text
    assert "name='width'" in text
    assert "No changes detected" in shop.manage("makemigrations", "--check")


def test_an_applied_migration_is_not_updated(shop: Any) -> None:
    shop.manage("migrate")
    shop.write_models("shop", TWO)

    output = shop.manage("makemigrations", "--update", ok=False)

    assert "Cannot update applied migration 'shop.0001_initial'." in output


def test_an_empty_migration_waits_for_its_operations(shop: Any) -> None:
    shop.manage("makemigrations", "shop", "--empty", "--name", "by_hand")

    text = (shop.folder / "shop" / "migrations" / "0002_by_hand.py").read_text()
    assert "('shop', '0001_initial')" in text
    assert "operations = [\n    ]" in text
    assert "Applying shop.0002_by_hand... OK" in shop.manage("migrate")


def test_a_dry_run_writes_nothing(shop: Any) -> None:
    shop.write_models("shop", TWO)

    output = shop.manage("makemigrations", "--dry-run", "-v", "3")

    assert "migrations.AddField(" in output
    assert shop.migrations("shop") == ["0001_initial"]


def test_branches_are_merged(shop: Any) -> None:
    shop.write_models("shop", THREE)
    shop.write_migration("shop", "0002_left", BRANCH.format(field="height"))
    shop.write_migration("shop", "0002_right", BRANCH.format(field="width"))
    assert "Conflicting migrations detected" in shop.manage("migrate", ok=False)

    shop.manage("makemigrations", "--merge", "--noinput")

    shop.manage("migrate")
    assert len(shop.migrations("shop")) == 4
    shop.write_models("shop", THREE.replace("default=1", "default=1, null=False").replace("default=2", "default=1"))
    assert "No changes detected" in shop.manage("makemigrations", "--check")


def test_squashed_files_take_the_place_of_the_old_ones_and_old_names_are_pruned(shop: Any) -> None:
    shop.write_models("shop", TWO)
    shop.manage("makemigrations", "--name", "height")
    shop.manage("migrate")

    shop.manage("squashmigrations", "shop", "0002", "--noinput")
    assert "0001_squashed_0002_height (2 squashed migrations)" in shop.manage("showmigrations", "shop")
    assert "No migrations to apply." in shop.manage("migrate")

    folder = shop.folder / "shop" / "migrations"
    for name in ("0001_initial", "0002_height"):
        (folder / f"{name}.py").unlink()
    squashed = folder / "0001_squashed_0002_height.py"
    lines = squashed.read_text().splitlines(keepends=True)
    squashed.write_text("".join(line for line in lines if "replaces =" not in line))
    pruned = shop.manage("migrate", "shop", "--prune")
    assert "Pruning shop.0001_initial OK" in pruned
    assert "Pruning shop.0002_height OK" in pruned
    assert "as the applied migrations say" in shop.manage("migrate", "--drift")


def test_a_migration_is_optimized(shop: Any) -> None:
    operations = [
        'migrations.AddField("shelf", "height", models.IntegerField(default=1))',
        'migrations.AlterField("shelf", "height", models.BigIntegerField(default=1))',
    ]
    body = 'class Migration(migrations.Migration):\n    dependencies = [("shop", "0001_initial")]\n'
    shop.write_migration("shop", "0002_two", body + f"    operations = [{', '.join(operations)}]\n")
    assert "Optimizing from 2 operations to 1 operations." in shop.manage(
        "optimizemigration", "shop", "0002", "--check", ok=False
    )

    shop.manage("optimizemigration", "shop", "0002")

    text = (shop.folder / "shop" / "migrations" / "0002_two.py").read_text()
    assert "AlterField" not in text
    assert "models.BigIntegerField(default=1)" in text
    shop.manage("migrate")


def test_apps_without_migrations_get_their_tables(sqlite_project: Any) -> None:
    sqlite_project.add_app("plain", ONE, migrations=False)

    output = sqlite_project.manage("migrate", "--run-syncdb")

    assert "Creating table plain_shelf" in output
    assert "plain_shelf" in sqlite_project.tables()


FAILING = """
class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.RunSQL("INSERT INTO shop_shelf (name) VALUES ('once')"),
        migrations.RunSQL("{second}"),
    ]
"""


@pytest.mark.parametrize(("options", "rows"), [([], "1"), (["--restart"], "2")])
def test_a_restart_begins_with_the_first_operation(options: list[str], rows: str, shop: Any) -> None:
    shop.write_migration("shop", "0002_rows", FAILING.format(second="INSERT INTO nowhere (id) VALUES (1)"))
    shop.manage("migrate", ok=False)
    shop.write_migration("shop", "0002_rows", FAILING.format(second="SELECT 1"))

    shop.manage("migrate", *options)

    count = "c = connection.cursor(); c.execute('SELECT count(*) FROM shop_shelf'); print(c.fetchone()[0])"
    assert shop.python(count) == rows


SIGNALS = """
from fastjango.apps import AppConfig
from fastjango.db.models.signals import post_migrate, pre_migrate


def told(sender, signal, plan, using, **kwargs):
    word = "before" if signal is pre_migrate else "after"
    print(word, sender.label, using, [str(migration) for migration, _ in plan])


class Shop(AppConfig):
    name = "shop"

    def ready(self):
        pre_migrate.connect(told, sender=self)
        post_migrate.connect(told, sender=self)
"""


def test_signals_are_sent_with_the_plan(shop: Any) -> None:
    (shop.folder / "shop" / "apps.py").write_text(SIGNALS)

    lines = shop.manage("migrate").splitlines()

    told = [line for line in lines if line.startswith(("before", "after"))]
    assert told == [f"{word} shop default ['shop.0001_initial']" for word in ("before", "after")]
    assert lines.index(told[0]) < lines.index("  Applying shop.0001_initial... OK") < lines.index(told[1])


def test_content_types_and_permissions_follow_the_models(sqlite_project: Any) -> None:
    sqlite_project.apps += ["fastjango.contrib.contenttypes", "fastjango.contrib.auth"]
    sqlite_project.add_app("shop", ONE)
    sqlite_project.manage("makemigrations", "shop")
    sqlite_project.manage("migrate")
    known = """
        from fastjango.contrib.auth.models import Permission
        print(*sorted(Permission.objects.filter(content_type__app_label="shop").values_list("codename", "content_type__model")))
    """
    words = ("add", "change", "delete", "view")
    assert sqlite_project.python(known) == " ".join(str((f"{word}_shelf", "shelf")) for word in words)

    sqlite_project.write_migration(
        "shop",
        "0002_rename",
        """
        class Migration(migrations.Migration):
            dependencies = [("shop", "0001_initial")]
            operations = [migrations.RenameModel("Shelf", "Rack")]
        """,
    )
    sqlite_project.write_models("shop", ONE.replace("Shelf", "Rack"))
    sqlite_project.manage("migrate")

    # The content type is renamed, not made again: what points at it still does.
    assert "('add_rack', 'rack')" in sqlite_project.python(known)
    assert "'shelf')" not in sqlite_project.python(known)
