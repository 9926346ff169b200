"""The writers of markup.py and the template files say the same, in both template languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fastjango import forms
from fastjango.forms import renderers
from fastjango.forms.markup import WRITERS
from fastjango.test.html import parse_html


class FromFiles(renderers.DjangoTemplates):
    """Renders by the engine: a get_template of its own switches the writers off."""

    def get_template(self, template_name: str) -> Any:
        """Return the template."""
        return super().get_template(template_name)


class Page(forms.Form):
    required_css_class = "needed"
    error_css_class = "wrong"

    text = forms.CharField(max_length=5, help_text="Some <b>help</b>", widget=forms.TextInput({"data-x": 'a"b'}))
    number = forms.IntegerField(min_value=1000, localize=True, required=False)
    area = forms.CharField(widget=forms.Textarea, label="Area & more")
    secret = forms.CharField(widget=forms.HiddenInput)
    many = forms.MultipleChoiceField(choices=[("1", "One"), ("g", [("2", "Two <2>")])], widget=forms.SelectMultiple)
    pick = forms.ChoiceField(choices=[("", "None"), (1, "One"), ("Group", [("a", "A"), ("b", "B")])])
    radio = forms.ChoiceField(choices=[("a", "A"), ("G", [("b", "B")])], widget=forms.RadioSelect({"class": "x"}))
    boxes = forms.MultipleChoiceField(
        choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple, help_text="Tick"
    )
    split = forms.SplitDateTimeField()
    when = forms.DateField(widget=forms.SelectDateWidget(years=[2020, 2021]))
    yes = forms.BooleanField(required=False, initial=True)
    file = forms.FileField(required=False)
    hidden_many = forms.MultipleChoiceField(choices=[("a", "A")], widget=forms.MultipleHiddenInput)


class OnlyHidden(forms.Form):
    secret = forms.CharField(widget=forms.HiddenInput)


DATA = {"text": "too <long>", "number": "12", "area": "<x>", "pick": "b", "radio": "b", "boxes": ["a"], "secret": ""}
LAYOUTS = ["as_div", "as_p", "as_ul", "as_table"]
OTHERS = [FromFiles, renderers.Jinja2]


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("data", [None, DATA, {}], ids=["unbound", "wrong", "empty"])
@pytest.mark.parametrize("page", [Page, OnlyHidden])
def test_forms_look_the_same(page: Any, data: Any, layout: str, other: Any) -> None:
    """Every layout, bound and unbound."""
    written = getattr(page(data, renderer=renderers.DjangoTemplates()), layout)()

    rendered = getattr(page(data, renderer=other()), layout)()

    assert parse_html(written) == parse_html(rendered)


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_formsets_look_the_same(layout: str, other: Any) -> None:
    """The management form and each form."""
    written = forms.formset_factory(Page, extra=2, can_order=True, renderer=renderers.DjangoTemplates())

    rendered = forms.formset_factory(Page, extra=2, can_order=True, renderer=other())

    assert parse_html(getattr(written(), layout)()) == parse_html(getattr(rendered(), layout)())


@pytest.mark.parametrize("other", OTHERS)
def test_error_dicts_look_the_same(other: Any) -> None:
    """As a list and as text."""
    form, same = Page({}, renderer=renderers.DjangoTemplates()), Page({}, renderer=other())

    assert parse_html(str(form.errors)) == parse_html(str(same.errors))
    assert form.errors.as_text().split() == same.errors.as_text().split()


def test_every_template_has_a_writer_or_is_an_attribute_list_or_text() -> None:
    """A new template must not be forgotten."""
    root = Path(renderers.ROOT) / "templates"
    names = {str(path.relative_to(root)) for path in root.rglob("*.html")}

    without = names - set(WRITERS)

    assert without == {
        "django/forms/attrs.html",
        "django/forms/widgets/attrs.html",
        "django/forms/widgets/clearable_file_input.html",
    }
    assert {
        str(path.relative_to(Path(renderers.ROOT) / "jinja2")) for path in (root.parent / "jinja2").rglob("*.html")
    } == names
