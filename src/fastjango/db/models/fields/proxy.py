"""``OrderWrt``: the position that ``order_with_respect_to`` keeps."""

from __future__ import annotations

from typing import Any

from fastjango.db.models.fields.numbers import IntegerField
from fastjango.db.models.fields.typevars import GT, ST


class OrderWrt(IntegerField[ST, GT]):
    """The column ``_order``; never part of a form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["name"] = "_order"
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)
