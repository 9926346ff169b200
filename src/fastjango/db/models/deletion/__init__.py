"""
Deleting objects together with what refers to them.

handlers.py   the ``on_delete`` kinds: CASCADE, PROTECT, RESTRICT, SET_NULL, SET_DEFAULT, SET, DO_NOTHING
collector.py  ``Collector``: finds all that has to go, or has to change
plan.py       ``DeletionPlan``: the steps, as a value; running them
errors.py     ``ProtectedError`` and ``RestrictedError``
"""

from fastjango.db.models.deletion.collector import Collector, get_candidate_relations_to_delete
from fastjango.db.models.deletion.errors import ProtectedError, RestrictedError
from fastjango.db.models.deletion.handlers import (
    CASCADE,
    DO_NOTHING,
    PROTECT,
    RESTRICT,
    SET,
    SET_DEFAULT,
    SET_NULL,
)
from fastjango.db.models.deletion.plan import DeletionPlan

__all__ = [
    "CASCADE",
    "DO_NOTHING",
    "PROTECT",
    "RESTRICT",
    "SET",
    "SET_DEFAULT",
    "SET_NULL",
    "Collector",
    "DeletionPlan",
    "ProtectedError",
    "RestrictedError",
    "get_candidate_relations_to_delete",
]
