"""
Form fields and widgets for the model fields of PostgreSQL.

``array.py`` a text with commas, or one input per item; ``hstore.py`` JSON of a map; ``ranges.py`` two inputs.
"""

from fastjango.contrib.postgres.forms.array import SimpleArrayField, SplitArrayField, SplitArrayWidget
from fastjango.contrib.postgres.forms.hstore import HStoreField
from fastjango.contrib.postgres.forms.ranges import (
    BaseRangeField,
    DateRangeField,
    DateTimeRangeField,
    DecimalRangeField,
    HiddenRangeWidget,
    IntegerRangeField,
    RangeWidget,
)

__all__ = [
    "BaseRangeField",
    "DateRangeField",
    "DateTimeRangeField",
    "DecimalRangeField",
    "HStoreField",
    "HiddenRangeWidget",
    "IntegerRangeField",
    "RangeWidget",
    "SimpleArrayField",
    "SplitArrayField",
    "SplitArrayWidget",
]
