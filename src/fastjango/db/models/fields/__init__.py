"""Model fields: one family per file.

``field`` is the base; ``storage`` and ``column_types`` say how values are stored; ``text enumerated numbers
temporal boolean binary uuid net json files paths auto generated composite`` are the families.
Relations live in ``fastjango.db.models.relations``.
"""

from fastjango.db import router
from fastjango.db.models.expressions.output import provide_fields
from fastjango.db.models.fields.attribute import DeferredAttribute, ForeignKeyDeferredAttribute
from fastjango.db.models.fields.auto import (
    AutoField,
    AutoFieldMeta,
    AutoFieldMixin,
    BigAutoField,
    SmallAutoField,
)
from fastjango.db.models.fields.binary import BinaryField
from fastjango.db.models.fields.boolean import BooleanField, NullBooleanField
from fastjango.db.models.fields.composite import CompositePrimaryKey
from fastjango.db.models.fields.enumerated import EnumField
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.generated import GeneratedField
from fastjango.db.models.fields.json import JSONField
from fastjango.db.models.fields.net import GenericIPAddressField, IPAddressField
from fastjango.db.models.fields.numbers import (
    BigIntegerField,
    DecimalField,
    FloatField,
    IntegerField,
    PositiveBigIntegerField,
    PositiveIntegerField,
    PositiveIntegerRelDbTypeMixin,
    PositiveSmallIntegerField,
    SmallIntegerField,
)
from fastjango.db.models.fields.paths import FilePathField
from fastjango.db.models.fields.proxy import OrderWrt
from fastjango.db.models.fields.sentinels import (
    BLANK_CHOICE_DASH,
    NOT_PROVIDED,
    Empty,
    _load_field,
    return_None,
)
from fastjango.db.models.fields.temporal import (
    DateField,
    DateTimeCheckMixin,
    DateTimeField,
    DurationField,
    TimeField,
)
from fastjango.db.models.fields.text import (
    CharField,
    CommaSeparatedIntegerField,
    EmailField,
    SlugField,
    TextField,
    URLField,
)
from fastjango.db.models.fields.uuid import UUIDField

__all__ = [
    "BLANK_CHOICE_DASH",
    "NOT_PROVIDED",
    "AutoField",
    "AutoFieldMeta",
    "AutoFieldMixin",
    "BigAutoField",
    "BigIntegerField",
    "BinaryField",
    "BooleanField",
    "CharField",
    "CommaSeparatedIntegerField",
    "CompositePrimaryKey",
    "DateField",
    "DateTimeCheckMixin",
    "DateTimeField",
    "DecimalField",
    "DeferredAttribute",
    "DurationField",
    "EmailField",
    "Empty",
    "EnumField",
    "Field",
    "FilePathField",
    "FloatField",
    "ForeignKeyDeferredAttribute",
    "GeneratedField",
    "GenericIPAddressField",
    "IPAddressField",
    "IntegerField",
    "JSONField",
    "NullBooleanField",
    "OrderWrt",
    "PositiveBigIntegerField",
    "PositiveIntegerField",
    "PositiveIntegerRelDbTypeMixin",
    "PositiveSmallIntegerField",
    "SlugField",
    "SmallAutoField",
    "SmallIntegerField",
    "TextField",
    "TimeField",
    "URLField",
    "UUIDField",
    "_load_field",
    "return_None",
    "router",
]

provide_fields(
    {name: value for name, value in globals().items() if isinstance(value, type) and issubclass(value, Field)}
)
