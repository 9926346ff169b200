"""Deleting through a session: what ``on_delete`` says, where the other side has a name and where it has none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from tests.contract.faces.support import Registry, tables_of

from fastjango.db import models
from fastjango.db.sqlalchemy import session

registry = Registry()


class Owner(models.Model):
    name = models.CharField(max_length=10)

    class Meta:
        apps = registry
        app_label = "face_deletion"


class Company(Owner):
    class Meta:
        apps = registry
        app_label = "face_deletion"


def referring(name: str, on_delete: Any, **options: Any) -> Any:
    """Make a model with a foreign key to Owner."""
    meta = type("Meta", (), {"apps": registry, "app_label": "face_deletion"})
    body = {"__module__": __name__, "Meta": meta, "owner": models.ForeignKey(Owner, on_delete, **options)}
    make: Any = type(models.Model)
    return make(name, (models.Model,), body)


KINDS = {
    "cascade": (models.CASCADE, {}),
    "null": (models.SET_NULL, {"null": True}),
    "protect": (models.PROTECT, {}),
    "restrict": (models.RESTRICT, {}),
}
SEEN = {kind: referring(f"Seen{kind.title()}", rule, **more) for kind, (rule, more) in KINDS.items()}
HIDDEN = {
    kind: referring(f"Hidden{kind.title()}", rule, related_name="+", **more) for kind, (rule, more) in KINDS.items()
}


class Leaf(models.Model):
    """Refers to what goes with its owner, without a name as well."""

    of = models.ForeignKey(HIDDEN["cascade"], models.CASCADE, related_name="+")

    class Meta:
        apps = registry
        app_label = "face_deletion"


@pytest.fixture(autouse=True)
def tables(any_database: Any) -> Iterator[None]:
    with tables_of(registry):
        yield


@pytest.fixture(params=["seen", "hidden"])
def referring_models(request: pytest.FixtureRequest) -> dict[str, Any]:
    return SEEN if request.param == "seen" else HIDDEN


def delete(owner: Any) -> None:
    with session() as db:
        db.delete(db.get(type(owner), owner.pk))
        db.commit()


def test_cascade_deletes(referring_models: dict[str, Any]) -> None:
    owner, other = Owner.objects.create(name="a"), Owner.objects.create(name="b")
    kept = referring_models["cascade"].objects.create(owner=other)
    referring_models["cascade"].objects.create(owner=owner)

    delete(owner)

    assert list(referring_models["cascade"].objects.all()) == [kept]
    assert list(Owner.objects.all()) == [other]


def test_set_null_sets_null(referring_models: dict[str, Any]) -> None:
    owner = Owner.objects.create(name="a")
    referring_models["null"].objects.create(owner=owner)

    delete(owner)

    assert referring_models["null"].objects.get().owner is None


@pytest.mark.parametrize("kind", ["protect", "restrict"])
def test_the_database_refuses_the_rest(referring_models: dict[str, Any], kind: str) -> None:
    owner = Owner.objects.create(name="a")
    referring_models[kind].objects.create(owner=owner)

    with pytest.raises(IntegrityError):
        delete(owner)

    assert Owner.objects.get() == owner


def test_hidden_relations_are_followed_from_one_to_the_next_and_from_a_child_class() -> None:
    company = Company.objects.create(name="a")
    Leaf.objects.create(of=HIDDEN["cascade"].objects.create(owner=company))

    delete(company)

    assert not (Owner.objects.exists() or HIDDEN["cascade"].objects.exists() or Leaf.objects.exists())


def test_what_has_been_given_to_another_one_before_the_flush_stays() -> None:
    owner, other = Owner.objects.create(name="a"), Owner.objects.create(name="b")
    HIDDEN["cascade"].objects.create(owner=owner)

    with session() as db:
        found = db.query(HIDDEN["cascade"]).one()
        found.owner = db.get(Owner, other.pk)
        db.delete(db.get(Owner, owner.pk))
        db.commit()

    assert HIDDEN["cascade"].objects.get().owner == other
