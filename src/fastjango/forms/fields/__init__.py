"""
Form fields: submitted data to clean Python values (Django's path ``forms.fields``).

``field.py`` the base; ``text.py``, ``numbers.py``, ``boolean.py``, ``temporal.py``, ``choices.py``, ``files.py``,
``json.py`` one family each; ``composite.py`` fields made of fields.
"""

from fastjango.forms.boundfield import BoundField
from fastjango.forms.fields.boolean import BooleanField, NullBooleanField
from fastjango.forms.fields.choices import (
    ChoiceField,
    MultipleChoiceField,
    TypedChoiceField,
    TypedMultipleChoiceField,
)
from fastjango.forms.fields.composite import ComboField, MultiValueField, SplitDateTimeField
from fastjango.forms.fields.field import Field
from fastjango.forms.fields.files import FileField, FilePathField, ImageField
from fastjango.forms.fields.json import InvalidJSONInput, JSONField, JSONString
from fastjango.forms.fields.numbers import DecimalField, FloatField, IntegerField
from fastjango.forms.fields.temporal import (
    BaseTemporalField,
    DateField,
    DateTimeField,
    DateTimeFormatsIterator,
    DurationField,
    TimeField,
)
from fastjango.forms.fields.text import (
    CharField,
    EmailField,
    GenericIPAddressField,
    RegexField,
    SlugField,
    URLField,
    UUIDField,
)
from fastjango.utils.choices import CallableChoiceIterator

__all__ = [
    "BaseTemporalField",
    "BooleanField",
    "BoundField",
    "CallableChoiceIterator",
    "CharField",
    "ChoiceField",
    "ComboField",
    "DateField",
    "DateTimeField",
    "DateTimeFormatsIterator",
    "DecimalField",
    "DurationField",
    "EmailField",
    "Field",
    "FileField",
    "FilePathField",
    "FloatField",
    "GenericIPAddressField",
    "ImageField",
    "IntegerField",
    "InvalidJSONInput",
    "JSONField",
    "JSONString",
    "MultiValueField",
    "MultipleChoiceField",
    "NullBooleanField",
    "RegexField",
    "SlugField",
    "SplitDateTimeField",
    "TimeField",
    "TypedChoiceField",
    "TypedMultipleChoiceField",
    "URLField",
    "UUIDField",
]
