"""``loaddata``: many rows in few statements, with what each object is told and the error that names it, and a bar."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.core.management import CommandError, call_command
from fastjango.core.serializers import deserialize, python, serialize, xml_serializer
from fastjango.core.serializers.base import DeserializationError
from fastjango.core.serializers.json import Deserializer
from fastjango.db import IntegrityError, connections, models
from fastjango.db.models.signals import m2m_changed, post_save, pre_save
from fastjango.test.databases import CaptureQueriesContext

registry = Apps()


class Isolated(models.Model):
    class Meta:
        abstract = True
        apps = registry
        app_label = "loading"


class ByName(models.Manager[Any]):
    def get_by_natural_key(self, name: str) -> Any:
        return self.get(name=name)


class Tag(Isolated):
    name = models.CharField(max_length=40, unique=True)
    objects = ByName()

    def natural_key(self) -> tuple[str]:
        return (self.name,)


class Note(Isolated):
    text = models.CharField(max_length=40, unique=True)
    changed = models.DateTimeField(auto_now=True)
    length = models.IntegerField(db_default=7)
    main: Any = models.ForeignKey(Tag, models.CASCADE, null=True, related_name="main_of")
    tags: Any = models.ManyToManyField(Tag)
    near: Any = models.ManyToManyField("self")


class Long(Note):
    words = models.IntegerField(default=0)

    class Meta:
        apps = registry
        app_label = "loading"


MODELS: dict[str, Any] = {"loading.tag": Tag, "loading.note": Note, "loading.long": Long}
DATABASES = [
    pytest.param("memory"),
    pytest.param("postgresql", marks=pytest.mark.service("postgresql")),
    pytest.param("mariadb", marks=pytest.mark.service("mariadb")),
]
THROUGH = [field.remote_field.through for field in Note._meta.many_to_many]
# A registry without apps does not know its models, and they not each other.
registry.get_models = lambda *args, **kwargs: [*MODELS.values(), *THROUGH]  # type: ignore[method-assign]
for known in MODELS.values():
    known._meta._expire_cache()
MOMENT = "2020-02-03T04:05:06Z"


@pytest.fixture(params=DATABASES)
def alias(request: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The alias of a database with the empty tables."""
    connection = request.getfixturevalue(request.param)
    monkeypatch.setattr(python.Deserializer, "_get_model_from_node", staticmethod(MODELS.__getitem__))
    monkeypatch.setattr(
        xml_serializer.Deserializer, "_get_model_from_node", lambda self, node, attr: MODELS[node.attrs[attr]]
    )
    with connection.schema_editor() as editor:
        for model in MODELS.values():
            editor.create_model(model)
    yield connection.alias
    with connection.schema_editor() as editor:
        for model in reversed(MODELS.values()):
            editor.delete_model(model)


def tag(pk: int | None, name: str) -> dict[str, Any]:
    return {"model": "loading.tag", **({} if pk is None else {"pk": pk}), "fields": {"name": name}}


def note(pk: int, text: str, **fields: Any) -> dict[str, Any]:
    return {"model": "loading.note", "pk": pk, "fields": {"text": text, "changed": MOMENT, **fields}}


@pytest.fixture
def load(alias: str, tmp_path: Path) -> Any:
    """Load objects; returns what the command said."""

    def load(*objects: Any, terminal: bool = False, **options: Any) -> str:
        path = tmp_path / "some.json"
        path.write_text(json.dumps(objects))
        return run(path, alias, terminal=terminal, **options)

    return load


def run(path: Any, alias: str, *, terminal: bool = True, **options: Any) -> str:
    out = io.StringIO()
    out.isatty = lambda: terminal  # type: ignore[method-assign]
    call_command("loaddata", str(path), database=alias, stdout=out, **options)
    return out.getvalue()


# --- rows -----------------------------------------------------------------------------------------


def test_many_objects_take_few_statements(alias: str, load: Any) -> None:
    objects = [tag(number, f"tag {number}") for number in range(1, 41)]
    objects += [note(number, f"note {number}", tags=[number, 40], near=[]) for number in range(1, 40)]

    with CaptureQueriesContext(connections[alias]) as first:
        load(*objects)
    objects[5]["fields"]["name"] = "other"
    with CaptureQueriesContext(connections[alias]) as again:
        load(*objects)

    assert Tag.objects.using(alias).count() == 40
    assert Tag.objects.using(alias).get(pk=6).name == "other"
    assert Note.objects.using(alias).filter(tags=40).count() == 39
    assert Note.objects.using(alias).get(pk=3).changed.isoformat() == "2020-02-03T04:05:06+00:00"
    assert Note.objects.using(alias).get(pk=3).length == 7
    assert len(first) < 40, [entry["sql"] for entry in first.captured_queries]
    # The tags that are there are compared note by note.
    assert len([entry for entry in again.captured_queries if entry["sql"].startswith(("UPDATE", "INSERT"))]) < 90


def test_new_and_known_rows_are_told_apart_and_signals_come_once(alias: str, load: Any) -> None:
    load(tag(1, "one"), tag(3, "three"))
    told: list[Any] = []

    def before(sender: Any, **kwargs: Any) -> None:
        told.append(("pre", kwargs["instance"].pk, kwargs["raw"], kwargs["using"], kwargs["update_fields"]))

    def after(sender: Any, **kwargs: Any) -> None:
        told.append(("post", kwargs["instance"].pk, kwargs["raw"], kwargs["created"], kwargs["instance"]._state.adding))

    pre_save.connect(before, sender=Tag)
    post_save.connect(after, sender=Tag)
    try:
        load(tag(1, "uno"), tag(2, "due"), tag(3, "tre"), tag(4, "quattro"))
    finally:
        pre_save.disconnect(before, sender=Tag)
        post_save.disconnect(after, sender=Tag)

    assert sorted(Tag.objects.using(alias).values_list("pk", "name")) == [
        (1, "uno"),
        (2, "due"),
        (3, "tre"),
        (4, "quattro"),
    ]
    assert [row for row in told if row[0] == "pre"] == [("pre", pk, True, alias, None) for pk in (1, 2, 3, 4)]
    assert [row for row in told if row[0] == "post"] == [
        ("post", pk, True, created, False) for pk, created in ((1, False), (2, True), (3, False), (4, True))
    ]


def test_a_receiver_may_change_what_is_written(alias: str, load: Any) -> None:
    def shout(instance: Any, **kwargs: Any) -> None:
        instance.name = instance.name.upper()

    pre_save.connect(shout, sender=Tag)
    try:
        load(tag(1, "one"), tag(2, "two"))
    finally:
        pre_save.disconnect(shout, sender=Tag)

    assert sorted(Tag.objects.using(alias).values_list("name", flat=True)) == ["ONE", "TWO"]


def test_the_error_names_the_object_and_nothing_is_kept(alias: str, load: Any) -> None:
    sent: list[Any] = []

    def count(instance: Any, **kwargs: Any) -> None:
        sent.append(instance.pk)

    pre_save.connect(count, sender=Tag)
    try:
        with pytest.raises(IntegrityError, match=r"Problem installing fixture .*: Could not load \w+\.Tag\(pk=3\): "):
            load(tag(1, "one"), tag(2, "two"), tag(3, "one"), tag(4, "four"))
    finally:
        pre_save.disconnect(count, sender=Tag)

    assert not Tag.objects.using(alias).exists()
    assert sent == [1, 2, 3, 4]


def test_a_row_that_waits_is_written_before_a_later_object_cannot_be_read(alias: str, load: Any) -> None:
    with pytest.raises(IntegrityError, match=r"Could not load \w+\.Tag\(pk=2\)"):
        load(tag(1, "one"), tag(2, "one"), tag("three", "three"))  # type: ignore[arg-type]
    with pytest.raises(DeserializationError, match="pk=three"):
        load(tag(1, "one"), tag(2, "two"), tag("three", "three"))  # type: ignore[arg-type]


def test_of_objects_with_the_same_key_the_last_one_stays(alias: str, load: Any) -> None:
    load(tag(1, "one"), tag(2, "two"), tag(1, "uno"))

    assert sorted(Tag.objects.using(alias).values_list("pk", "name")) == [(1, "uno"), (2, "two")]


def test_values_may_be_exchanged_where_one_by_one_they_may(alias: str, load: Any) -> None:
    load(tag(1, "one"), tag(2, "two"))

    load(tag(1, "free"), tag(2, "one"), tag(3, "two"))

    assert sorted(Tag.objects.using(alias).values_list("pk", "name")) == [(1, "free"), (2, "one"), (3, "two")]


@pytest.mark.parametrize("form", ["json", "jsonl", "yaml", "xml"])
def test_natural_keys_find_objects_that_wait(alias: str, tmp_path: Path, form: str) -> None:
    tags = [Tag(pk=number, name=f"tag {number}") for number in range(1, 6)]
    for item in tags:
        item.save(using=alias)
    for number in range(1, 6):
        made = Note.objects.using(alias).create(pk=number, text=f"note {number}", main=tags[number - 1])
        made.tags.set(tags[:number])
    path = tmp_path / f"kept.{form}"
    querysets = [*Tag.objects.using(alias).order_by("pk"), *Note.objects.using(alias).order_by("pk")]
    with path.open("w") as file:
        serialize(form, querysets, stream=file, use_natural_foreign_keys=True, use_natural_primary_keys=True)
    Note.objects.using(alias).all().delete()
    Tag.objects.using(alias).all().delete()

    run(path, alias)

    assert sorted(Note.objects.using(alias).values_list("text", "main__name")) == [
        (f"note {number}", f"tag {number}") for number in range(1, 6)
    ]
    assert Note.objects.using(alias).get(text="note 4").tags.count() == 4


def test_natural_keys_may_point_forward(alias: str, load: Any) -> None:
    load(
        note(1, "first", main=["late"], tags=[["late"], ["early"]]),
        note(2, "second", main=None),
        tag(None, "early"),
        tag(7, "late"),
    )

    first = Note.objects.using(alias).get(pk=1)
    assert first.main.pk == 7
    assert sorted(first.tags.values_list("name", flat=True)) == ["early", "late"]


def test_links_are_set_as_one_by_one(alias: str, load: Any) -> None:
    told: list[Any] = []

    def count(instance: Any, action: str, **kwargs: Any) -> None:
        told.append((instance.pk, action))

    load(tag(1, "one"), tag(2, "two"), note(1, "a", tags=[1, 2, 1], near=[2]), note(2, "b", tags=[2], near=[1]))
    load(note(1, "a", tags=[2], near=[]), note(2, "b", tags=[1, 2]), note(3, "c", tags=[]))
    m2m_changed.connect(count, sender=Note.tags.through)
    try:
        load(note(4, "d", tags=[1]), note(5, "e", tags=[2]))
    finally:
        m2m_changed.disconnect(count, sender=Note.tags.through)

    notes = Note.objects.using(alias)
    assert {pk: sorted(notes.get(pk=pk).tags.values_list("pk", flat=True)) for pk in range(1, 6)} == {
        1: [2],
        2: [1, 2],
        3: [],
        4: [1],
        5: [2],
    }
    assert list(notes.get(pk=2).near.all()) == []
    assert told == [(4, "pre_add"), (4, "post_add"), (5, "pre_add"), (5, "post_add")]


def test_rows_of_parents_and_children_are_their_own_objects(alias: str, load: Any) -> None:
    children: list[Any] = [{"model": "loading.long", "pk": pk, "fields": {"words": pk * 10}} for pk in (1, 2, 3)]

    load(*(note(pk, f"n{pk}") for pk in (1, 2, 3)), *children)
    children[1]["fields"]["words"] = 5
    load(*children)

    assert sorted(Long.objects.using(alias).values_list("pk", "text", "words")) == [
        (1, "n1", 10),
        (2, "n2", 5),
        (3, "n3", 30),
    ]


def test_a_reader_of_ones_own_is_saved_object_by_object(alias: str, load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Reader(Deserializer):
        def _handle_object(self, obj: Any) -> Any:
            for item in super()._handle_object(obj):
                # It looks for what was read before.
                assert Tag.objects.using(self.using).count() == item.object.pk - 1
                yield item

    monkeypatch.setattr("fastjango.core.serializers.json.Deserializer", Reader)

    load(tag(1, "one"), tag(2, "two"), tag(3, "three"))

    assert Tag.objects.using(alias).count() == 3


def test_what_is_left_out_stays_out_with_its_forward_references(
    alias: str, load: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "fastjango.core.management.commands.loaddata.parse_apps_and_model_labels", lambda names: ({Note}, set())
    )

    said = load(note(1, "first", main=["late"]), tag(1, "late"))

    assert said == "Installed 1 object(s) (of 2) from 1 fixture(s)\n"
    assert not Note.objects.using(alias).exists()


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "some.json"
    path.write_text('[{"model": "nothing.here", "pk": 1, "fields": {}}]')

    with pytest.raises(DeserializationError, match=r"Invalid model identifier: nothing\.here$"):
        list(deserialize("json", path.read_text()))
    assert list(deserialize("json", path.read_text(), ignorenonexistent=True)) == []


# --- the bar --------------------------------------------------------------------------------------


def bars(said: str) -> list[int]:
    """Return how many dots each bar of a line had."""
    return [found.count(".") for found in re.findall(r"\r\[([. ]{75})\]", said)]


@pytest.fixture
def lite(request: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A memory database with the table of tags."""
    connection = request.getfixturevalue("memory")
    monkeypatch.setattr(python.Deserializer, "_get_model_from_node", staticmethod(MODELS.__getitem__))
    with connection.schema_editor() as editor:
        editor.create_model(Tag)
    return (yield connection.alias)


TAGS = [tag(number, f"{number} {random.Random(number).randbytes(15).hex()}") for number in range(1, 4001)]


@pytest.mark.parametrize("ending", ["json", "json.gz", "json.bz2", "json.xz", "json.zip", "jsonl", "yaml"])
def test_the_bar_grows_to_its_end(lite: str, tmp_path: Path, ending: str) -> None:
    tags = TAGS[:300] if ending == "yaml" else TAGS
    text = json.dumps(tags).encode()
    if ending == "jsonl":
        text = b"\n".join(json.dumps(item).encode() for item in tags)
    path = tmp_path / f"tags.{ending}"
    if ending.endswith("zip"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("tags.json", text)
    else:
        pack: Any = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}.get(ending[-3:].strip("."), bytes)
        path.write_bytes(pack(text))

    said = run(path, lite, verbosity=1)

    dots = bars(said)
    assert dots == sorted(dots)
    assert dots[-1] == 75
    # A block of bz2 and xz has almost a million bytes.
    assert len(dots) >= (2 if ending in ("json.bz2", "json.xz") else 5), dots
    assert said.endswith(f"]\nInstalled {len(tags)} object(s) from 1 fixture(s)\n")


@pytest.mark.parametrize(("terminal", "verbosity", "bar"), [(True, 2, True), (True, 0, False), (False, 1, False)])
def test_the_bar_is_for_a_person_who_looks(
    lite: str, tmp_path: Path, terminal: bool, verbosity: int, bar: bool
) -> None:
    path = tmp_path / "tags.json"
    path.write_text(json.dumps(TAGS[:100]))

    assert bool(bars(run(path, lite, terminal=terminal, verbosity=verbosity))) is bar


def test_an_error_comes_on_a_line_of_its_own(lite: str, tmp_path: Path) -> None:
    path = tmp_path / "tags.jsonl"
    lines = [json.dumps(item) for item in TAGS]
    path.write_text("\n".join([*lines[:3000], "{", *lines[3000:]]))
    out = io.StringIO()
    out.isatty = lambda: True  # type: ignore[method-assign]

    with pytest.raises(DeserializationError):
        call_command("loaddata", str(path), database=lite, stdout=out)

    assert bars(out.getvalue())[-1] < 75
    assert out.getvalue().endswith("]\n")


def test_standard_input_shows_a_number_where_nobody_knows_the_end(lite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(TAGS[:250])))

    said = run("-", lite, format="json")

    assert said == "\rProcessed 100 object(s).\rProcessed 200 object(s).\nInstalled 250 object(s) from 1 fixture(s)\n"


def test_standard_input_from_a_file_has_a_bar(lite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tags.json"
    path.write_text(json.dumps(TAGS))

    with path.open() as file:
        monkeypatch.setattr("sys.stdin", file)
        said = run("-", lite, format="json")

    assert bars(said)[-1] == 75
    assert len(bars(said)) >= 4


def test_a_fixture_without_a_file_is_an_error(lite: str) -> None:
    with pytest.raises(CommandError, match="No fixture named 'nothing' found"):
        run("nothing", lite)
