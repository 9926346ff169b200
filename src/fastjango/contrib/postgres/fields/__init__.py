"""
Model fields for PostgreSQL's own types.

``array.py`` ArrayField, ``array_lookups.py`` its lookups and transforms; ``hstore.py`` HStoreField; ``ranges.py`` the range fields,
``range_lookups.py`` theirs, ``range_json.py`` their JSON; ``citext.py``, ``jsonb.py`` fields that exist for old migrations only; ``utils.py`` one value as an object.
"""

from fastjango.contrib.postgres.fields.array import ArrayField
from fastjango.contrib.postgres.fields.citext import CICharField, CIEmailField, CITextField
from fastjango.contrib.postgres.fields.hstore import HStoreField
from fastjango.contrib.postgres.fields.jsonb import JSONField
from fastjango.contrib.postgres.fields.range_lookups import RangeOperators
from fastjango.contrib.postgres.fields.ranges import (
    BigIntegerRangeField,
    DateRangeField,
    DateTimeRangeField,
    DecimalRangeField,
    IntegerRangeField,
    RangeBoundary,
    RangeField,
)

__all__ = [
    "ArrayField",
    "BigIntegerRangeField",
    "CICharField",
    "CIEmailField",
    "CITextField",
    "DateRangeField",
    "DateTimeRangeField",
    "DecimalRangeField",
    "HStoreField",
    "IntegerRangeField",
    "JSONField",
    "RangeBoundary",
    "RangeField",
    "RangeOperators",
]
