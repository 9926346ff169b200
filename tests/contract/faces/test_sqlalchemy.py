"""A model as an entity of SQLAlchemy's ORM, beside its Django face."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload
from sqlalchemy.schema import CreateTable

from fastjango.apps.registry import Apps
from fastjango.db import connection, models, transaction
from fastjango.db.execute import change
from fastjango.db.models.faces.session import open_session


class Registry(Apps):
    """Models without an installed app."""

    def get_models(self, include_auto_created: bool = False, include_swapped: bool = False) -> list[Any]:
        """Return every declared model."""
        return [
            model
            for models_of_app in self.all_models.values()
            for model in models_of_app.values()
            if include_auto_created or not model._meta.auto_created
        ]


registry = Registry()


class Person(models.Model):
    name = models.CharField(max_length=20)

    class Meta:
        apps = registry
        app_label = "sa_tests"


class Tag(models.Model):
    word = models.CharField(max_length=20)

    class Meta:
        apps = registry
        app_label = "sa_tests"


class Story(models.Model):
    title = models.CharField(max_length=20, db_column="story_title")
    author = models.ForeignKey(Person, models.CASCADE)
    tags = models.ManyToManyField(Tag)

    class Meta:
        apps = registry
        app_label = "sa_tests"


class Novel(Story):
    pages = models.IntegerField(default=0)

    class Meta:
        apps = registry
        app_label = "sa_tests"


ALL: tuple[Any, ...] = (Person, Tag, Story, Story._meta.get_field("tags").remote_field.through, Novel)


@pytest.fixture(autouse=True)
def tables(transactional_db: None) -> Iterator[None]:
    for model in ALL:
        change("default", str(CreateTable(model._meta.table).compile(dialect=connection.dialect)))
    yield
    for model in reversed(ALL):
        change("default", f'DROP TABLE "{model._meta.db_table}"')


@pytest.fixture
def story() -> Story:
    return Story.objects.create(title="t", author=Person.objects.create(name="p"))


def test_select_where_and_join(story: Story) -> None:
    with Session(connection.engine) as session:
        found = session.scalars(select(Story).join(Story.author).where(Story.title == "t", Person.name == "p")).all()

    assert found == [story]


def test_relations_are_loaded_eagerly_or_lazily(story: Story) -> None:
    with Session(connection.engine) as session:
        eager = session.scalars(select(Story).options(joinedload(Story.author))).one()
        other = aliased(Person)

        assert eager.author.name == "p"
        assert session.scalar(select(other.name)) == "p"


def test_many_to_many_is_a_collection(story: Story) -> None:
    story.tags.add(Tag.objects.create(word="w"))

    with Session(connection.engine) as session:
        found = session.scalars(select(Story).options(selectinload(Story.tags))).one()

        assert [tag.word for tag in found.tags] == ["w"]


def test_a_session_inserts_updates_and_django_sees_it(story: Story) -> None:
    with Session(connection.engine) as session:
        session.add(Story(title="new", author=story.author))
        session.scalars(select(Story).where(Story.title == "t")).one().title = "changed"
        session.commit()

    titles: list[Any] = list(Story.objects.order_by("title").values_list("title", flat=True))
    assert titles == ["changed", "new"]


def test_an_object_of_django_can_be_added_to_a_session(story: Story) -> None:
    found = Story.objects.get(pk=story.pk)

    with Session(connection.engine) as session:
        session.add(found)
        found.title = "by session"
        session.commit()

    assert Story.objects.get(pk=story.pk).title == "by session"


def test_an_object_of_a_session_works_for_django(story: Story) -> None:
    with Session(connection.engine) as session:
        found = session.scalars(select(Story)).one()
    found.title = "by django"
    found.save()

    assert not found._state.adding
    assert Story.objects.get().title == "by django"


def test_a_commit_expires_an_object_and_django_loads_it_again(story: Story) -> None:
    with Session(connection.engine) as session:
        found = session.scalars(select(Story)).one()
        session.commit()

    assert (found.pk, found.title) == (story.pk, "t")


def test_inheritance_is_joined() -> None:
    Novel.objects.create(title="n", author=Person.objects.create(name="p"), pages=3)

    with Session(connection.engine) as session:
        found = session.scalars(select(Novel).where(Novel.title == "n")).one()

        assert found.pages == 3


def test_django_goes_on_after_mapping(story: Story) -> None:
    inspect(Story)

    assert Story.title.field is Story._meta.get_field("title")
    assert Story.objects.select_related("author").get().author.name == "p"
    assert list(Story.objects.prefetch_related("author", "tags").get().tags.all()) == []
    assert "_sa_instance_state" not in story.__getstate__()


def test_a_session_can_take_part_in_an_atomic_block() -> None:
    with transaction.atomic():
        Person.objects.create(name="django")
        with open_session() as session:
            session.add(Person(name="session"))
            session.commit()
            session.add(Person(name="lost"))
            session.rollback()
            seen = session.scalars(select(Person.name).order_by(Person.id)).all()
        transaction.set_rollback(True)

    assert seen == ["django", "session"]
    assert not Person.objects.exists()
