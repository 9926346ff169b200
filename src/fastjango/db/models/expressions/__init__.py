"""Expressions: what a query computes (Django's ``db.models.expressions``).

``base`` the tree, ``combinable``/``combined`` operators, ``refs`` names and columns, ``values``
values, ``func`` functions, ``case``, ``ordering``, ``subquery``, ``window``, ``q`` conditions,
``shape`` keys of plans, ``output`` the slot of field classes, ``elements`` and ``adapter`` the
way to SQLAlchemy, ``operand_types`` what an operator gives.
"""

from fastjango.db.models.expressions.base import BaseExpression, Expression, OutputFieldIsNoneError
from fastjango.db.models.expressions.case import Case, When
from fastjango.db.models.expressions.combinable import Combinable
from fastjango.db.models.expressions.combined import CombinedExpression, DurationExpression, TemporalSubtraction
from fastjango.db.models.expressions.func import (
    ExpressionList,
    ExpressionWrapper,
    Func,
    NegatedExpression,
    OrderByList,
)
from fastjango.db.models.expressions.operand_types import register_combinable_fields
from fastjango.db.models.expressions.ordering import OrderBy
from fastjango.db.models.expressions.q import FilteredRelation, Q
from fastjango.db.models.expressions.refs import Col, ColPairs, F, OuterRef, Ref, ResolvedOuterRef, Sliced
from fastjango.db.models.expressions.subquery import Exists, Subquery
from fastjango.db.models.expressions.values import DatabaseDefault, RawSQL, Star, Value
from fastjango.db.models.expressions.window import RowRange, ValueRange, Window, WindowFrame, WindowFrameExclusion

__all__ = [
    "BaseExpression",
    "Case",
    "Col",
    "ColPairs",
    "Combinable",
    "CombinedExpression",
    "DatabaseDefault",
    "DurationExpression",
    "Exists",
    "Expression",
    "ExpressionList",
    "ExpressionWrapper",
    "F",
    "FilteredRelation",
    "Func",
    "NegatedExpression",
    "OrderBy",
    "OrderByList",
    "OuterRef",
    "OutputFieldIsNoneError",
    "Q",
    "RawSQL",
    "Ref",
    "ResolvedOuterRef",
    "RowRange",
    "Sliced",
    "Star",
    "Subquery",
    "TemporalSubtraction",
    "Value",
    "ValueRange",
    "When",
    "Window",
    "WindowFrame",
    "WindowFrameExclusion",
    "register_combinable_fields",
]
