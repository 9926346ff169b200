"""``MessagesTestMixin``: assertions about messages."""

from __future__ import annotations

from typing import Any

from fastjango.contrib.messages.api import get_messages

# A failed assertion shows the line of the test, not the lines of this module: unittest looks for this name.
__unittest = True


class MessagesTestMixin:
    """For test classes."""

    def assertMessages(self, response: Any, expected_messages: list[Any], *, ordered: bool = True) -> None:
        """Assert that a response carries these messages."""
        request_messages = list(get_messages(response.wsgi_request))
        assertion = self.assertEqual if ordered else self.assertCountEqual  # type: ignore[attr-defined]
        assertion(request_messages, expected_messages)
