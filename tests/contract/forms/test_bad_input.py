"""Bad input gives form errors, never exceptions (security rule 5)."""

from __future__ import annotations

from typing import Any

import pytest

from fastjango import forms

CHOICES = [("a", "A"), ("b", "B")]
FIELDS: dict[str, forms.Field] = {
    "boolean": forms.BooleanField(),
    "char": forms.CharField(),
    "choice": forms.ChoiceField(choices=CHOICES),
    "date": forms.DateField(),
    "datetime": forms.DateTimeField(),
    "decimal": forms.DecimalField(max_digits=5, decimal_places=2),
    "duration": forms.DurationField(),
    "email": forms.EmailField(),
    "file": forms.FileField(),
    "float": forms.FloatField(),
    "image": forms.ImageField(),
    "integer": forms.IntegerField(),
    "ip": forms.GenericIPAddressField(),
    "json": forms.JSONField(),
    "multiple": forms.MultipleChoiceField(choices=CHOICES),
    "null_boolean": forms.NullBooleanField(),
    "regex": forms.RegexField("^a+$"),
    "slug": forms.SlugField(),
    "split": forms.SplitDateTimeField(),
    "time": forms.TimeField(),
    "typed": forms.TypedChoiceField(choices=CHOICES, coerce=int),
    "typed_multiple": forms.TypedMultipleChoiceField(choices=CHOICES, coerce=int),
    "url": forms.URLField(assume_scheme="https"),
    "uuid": forms.UUIDField(),
}
BAD: list[Any] = [
    "a\x00b",
    "\x00",
    "\ud800",
    "9" * 5_000,
    "-" + "9" * 400,
    "NaN",
    "Infinity",
    "1e999999999",
    "-1e-999999999",
    '{"a": ' * 2_000,
    '"\\ud800"',
    "http://[::1",
    "https://" + "a" * 5_000,
    "0001-01-01",
    "9999-12-31 23:59:59.999999+23:59",
    "99999999999999 00:00:00",
    ["a", "\x00"],
    [["a"]],
    {"a": 1},
    -1,
    10**400,
    object(),
]


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", BAD, ids=lambda value: repr(value)[:30])
def test_bad_input_is_a_validation_error_or_a_clean_value(name: str, value: Any) -> None:
    """Nothing but ValidationError leaves a field."""
    field = FIELDS[name]

    try:
        field.clean(value)
    except forms.ValidationError as problem:
        assert problem.messages


@pytest.mark.parametrize("name", ["decimal", "float", "integer", "json"])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_no_column_can_hold_is_refused(name: str, value: str) -> None:
    """NaN and the infinities never reach a database."""
    with pytest.raises(forms.ValidationError):
        FIELDS[name].clean(value)


@pytest.mark.parametrize("name", ["char", "email", "regex", "slug", "url", "uuid", "ip"])
@pytest.mark.parametrize("value", ["a\x00", "\ud800"])
def test_text_that_no_column_can_hold_is_refused(name: str, value: str) -> None:
    """NUL and lone surrogates never reach a database."""
    with pytest.raises(forms.ValidationError):
        FIELDS[name].clean(value)


def test_a_refused_value_can_be_shown_again() -> None:
    """The page with the error can be encoded whatever was sent."""

    class Page(forms.Form):
        text = forms.CharField()
        choice = forms.ChoiceField(choices=CHOICES)
        when = forms.DateField()

    page = Page({"text": "\ud800<b>", "choice": "\ud800", "when": "\ud800"})

    assert str(page).encode()
    assert "&lt;b&gt;" in str(page)
