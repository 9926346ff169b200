"""
Serializers: objects to JSON-ready values and back, with validation.

    field.py text.py numbers.py temporal.py choices.py composite.py relations.py   the fields
    base.py serializer.py lists.py nested.py                                       a mapping of fields, and lists of them
    model.py build.py                                                              fields and validators from a model
    readers.py plans.py expressions.py entries.py rows.py recipes.py               reading, compiled
"""

from __future__ import annotations

from fastjango.rest.exceptions import ErrorDetail, ValidationError
from fastjango.rest.serializers.base import (
    LIST_SERIALIZER_KWARGS,
    LIST_SERIALIZER_KWARGS_REMOVE,
    BaseSerializer,
    as_serializer_error,
)
from fastjango.rest.serializers.build import ALL_FIELDS
from fastjango.rest.serializers.choices import (
    ChoiceField,
    MultipleChoiceField,
    flatten_choices_dict,
    iter_options,
    to_choices_dict,
)
from fastjango.rest.serializers.composite import (
    DictField,
    DjangoImageField,
    FileField,
    HStoreField,
    ImageField,
    JSONField,
    ListField,
    _UnvalidatedField,
)
from fastjango.rest.serializers.field import (
    REGEX_TYPE,
    BuiltinSignatureError,
    CreateOnlyDefault,
    CurrentUserDefault,
    Field,
    HiddenField,
    ModelField,
    ReadOnlyField,
    SerializerMethodField,
    SkipField,
    empty,
    get_attribute,
    get_error_detail,
    is_simple_callable,
)
from fastjango.rest.serializers.lists import ListSerializer
from fastjango.rest.serializers.model import HyperlinkedModelSerializer, ModelSerializer
from fastjango.rest.serializers.nested import raise_errors_on_nested_writes
from fastjango.rest.serializers.numbers import BigIntegerField, DecimalField, FloatField, IntegerField
from fastjango.rest.serializers.relations import (
    MANY_RELATION_KWARGS,
    Hyperlink,
    HyperlinkedIdentityField,
    HyperlinkedRelatedField,
    ManyRelatedField,
    ObjectTypeError,
    ObjectValueError,
    PKOnlyObject,
    PrimaryKeyRelatedField,
    RelatedField,
    SlugRelatedField,
    StringRelatedField,
    method_overridden,
)
from fastjango.rest.serializers.serializer import Serializer, SerializerMetaclass
from fastjango.rest.serializers.temporal import DateField, DateTimeField, DurationField, TimeField
from fastjango.rest.serializers.text import (
    BooleanField,
    CharField,
    EmailField,
    FilePathField,
    IPAddressField,
    NullBooleanField,
    RegexField,
    SlugField,
    URLField,
    UUIDField,
)
from fastjango.rest.settings import api_settings
from fastjango.rest.utils.serializer_helpers import (
    BindingDict,
    BoundField,
    JSONBoundField,
    NestedBoundField,
    ReturnDict,
    ReturnList,
)
from fastjango.rest.validators import (
    UniqueForDateValidator,
    UniqueForMonthValidator,
    UniqueForYearValidator,
    UniqueTogetherValidator,
    UniqueValidator,
)

__all__ = [
    "ALL_FIELDS",
    "LIST_SERIALIZER_KWARGS",
    "LIST_SERIALIZER_KWARGS_REMOVE",
    "MANY_RELATION_KWARGS",
    "REGEX_TYPE",
    "BaseSerializer",
    "BigIntegerField",
    "BindingDict",
    "BooleanField",
    "BoundField",
    "BuiltinSignatureError",
    "CharField",
    "ChoiceField",
    "CreateOnlyDefault",
    "CurrentUserDefault",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "DictField",
    "DjangoImageField",
    "DurationField",
    "EmailField",
    "ErrorDetail",
    "Field",
    "FileField",
    "FilePathField",
    "FloatField",
    "HStoreField",
    "HiddenField",
    "Hyperlink",
    "HyperlinkedIdentityField",
    "HyperlinkedModelSerializer",
    "HyperlinkedRelatedField",
    "IPAddressField",
    "ImageField",
    "IntegerField",
    "JSONBoundField",
    "JSONField",
    "ListField",
    "ListSerializer",
    "ManyRelatedField",
    "ModelField",
    "ModelSerializer",
    "MultipleChoiceField",
    "NestedBoundField",
    "NullBooleanField",
    "ObjectTypeError",
    "ObjectValueError",
    "PKOnlyObject",
    "PrimaryKeyRelatedField",
    "ReadOnlyField",
    "RegexField",
    "RelatedField",
    "ReturnDict",
    "ReturnList",
    "Serializer",
    "SerializerMetaclass",
    "SerializerMethodField",
    "SkipField",
    "SlugField",
    "SlugRelatedField",
    "StringRelatedField",
    "TimeField",
    "URLField",
    "UUIDField",
    "UniqueForDateValidator",
    "UniqueForMonthValidator",
    "UniqueForYearValidator",
    "UniqueTogetherValidator",
    "UniqueValidator",
    "ValidationError",
    "_UnvalidatedField",
    "api_settings",
    "as_serializer_error",
    "empty",
    "flatten_choices_dict",
    "get_attribute",
    "get_error_detail",
    "is_simple_callable",
    "iter_options",
    "method_overridden",
    "raise_errors_on_nested_writes",
    "to_choices_dict",
]
