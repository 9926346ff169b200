"""What is said of a relation to a model that does not exist."""

from __future__ import annotations

import pytest

from fastjango.apps.registry import Apps
from fastjango.db import models
from fastjango.db.migrations.state import ModelState, ProjectState
from fastjango.db.models.checks.project import find_lazy_references

PROBLEM = "was declared with a lazy reference to 'press.author', but app 'press'"


def magazine(registry: Apps) -> type[models.Model]:
    class Meta:
        app_label = "press"
        apps = registry

    body = {"__module__": __name__, "Meta": Meta, "authors": models.ManyToManyField("press.Author")}
    return type("Magazine", (models.Model,), body)


def test_the_check_names_the_fields_and_nothing_of_the_inside() -> None:
    registry = Apps()
    magazine(registry)

    found = [(error.id, error.msg) for error in find_lazy_references(registry)]

    assert found == [
        ("fields.E307", f"The field press.Magazine.authors {PROBLEM} isn't installed."),
        ("fields.E307", f"The field press.Magazine_authors.author {PROBLEM} isn't installed."),
    ]


def test_a_history_without_the_model_names_the_fields_in_order() -> None:
    state = ProjectState()
    state.add_model(ModelState.from_model(magazine(Apps())))

    with pytest.raises(ValueError, match="lazy reference") as caught:
        state.apps  # noqa: B018 - the classes are made when asked for

    assert str(caught.value).splitlines() == [
        f"The field press.Magazine.authors {PROBLEM} doesn't provide model 'author'.",
        f"The field press.Magazine_authors.author {PROBLEM} doesn't provide model 'author'.",
    ]


def test_historical_classes_may_have_any_label() -> None:
    state = ProjectState()
    for label in ("vendor.auth", "other.auth"):
        state.add_model(ModelState(label, "User", [("id", models.AutoField(primary_key=True))]))

    assert [model._meta.label for model in state.apps.get_models()] == ["other.auth.User", "vendor.auth.User"]
