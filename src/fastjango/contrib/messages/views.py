"""``SuccessMessageMixin``: a message when a form was valid."""

from __future__ import annotations

from typing import Any

from fastjango.contrib import messages


class SuccessMessageMixin:
    """Shows ``success_message`` after a valid form; ``%(field)s`` in it is filled from the cleaned data."""

    success_message: Any = ""

    def form_valid(self, form: Any) -> Any:
        """Add the message."""
        response = super().form_valid(form)  # type: ignore[misc]
        success_message = self.get_success_message(form.cleaned_data)
        if success_message:
            messages.success(self.request, success_message)  # type: ignore[attr-defined]
        return response

    def get_success_message(self, cleaned_data: dict[str, Any]) -> Any:
        """Return the message."""
        return self.success_message % cleaned_data
