"""Input that no column or encoding holds: refused field by field, and never an error of ours."""

from __future__ import annotations

from typing import Any

import pytest

from fastjango.contrib.auth.models import User
from fastjango.core.exceptions import ObjectDoesNotExist
from fastjango.db import DataError, connection
from fastjango.rest import serializers
from fastjango.rest.response import Response
from fastjango.rest.test import APIRequestFactory
from fastjango.rest.views import APIView


class Rows:
    """Stands for a query set; looking something up raises what it was given."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def get(self, **lookup: Any) -> Any:
        raise self.error


class Document(serializers.Serializer):
    """JSON."""

    data = serializers.JSONField()


class Echo(APIView):
    """Answers with what came."""

    def post(self, request: Any) -> Response:
        return Response(request.data)


def errors_of(error: Exception) -> Any:
    """Return the errors of a slug whose look-up raises *error*."""

    class Tagged(serializers.Serializer):
        tag: Any = serializers.SlugRelatedField(slug_field="slug", queryset=Rows(error))

    serializer = Tagged(data={"tag": "a"})
    assert not serializer.is_valid()
    return serializer.errors


@pytest.mark.parametrize("error", [TypeError(), ValueError(), OverflowError(), DataError()])
def test_a_slug_that_cannot_be_looked_up_is_an_invalid_value(error: Exception) -> None:
    assert errors_of(error) == {"tag": ["Invalid value."]}


def test_a_slug_that_is_not_there_says_so() -> None:
    assert errors_of(ObjectDoesNotExist()) == {"tag": ["Object with slug=a does not exist."]}


@pytest.mark.parametrize("value", ["\ud800", ["a", "\udfff"], {"\ud800": 1}, {"a": {"b": ("c\udc00",)}}])
def test_json_with_half_a_surrogate_pair_is_refused_by_field(value: Any) -> None:
    document = Document(data={"data": value})

    assert not document.is_valid()
    assert document.errors["data"][0].code == "surrogate_characters_not_allowed"


@pytest.mark.parametrize("value", ["\U0001f600", "\\ud800", "\\u0000", {"\U0001f600": ["\\ud800"]}])
def test_json_with_whole_characters_is_taken(value: Any) -> None:
    document = Document(data={"data": value})

    assert document.is_valid(), document.errors
    assert document.validated_data == {"data": value}


@pytest.mark.parametrize("refuses", [True, False])
def test_json_with_nul_is_refused_where_the_column_holds_none(refuses: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    class OfAModel(Document):
        class Meta:
            model = User

    flag = (ValueError, "no NUL") if refuses else None
    monkeypatch.setattr(connection.features, "prohibits_null_characters_in_text_exception", flag)
    document = OfAModel(data={"data": {"a": "\0"}})

    assert document.is_valid() is not refuses
    assert document.errors == ({"data": ["Null characters are not allowed."]} if refuses else {})


def test_a_body_that_begins_with_a_byte_order_mark_is_no_json() -> None:
    request = APIRequestFactory().post("/", b"\xef\xbb\xbf{}", content_type="application/json")

    response = Echo.as_view()(request)

    assert response.status_code == 400
    assert "Unexpected UTF-8 BOM" in response.data["detail"]
