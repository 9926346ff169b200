"""
What a form knows of its errors: ``ErrorDict`` (field -> list) and ``ErrorList``.

Both read as plain dict and list of message texts, keep the ``ValidationError`` objects behind
(``as_data()``) and render themselves. Public at ``fastjango.forms.utils``.
"""

from __future__ import annotations

from collections import UserList
from collections.abc import Iterable
from typing import Any, SupportsIndex

from fastjango.core.exceptions import ValidationError
from fastjango.forms.renderers import get_default_renderer
from fastjango.forms.rendering import RenderableErrorMixin
from fastjango.utils.html import escape

__all__ = ["ErrorDict", "ErrorList"]


class ErrorDict(dict[str, Any], RenderableErrorMixin):
    """The errors of a form by field name; ``__all__`` holds those of no field."""

    template_name = "django/forms/errors/dict/default.html"
    template_name_text = "django/forms/errors/dict/text.txt"
    template_name_ul = "django/forms/errors/dict/ul.html"

    def __init__(self, *args: Any, renderer: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.renderer = renderer or get_default_renderer()

    def as_data(self) -> dict[str, list[ValidationError]]:
        """Return ``{field: [ValidationError, ...]}``."""
        return {name: errors.as_data() for name, errors in self.items()}

    def get_json_data(self, escape_html: bool = False) -> dict[str, Any]:
        """Return ``{field: [{"message": ..., "code": ...}, ...]}``."""
        return {name: errors.get_json_data(escape_html) for name, errors in self.items()}

    def get_context(self) -> dict[str, Any]:
        """Return the variables of the template."""
        return {"errors": self.items(), "error_class": "errorlist"}

    def __copy__(self) -> ErrorDict:
        twin = type(self)(self, renderer=self.renderer)
        twin.__dict__.update(self.__dict__)
        return twin


class ErrorList(UserList[Any], list[Any], RenderableErrorMixin):  # type: ignore[misc]  # both bases on purpose: code asks isinstance(errors, list)
    """
    The errors of one field, read as texts.

    Args:
        error_class: A further CSS class beside ``errorlist``.
        field_id: The id of the field's widget; the list gets ``<field_id>_error``.
    """

    template_name = "django/forms/errors/list/default.html"
    template_name_text = "django/forms/errors/list/text.txt"
    template_name_ul = "django/forms/errors/list/ul.html"

    def __init__(
        self,
        initlist: Iterable[Any] | None = None,
        error_class: str | None = None,
        renderer: Any = None,
        field_id: str | None = None,
    ) -> None:
        super().__init__(initlist)
        self.error_class = f"errorlist {error_class}" if error_class is not None else "errorlist"
        self.renderer = renderer or get_default_renderer()
        self.field_id = field_id

    def as_data(self) -> list[ValidationError]:
        """Return the errors as ``ValidationError`` objects."""
        return ValidationError(self.data).error_list

    def get_json_data(self, escape_html: bool = False) -> list[dict[str, str]]:
        """Return ``[{"message": ..., "code": ...}, ...]``."""
        found = []
        for error in self.as_data():
            message = str(next(iter(error)))
            found.append({"message": str(escape(message)) if escape_html else message, "code": error.code or ""})
        return found

    def get_context(self) -> dict[str, Any]:
        """Return the variables of the template."""
        return {"errors": self, "error_class": self.error_class}

    def copy(self) -> ErrorList:
        """Return a list with the same errors, CSS class and renderer."""
        twin: ErrorList = super().copy()
        twin.error_class = self.error_class
        twin.renderer = self.renderer
        return twin

    def __repr__(self) -> str:
        return repr(list(self))

    def __contains__(self, item: object) -> bool:
        return item in list(self)

    def __eq__(self, other: object) -> bool:
        return list(self) == other

    __hash__ = None  # type: ignore[assignment]  # a list is mutable

    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        found = self.data[index]
        return str(next(iter(found))) if isinstance(found, ValidationError) else found

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        # The texts that iteration gives are no substitute for the errors in __dict__["data"].
        rebuild = super().__reduce_ex__(protocol)
        return (*rebuild[:3], None, None)
