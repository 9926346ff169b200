"""What every page's navigation needs from the catalogue."""

from typing import Any

from catalogue.models import Category


def categories(request: Any) -> dict[str, Any]:
    """Add the outermost categories; the query runs only if the template asks for them."""
    return {"top_categories": Category.objects.filter(parent=None)}
