"""The models as plain data, for the generator, which knows no framework: fields with their kinds, relations with targets."""

from __future__ import annotations

# Model -> field -> kind.
FIELDS: dict[str, dict[str, str]] = {
    "Country": {"code": "text", "name": "text", "people": "int"},
    "Person": {
        "id": "int",
        "name": "text",
        "nick": "text",
        "age": "int",
        "height": "float",
        "active": "bool",
        "joined": "date",
        "wakes": "time",
        "uid": "uuid",
        "level": "int",
    },
    "Profile": {"settings": "json", "avatar": "binary", "seen": "datetime"},
    "Publisher": {"id": "int", "name": "text", "founded": "date", "budget": "decimal"},
    "Tag": {"id": "int", "label": "text"},
    "Book": {
        "id": "int",
        "title": "text",
        "subtitle": "text",
        "genre": "text",
        "price": "decimal",
        "discount": "float",
        "pages": "int",
        "published": "date",
        "released": "datetime",
        "opens": "time",
        "length": "duration",
        "isbn": "uuid",
        "data": "json",
        "in_print": "bool",
        "cover": "binary",
    },
    "Tagging": {"id": "int", "weight": "int", "added": "datetime"},
    "Review": {
        "id": "int",
        "stars": "int",
        "text": "text",
        "created": "datetime",
        "score": "decimal",
        "helpful": "bool",
    },
    "Note": {"id": "int", "object_id": "int", "text": "text", "day": "date"},
}
FIELDS["Author"] = {**FIELDS["Person"], "royalty": "decimal", "bio": "text"}
FIELDS["Scientist"] = {**FIELDS["Author"], "field_name": "text", "h_index": "int"}
FIELDS["Cheap"] = FIELDS["Book"]

# Model -> name in lookups -> (target, is there at most one).
RELATIONS: dict[str, dict[str, tuple[str, bool]]] = {
    "Country": {"citizens": ("Person", False), "publishers": ("Publisher", False)},
    "Person": {
        "country": ("Country", True),
        "mentor": ("Person", True),
        "pupils": ("Person", False),
        "spouse": ("Person", True),
        "married_to": ("Person", True),
        "friends": ("Person", False),
        "author": ("Author", True),
        "profile": ("Profile", True),
        "clients": ("Author", False),
        "edits": ("Book", False),
        "tagging": ("Tagging", False),
        "review": ("Review", False),
    },
    "Profile": {"person": ("Person", True)},
    "Publisher": {"country": ("Country", True), "books": ("Book", False)},
    "Tag": {
        "parent": ("Tag", True),
        "children": ("Tag", False),
        "books": ("Book", False),
        "tagging": ("Tagging", False),
    },
    "Book": {
        "publisher": ("Publisher", True),
        "editor": ("Person", True),
        "sequel": ("Book", True),
        "prequel": ("Book", True),
        "authors": ("Author", False),
        "tags": ("Tag", False),
        "tagging": ("Tagging", False),
        "reviews": ("Review", False),
        "notes": ("Note", False),
    },
    "Tagging": {"book": ("Book", True), "tag": ("Tag", True), "by": ("Person", True)},
    "Review": {"book": ("Book", True), "reviewer": ("Person", True)},
    "Note": {"book": ("Book", True)},
}
RELATIONS["Author"] = {
    **RELATIONS["Person"],
    "person_ptr": ("Person", True),
    "agent": ("Person", True),
    "scientist": ("Scientist", True),
    "books": ("Book", False),
}
del RELATIONS["Author"]["author"]
RELATIONS["Scientist"] = {**RELATIONS["Author"], "author_ptr": ("Author", True)}
del RELATIONS["Scientist"]["scientist"]
RELATIONS["Cheap"] = RELATIONS["Book"]

# Names of to-many relations as attributes, where they differ from the name in lookups.
ACCESSORS = {"edits": "edited", "review": "review_set", "tagging": "tagging_set"}
KEYS = {"Country": "code", "Profile": "person_id", "Author": "person_ptr_id", "Scientist": "author_ptr_id"}
