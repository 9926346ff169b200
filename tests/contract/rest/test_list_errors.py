"""Errors of many objects at once, and uniqueness when many are changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fastjango.rest import serializers
from fastjango.rest.deprecation import RemovedInDRF320Warning
from fastjango.rest.renderers import JSONRenderer
from fastjango.rest.validators import UniqueValidator
from fastjango.test import override_settings


class Amount(serializers.Serializer):
    """A number."""

    number = serializers.IntegerField()


BAD = [{"number": 1}, {"number": "x"}, {}]


def test_errors_are_by_position() -> None:
    many = Amount(data=BAD, many=True)

    assert not many.is_valid()
    assert many.errors == {1: {"number": ["A valid integer is required."]}, 2: {"number": ["This field is required."]}}


def test_the_older_form_is_a_list_and_warns() -> None:
    with override_settings(REST_FRAMEWORK={"LIST_SERIALIZER_ERRORS_AS_DICT": False}):
        many = Amount(data=BAD, many=True)
        with pytest.warns(RemovedInDRF320Warning, match="LIST_SERIALIZER_ERRORS_AS_DICT"):
            assert not many.is_valid()

    assert [sorted(error) for error in many.errors] == [[], ["number"], ["number"]]


def test_uniqueness_needs_to_know_which_object_is_changed() -> None:
    class Named(serializers.Serializer):
        name: Any = serializers.CharField(validators=[UniqueValidator(queryset=())])

    with pytest.raises(RuntimeError, match="`UniqueValidator` cannot determine the current instance"):
        Named(instance=[object()], data=[{"name": "a"}], many=True).is_valid()


def test_positions_are_names_in_json() -> None:
    many = Amount(data=BAD, many=True)
    many.is_valid()

    assert json.loads(JSONRenderer().render(many.errors)) == {
        "1": {"number": ["A valid integer is required."]},
        "2": {"number": ["This field is required."]},
    }
