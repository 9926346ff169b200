"""Forms of lists, maps and ranges; they need the driver and no server."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from psycopg.types.range import Range
from tests.contract.postgres.hotel_models import Lists, Maps, Spans

from fastjango import forms
from fastjango.contrib.postgres.forms import (
    DateRangeField,
    HStoreField,
    IntegerRangeField,
    SimpleArrayField,
    SplitArrayField,
)
from fastjango.contrib.postgres.validators import KeysValidator, RangeMaxValueValidator, RangeMinValueValidator
from fastjango.core.exceptions import ValidationError
from fastjango.rest.serializers import ModelSerializer
from fastjango.test import override_settings
from fastjango.utils.translation import override


def test_a_text_with_commas_is_a_list() -> None:
    field = SimpleArrayField(forms.IntegerField(min_value=0), max_length=2)

    assert field.clean("1,2") == [1, 2]
    assert field.prepare_value([1, 2]) == "1,2"
    with pytest.raises(ValidationError) as caught:
        field.clean("1,x,-1")
    assert caught.value.messages == ["Item 2 in the array did not validate: Enter a whole number."]


def test_every_bad_item_is_named() -> None:
    field = SimpleArrayField(forms.IntegerField(min_value=0))

    with pytest.raises(ValidationError) as caught:
        field.clean("-1,2,-3")

    assert caught.value.messages == [
        "Item 1 in the array did not validate: Ensure this value is greater than or equal to 0.",
        "Item 3 in the array did not validate: Ensure this value is greater than or equal to 0.",
    ]


def test_each_item_has_an_input_of_its_own() -> None:
    class Ages(forms.Form):
        ages = SplitArrayField(forms.IntegerField(required=False), size=3, remove_trailing_nulls=True, required=False)

    form = Ages({"ages_0": "1", "ages_1": "", "ages_2": ""})

    assert form.is_valid()
    assert form.cleaned_data == {"ages": [1]}
    with override_settings(INSTALLED_APPS=["fastjango.contrib.postgres"]):
        html = str(form)
    assert [f'name="ages_{number}"' in html for number in range(4)] == [True, True, True, False]


def test_a_map_is_json() -> None:
    field = HStoreField()

    assert field.clean('{"a": 1, "b": null}') == {"a": "1", "b": None}
    for text, message in (("[1]", "must be a JSON dictionary"), ("{", "Could not load JSON")):
        with pytest.raises(ValidationError, match=message):
            field.clean(text)
    assert not field.has_changed(None, "{}")


def test_a_range_has_two_inputs() -> None:
    field = IntegerRangeField()

    assert field.clean(["1", "5"]) == Range(1, 5)
    assert field.clean(["", "5"]) == Range(None, 5)
    assert field.clean(["", ""]) is None
    with pytest.raises(ValidationError, match="must not exceed the end"):
        field.clean(["5", "1"])
    assert DateRangeField().clean(["2024-05-01", ""]) == Range(dt.date(2024, 5, 1), None)


def test_model_forms_know_the_fields() -> None:
    class SpansForm(forms.ModelForm):
        class Meta:
            model = Spans
            fields = ["ints", "decimals"]

    form = SpansForm({"ints_0": "1", "ints_1": "5", "decimals_0": "1.5", "decimals_1": "2"})

    assert form.is_valid(), form.errors
    assert form.instance.ints == Range(1, 5)
    # The bounds are those of the model field.
    assert form.instance.decimals == Range(Decimal("1.5"), Decimal(2), "[]")


def test_serializers_know_the_fields() -> None:
    class ListsSerializer(ModelSerializer):
        class Meta:
            model = Lists
            fields = ["tags", "numbers"]

    class MapsSerializer(ModelSerializer):
        class Meta:
            model = Maps
            fields = ["attributes"]

    serializer = ListsSerializer(data={"tags": ["a", "too long"], "numbers": [1, None]})

    assert not serializer.is_valid()
    assert list(serializer.errors) == ["tags"]
    assert MapsSerializer(Maps(attributes={"a": "1"})).data == {"attributes": {"a": "1"}}


def test_validators_of_maps_and_ranges() -> None:
    keys = KeysValidator(keys=["a", "b"], strict=True)

    keys({"a": "", "b": ""})
    for value, message in (({"a": ""}, "keys were missing: b"), ({"a": "", "b": "", "c": ""}, "keys were provided: c")):
        with pytest.raises(ValidationError, match=message):
            keys(value)
    RangeMaxValueValidator(5)(Range(1, 5))
    for validator, bounds in ((RangeMaxValueValidator(5), (1, None)), (RangeMinValueValidator(5), (4, 6))):
        with pytest.raises(ValidationError, match="bound of the range"):
            validator(Range(*bounds))


def test_messages_speak_the_language() -> None:
    field = SimpleArrayField(forms.IntegerField(), max_length=1)

    with override_settings(INSTALLED_APPS=["fastjango.contrib.postgres"]), override("de"):
        with pytest.raises(ValidationError) as caught:
            field.clean("1,2")
        assert caught.value.messages == ["Die Liste hat 2 Einträge, erlaubt sind höchstens 1."]
        with pytest.raises(ValidationError, match="Eintrag 1 der Liste ist ungültig"):
            field.clean("x")
