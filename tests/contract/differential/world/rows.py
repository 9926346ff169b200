"""The rows in the tables, the same from run to run: nulls, empty texts, twins, letters of many alphabets."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
TEXTS = [
    "", "a", "A", "Ann", "ann", "Ånn", "ÅNN", "straße", "STRASSE", "100%", "a_b", "a\\b", "O'Neil", "日本", "emoji 🎈", " pad ",
    "Tab\there", "line\nbreak", "The Road", "the road", "Zoë", "zoe", "10", "9",
]  # fmt: skip
INTS = [0, 1, 2, 3, 5, 7, 10, 42, 100, -1, -7, 32767]
FLOATS = [0.0, 0.5, 1.0, 1.5, -2.25, 0.1, 3.0, 1e10, -0.0]
DECIMALS = [Decimal(text) for text in ("0.00", "1.00", "1.50", "2.25", "9.99", "10.00", "12.50", "99.95", "-3.10")]
DATES = [
    dt.date(*parts)
    for parts in ((2020, 2, 29), (2020, 12, 31), (2021, 1, 1), (2021, 3, 28), (1999, 12, 31), (2021, 7, 15))
]
TIMES = [dt.time.fromisoformat(text) for text in ("00:00", "06:30", "12:00:01", "23:59:59", "09:15:00.250000")]
DATETIMES = [
    dt.datetime.fromisoformat(text)
    for text in (
        "2020-02-29T23:30+00:00", "2020-12-31T23:59:59+00:00", "2021-01-01T00:00+00:00",
        "2021-03-28T01:00:00.123456+00:00", "2021-07-15T12:00+00:00", "1999-12-31T22:00+00:00",
    )
]  # fmt: skip
DURATIONS = [
    dt.timedelta(0), dt.timedelta(hours=1, minutes=30), dt.timedelta(days=3), dt.timedelta(microseconds=250),
    dt.timedelta(days=-1, hours=2),
]  # fmt: skip
UUIDS = [uuid.UUID(int=0x1234_5678 * (number + 1) << 64 | number) for number in range(80)]
BLOBS = [b"", b"abc", b"\x00\xff", b"Ann"]
JSONS: list[Any] = [
    {}, [], {"a": 1}, {"a": 1.5, "b": "x"}, {"a": None}, {"a": {"b": [1, 2, {"c": "deep"}]}}, {"a": "Ann", "k y": True},
    [1, 2, 3], ["x", {"a": 2}], "text", 3, 1.5, True, False, {"a": [1, "1"], "b": {"a": "ß"}}, {"b": False, "0": "zero"},
]  # fmt: skip


def rows() -> dict[str, list[Row]]:
    """Return the rows of each table by model, in an order that keeps references whole."""
    pick = random.Random(20)

    def maybe(values: list[Any], share: float = 0.25) -> Any:
        return None if pick.random() < share else pick.choice(values)

    names = ["France", "Österreich", "日本", "chile", "Chad", "Peru"]
    codes = ["FR", "AT", "JP", "cl", "TD", "pe"]
    tables: dict[str, list[Row]] = {}
    tables["Country"] = [
        {"code": code, "name": name, "people": maybe([1, 67_000_000, 9_000_000, 2**40])}
        for code, name in zip(codes, names, strict=True)
    ]

    def person(number: int) -> Row:
        return {
            "id": number,
            "name": pick.choice(TEXTS),
            "nick": pick.choice(["", "", "Bo", "bo", "ÅB", "x_y"]),
            "age": maybe([17, 18, 30, 30, 65, -1, 0]),
            "height": maybe(FLOATS),
            "active": maybe([True, False]),
            "joined": pick.choice(DATES),
            "wakes": maybe(TIMES),
            "uid": UUIDS[number],
            "level": pick.choice([1, 2]),
            "country_id": maybe(codes),
            "mentor_id": maybe(list(range(1, number))) if number > 1 else None,
        }

    tables["Person"] = [person(number) for number in range(1, 11)]
    tables["Author"] = [
        {
            **person(number),
            "royalty": maybe([Decimal("0.125"), Decimal("10.500"), Decimal("0.000")]),
            "bio": pick.choice(TEXTS),
            "agent_id": maybe([1, 2, 3]),
        }
        for number in range(11, 17)
    ]
    tables["Scientist"] = [
        {**person(number), "royalty": Decimal("1.000"), "bio": "", "field_name": pick.choice(TEXTS), "h_index": number}
        for number in range(17, 20)
    ]
    tables["Profile"] = [
        {
            "person_id": number,
            "settings": maybe(JSONS, 0.15),
            "avatar": maybe(BLOBS),
            "seen": maybe(DATETIMES),
        }
        for number in range(1, 20, 2)
    ]
    tables["Publisher"] = [
        {
            "id": number,
            "name": pick.choice(TEXTS),
            "founded": maybe(DATES),
            "budget": maybe([*DECIMALS, Decimal("1000000.01")]),
            "country_id": maybe(names),
        }
        for number in range(1, 6)
    ]
    tables["Tag"] = [
        {"id": number, "label": label, "parent_id": maybe(list(range(1, number))) if number > 1 else None}
        for number, label in enumerate(["red", "Red", "größe", "x%y", "new", "old"], 1)
    ]
    tables["Book"] = [book(pick, number, maybe) for number in range(1, 25)]
    tables["Tagging"] = [
        {
            "id": number,
            "book_id": pick.randint(1, 20),
            "tag_id": pick.randint(1, 5),
            "weight": pick.choice([1, 1, 2, 3, -1]),
            "added": maybe(DATETIMES),
            "by_id": maybe(list(range(1, 19))),
        }
        for number in range(1, 31)
    ]
    tables["Review"] = [
        {
            "id": number,
            "book_id": pick.randint(1, 18),
            "reviewer_id": maybe(list(range(1, 19))),
            "stars": pick.randint(0, 5),
            "text": pick.choice(TEXTS),
            "created": pick.choice(DATETIMES),
            "score": maybe([Decimal("0.50"), Decimal("3.25"), Decimal("-1.00")]),
            "helpful": pick.random() < 0.5,
        }
        for number in range(1, 41)
    ]
    tables["Note"] = [
        {
            "id": number,
            "kind": pick.choice(["Book", "Book", "Person"]),
            "object_id": pick.randint(1, 12),
            "text": pick.choice(TEXTS),
            "day": maybe(DATES),
        }
        for number in range(1, 21)
    ]
    return tables


def book(pick: random.Random, number: int, maybe: Any) -> Row:
    """Return one book."""
    return {
        "id": number,
        "title": pick.choice(TEXTS),
        "subtitle": maybe(TEXTS),
        "genre": maybe(["cr", "po", "sc"]),
        "price": pick.choice(DECIMALS),
        "discount": maybe(FLOATS),
        "pages": pick.choice([0, 1, 10, 10, 120, 350, 999]),
        "published": maybe(DATES),
        "released": pick.choice(DATETIMES),
        "opens": maybe(TIMES),
        "length": maybe(DURATIONS),
        "isbn": UUIDS[20 + number],
        "data": maybe(JSONS),
        "in_print": maybe([True, False]),
        "cover": maybe(BLOBS),
        "publisher_id": maybe([1, 2, 3, 4]),
        "editor_id": pick.randint(1, 19),
        "sequel_id": number - 1 if number > 1 and pick.random() < 0.4 else None,
    }


def links() -> dict[str, list[tuple[int, int]]]:
    """Return the pairs of the many-to-many relations: friends (one way each) and authors of books."""
    pick = random.Random(21)
    friends = {tuple(sorted(pick.sample(range(1, 20), 2))) for _ in range(18)}
    authors = {(pick.randint(1, 22), pick.randint(11, 19)) for _ in range(35)}
    return {
        "friends": sorted((first, second) for first, second in friends),
        "authors": sorted(authors),
        "spouse": [(1, 2), (2, 1), (3, 12), (5, 17)],
    }
