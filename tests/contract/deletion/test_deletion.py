"""Deleting objects with what refers to them: every kind of ``on_delete``, and the plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.schema import CreateTable

from fastjango.apps.registry import Apps
from fastjango.db import connection, models
from fastjango.db.execute import change
from fastjango.db.models.deletion import Collector, DeletionPlan, ProtectedError, RestrictedError
from fastjango.db.models.deletion.plan import UpdateField
from fastjango.db.models.signals import post_delete, pre_delete


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


class Isolated(models.Model):
    class Meta:
        abstract = True
        apps = registry
        app_label = "deletion_tests"


class Author(Isolated):
    name = models.CharField(max_length=20)


def get_fallback() -> Any:
    return Author.objects.get(name="fallback")


class Book(Isolated):
    author = models.ForeignKey(Author, models.CASCADE)
    editor = models.ForeignKey(Author, models.SET_NULL, null=True, related_name="edited")
    reader = models.ForeignKey(Author, models.SET(get_fallback), null=True, related_name="read")


class Page(Isolated):
    book = models.ForeignKey(Book, models.CASCADE)


class Review(Isolated):
    book = models.ForeignKey(Book, models.PROTECT)


class Series(Isolated):
    author = models.ForeignKey(Author, models.CASCADE)


class Volume(Isolated):
    author = models.ForeignKey(Author, models.CASCADE)
    series = models.ForeignKey(Series, models.RESTRICT)


class Special(Author):
    class Meta:
        apps = registry
        app_label = "deletion_tests"


ALL = (Author, Book, Page, Review, Series, Volume, Special)


@pytest.fixture(autouse=True)
def tables(transactional_db: None) -> Iterator[None]:
    for model in ALL:
        change("default", str(CreateTable(model._meta.table).compile(dialect=connection.dialect)))
    yield
    for model in reversed(ALL):
        change("default", f'DROP TABLE "{model._meta.db_table}"')


def test_cascade_deletes_the_referring_objects_and_counts_them() -> None:
    book = Book.objects.create(author=Author.objects.create(name="a"))
    Page.objects.create(book=book)
    Page.objects.create(book=book)

    deleted = book.author.delete()

    assert deleted == (4, {"deletion_tests.Page": 2, "deletion_tests.Book": 1, "deletion_tests.Author": 1})
    assert not Page.objects.exists()


def test_set_null_keeps_them() -> None:
    book = Book.objects.create(author=Author.objects.create(name="a"), editor=Author.objects.create(name="b"))

    assert book.editor is not None
    book.editor.delete()

    book.refresh_from_db()
    assert book.editor is None


def test_a_reference_is_set_to_null_for_any_number_of_batches() -> None:
    author = Author.objects.create(name="a")
    editors = [Author.objects.create(name="b") for _ in range(3)]
    books = [Book.objects.create(author=author, editor=editor) for editor in editors]
    batches = tuple(Book.objects.filter(editor__in=[editors[number % 3]]) for number in range(1_100))

    step = UpdateField(Book._meta.get_field("editor"), None, batches)
    DeletionPlan("default", None, (), (step,), ()).execute()

    assert set(Book.objects.filter(pk__in=[book.pk for book in books]).values_list("editor", flat=True)) == {None}


def test_set_calls_its_function() -> None:
    fallback = Author.objects.create(name="fallback")
    book = Book.objects.create(author=fallback, reader=Author.objects.create(name="b"))

    assert book.reader is not None
    book.reader.delete()

    book.refresh_from_db()
    assert book.reader == fallback


def test_protect_refuses_and_names_the_relation() -> None:
    book = Book.objects.create(author=Author.objects.create(name="a"))
    review = Review.objects.create(book=book)

    with pytest.raises(ProtectedError, match=r"referenced through protected foreign keys: 'Review.book'") as caught:
        book.delete()

    assert caught.value.protected_objects == {review}


def test_restrict_refuses_unless_the_referring_object_goes_as_well() -> None:
    author = Author.objects.create(name="a")
    series = Series.objects.create(author=author)
    Volume.objects.create(author=author, series=series)

    with pytest.raises(RestrictedError, match=r"restricted foreign keys: 'Volume.series'"):
        series.delete()
    author.delete()

    assert not Volume.objects.exists()


def test_a_child_takes_its_parent_row_along() -> None:
    special = Special.objects.create(name="s")

    special.delete()

    assert not Author.objects.exists()


def test_signals_are_sent_around_each_object_with_the_origin() -> None:
    book = Book.objects.create(author=Author.objects.create(name="a"))
    seen: list[tuple[str, Any]] = []

    def before(sender: Any, origin: Any, **kwargs: Any) -> None:
        seen.append(("pre", origin))

    def after(sender: Any, origin: Any, **kwargs: Any) -> None:
        seen.append(("post", origin))

    pre_delete.connect(before, sender=Book)
    post_delete.connect(after, sender=Book)
    try:
        book.delete()
    finally:
        pre_delete.disconnect(before, sender=Book)
        post_delete.disconnect(after, sender=Book)

    assert seen == [("pre", book), ("post", book)]


def test_the_plan_can_be_shown_before_it_runs() -> None:
    author = Author.objects.create(name="a")
    Book.objects.create(author=author)
    collector = Collector(using="default", origin=author)
    collector.collect([author])

    plan = collector.plan()

    assert isinstance(plan, DeletionPlan)
    assert "delete 1 of deletion_tests.Book" in str(plan)
    assert Author.objects.count() == 1
    assert plan.execute()[0] == 2


def test_querysets_delete_in_the_same_way() -> None:
    author = Author.objects.create(name="a")
    Book.objects.create(author=author)

    assert Author.objects.filter(name="a").delete()[0] == 2
