"""The formats of English as written in the United States; the same as the defaults of the settings."""

from __future__ import annotations

from fastjango.conf import global_settings

DATE_FORMAT = global_settings.DATE_FORMAT
TIME_FORMAT = global_settings.TIME_FORMAT
DATETIME_FORMAT = global_settings.DATETIME_FORMAT
YEAR_MONTH_FORMAT = global_settings.YEAR_MONTH_FORMAT
MONTH_DAY_FORMAT = global_settings.MONTH_DAY_FORMAT
SHORT_DATE_FORMAT = global_settings.SHORT_DATE_FORMAT
SHORT_DATETIME_FORMAT = global_settings.SHORT_DATETIME_FORMAT
FIRST_DAY_OF_WEEK = 0  # Sunday
DATE_INPUT_FORMATS = [*global_settings.DATE_INPUT_FORMATS]
DATETIME_INPUT_FORMATS = [*global_settings.DATETIME_INPUT_FORMATS]
TIME_INPUT_FORMATS = [*global_settings.TIME_INPUT_FORMATS]
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
