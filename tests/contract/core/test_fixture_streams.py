"""Fixtures that are larger than memory: written and read piece by piece, in every format."""

from __future__ import annotations

import io
import json
import random
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.contrib.contenttypes.models import ContentType
from fastjango.core import serializers
from fastjango.core.serializers.base import DeserializationError
from fastjango.db import models

FORMATS = ["json", "jsonl", "yaml", "xml"]


class Endless(io.RawIOBase):
    """A stream of text that is made while it is read."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self.pieces = pieces
        self.rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.rest:
            self.rest = next(self.pieces, "").encode()
        size = min(len(buffer), len(self.rest))
        buffer[:size], self.rest = self.rest[:size], self.rest[size:]
        return size


def groups(number: int) -> list[Any]:
    return [
        ContentType(pk=place, app_label="tests", model=f"group {place} é\n- x, ]") for place in range(1, number + 1)
    ]


def many(form: str, number: int) -> Iterator[str]:
    """Yield the text of so many groups."""
    text = serializers.serialize(form, groups(3))
    head, one, tail = "", text.splitlines(keepends=True)[0], ""
    if form == "json":
        head, one, tail = "[", json.dumps(json.loads(text)[0]), "]"
    elif form == "yaml":
        one = text[: text.index("\n- model", 1) + 1]
    elif form == "xml":
        begin = text.index("<object ")
        head, one, tail = text[:begin], text[begin : text.index("</object>") + 9], "</django-objects>"
    for place in range(number):
        start = "" if place else head
        yield (", " if form == "json" and place else start) + one
    yield tail


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_written_is_read_again(form: str) -> None:
    text = serializers.serialize(form, groups(5))

    for source in (text, io.StringIO(text), io.BytesIO(text.encode())):
        found = [item.object for item in serializers.deserialize(form, source)]
        assert [(group.pk, group.model) for group in found] == [(group.pk, group.model) for group in groups(5)]
    assert list(serializers.deserialize(form, serializers.serialize(form, []))) == []


@pytest.mark.parametrize("form", FORMATS)
def test_a_large_stream_is_read_in_bounded_memory(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastjango.core.serializers.pyyaml.WHOLE", 20_000)
    monkeypatch.setattr("fastjango.core.serializers.pyyaml.PIECE", 20_000)
    stream = io.BufferedReader(Endless(many(form, 4_000)))
    count = 0

    tracemalloc.start()
    for _ in serializers.deserialize(form, stream):
        count += 1
        if count == 500:
            tracemalloc.reset_peak()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 4_000
    # A piece of YAML takes a hundred times its size; it is the same for any number of pieces.
    assert peak < (2_500_000 if form == "yaml" else 1_500_000)


@pytest.mark.parametrize("form", FORMATS)
def test_a_large_result_is_written_in_bounded_memory(form: str) -> None:
    class Sink(io.StringIO):
        size = 0

        def write(self, text: str) -> int:
            Sink.size += len(text)
            return len(text)

    tracemalloc.start()
    serializers.serialize(
        form, (ContentType(pk=place, app_label="a", model="b") for place in range(3_000)), stream=Sink()
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert Sink.size > 100_000
    assert peak < 500_000


def values(chance: random.Random, depth: int = 0) -> Any:
    """Return something that JSON can say."""
    kind = chance.randrange(8 if depth < 3 else 6)
    if kind == 6:
        return [values(chance, depth + 1) for _ in range(chance.randrange(4))]
    if kind == 7:
        return {f"k{place}": values(chance, depth + 1) for place in range(chance.randrange(4))}
    return [None, True, chance.randrange(-(10**9), 10**9), chance.random(), 'é"\\]},[{', "x" * chance.randrange(30)][
        kind
    ]


@pytest.mark.parametrize("seed", range(30))
def test_pieces_of_any_size_give_what_the_whole_gives(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from fastjango.core.serializers import json as module

    chance = random.Random(seed)
    monkeypatch.setattr(module, "PIECE", chance.randrange(1, 40))
    items = [values(chance) for _ in range(chance.randrange(6))]
    text = json.dumps(items, ensure_ascii=chance.random() < 0.5, indent=chance.choice([None, 2]))

    assert list(module._items(io.StringIO(f" {text}\n"))) == items
    assert list(module._items(io.BytesIO(text.encode()))) == items


@pytest.mark.parametrize(
    "text", ["", "[", "[1", "[1,", "[1,]", "[1 2]", "[1]]", "[1] x", '[{"a": 1', "{", "[,]", "nul"]
)
def test_what_is_no_list_is_an_error(text: str) -> None:
    from fastjango.core.serializers import json as module

    with pytest.raises(DeserializationError):
        list(module._items(io.StringIO(text)))
    with pytest.raises(DeserializationError):
        list(serializers.deserialize("json", io.StringIO(text)))


def test_anchors_of_a_small_yaml_file_hold_for_all_of_it() -> None:
    text = "- model: contenttypes.contenttype\n  pk: 1\n  fields: &all\n    app_label: x\n    model: a\n- model: contenttypes.contenttype\n  pk: 2\n  fields: *all\n"

    assert [item.object.model for item in serializers.deserialize("yaml", io.StringIO(text))] == ["a", "a"]


def test_models_are_sorted_no_further_than_their_natural_keys_need() -> None:
    registry = Apps()

    class Sorted(models.Model):
        class Meta:
            abstract = True
            apps = registry
            app_label = "sorted"

    class House(Sorted):
        name = models.CharField(max_length=9)

        def natural_key(self) -> tuple[str]:
            return (self.name,)

    class Volume(Sorted):
        house = models.ForeignKey(House, models.CASCADE)

    class Page(Sorted):
        volume = models.ForeignKey(Volume, models.CASCADE)

    # A model that can be read by its key comes before those that refer to it; the others stay where they are.
    assert serializers.sort_dependencies([(None, [House, Volume, Page])]) == [House, Volume, Page]
    assert serializers.sort_dependencies([(None, [Volume, Page, House])]) == [Page, House, Volume]
