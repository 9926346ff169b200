"""Aggregates of pairs of numbers: the dependent one comes first, as in SQL."""

from __future__ import annotations

from typing import Any

from fastjango.db.models import Aggregate, FloatField, IntegerField

__all__ = [
    "Corr",
    "CovarPop",
    "RegrAvgX",
    "RegrAvgY",
    "RegrCount",
    "RegrIntercept",
    "RegrR2",
    "RegrSXX",
    "RegrSXY",
    "RegrSYY",
    "RegrSlope",
    "StatAggregate",
]


class StatAggregate(Aggregate):
    """An aggregate of pairs."""

    output_field = FloatField()

    def __init__(self, y: Any, x: Any, output_field: Any = None, filter: Any = None, default: Any = None) -> None:
        if not x or not y:
            raise ValueError("Both y and x must be provided.")
        super().__init__(y, x, output_field=output_field, filter=filter, default=default)


class Corr(StatAggregate):
    """The coefficient of correlation."""

    function = "CORR"


class CovarPop(StatAggregate):
    """The covariance, of a population or a sample."""

    def __init__(self, y: Any, x: Any, sample: bool = False, filter: Any = None, default: Any = None) -> None:
        self.function = "COVAR_SAMP" if sample else "COVAR_POP"
        super().__init__(y, x, filter=filter, default=default)


class RegrAvgX(StatAggregate):
    """The mean of x."""

    function = "REGR_AVGX"


class RegrAvgY(StatAggregate):
    """The mean of y."""

    function = "REGR_AVGY"


class RegrCount(StatAggregate):
    """The number of pairs without NULL."""

    function = "REGR_COUNT"
    output_field = IntegerField()
    empty_result_set_value = 0


class RegrIntercept(StatAggregate):
    """Where the line of the least squares meets the axis of y."""

    function = "REGR_INTERCEPT"


class RegrR2(StatAggregate):
    """The square of the coefficient of correlation."""

    function = "REGR_R2"


class RegrSlope(StatAggregate):
    """The slope of the line of the least squares."""

    function = "REGR_SLOPE"


class RegrSXX(StatAggregate):
    """The sum of the squares of x around their mean."""

    function = "REGR_SXX"


class RegrSXY(StatAggregate):
    """The sum of the products of x and y around their means."""

    function = "REGR_SXY"


class RegrSYY(StatAggregate):
    """The sum of the squares of y around their mean."""

    function = "REGR_SYY"
