"""``ArraySubquery``: the values of another query as one array."""

from __future__ import annotations

from typing import Any

from fastjango.contrib.postgres.fields import ArrayField
from fastjango.db.models import Subquery

__all__ = ["ArraySubquery"]


class ArraySubquery(Subquery):
    """
    All values of the one column of an inner query.

        Author.objects.annotate(titles=ArraySubquery(Book.objects.filter(author=OuterRef("pk")).values("title")))
    """

    template = "ARRAY(%(subquery)s)"

    def _resolve_output_field(self) -> Any:
        return ArrayField(super()._resolve_output_field())
