"""Prices and stars for the templates."""

from decimal import Decimal
from typing import Any

from fastjango import template

register = template.Library()


@register.filter
def money(value: Any) -> str:
    """Return an amount as it stands on a price tag."""
    return "" if value is None else f"€ {Decimal(value):,.2f}"


@register.inclusion_tag("catalogue/_stars.html")
def stars(rating: float | None, count: int | None = None) -> dict[str, Any]:
    """Draw a rating as five stars, and say how many people gave it."""
    return {"rating": rating, "percent": round((rating or 0) * 20), "count": count}
