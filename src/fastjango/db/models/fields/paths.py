"""``FilePathField``: the path of a file on the server's disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from sqlalchemy import types

from fastjango.core import checks
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage
    from fastjango.db.models.expressions.combinable import Combinable


class FilePathField(Field[ST, GT]):
    """A path below a folder, chosen from what lies there."""

    description = _("File path")

    @overload
    def __init__(
        self: FilePathField[str | Combinable, str],
        verbose_name: Any = ...,
        name: str | None = ...,
        *,
        null: Literal[False] = ...,
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: FilePathField[str | Combinable | None, str | None],
        verbose_name: Any = ...,
        name: str | None = ...,
        *,
        null: Literal[True],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(self, verbose_name: Any = ..., name: str | None = ..., **kwargs: Any) -> None: ...
    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        path: Any = "",
        match: str | None = None,
        recursive: bool = False,
        allow_files: bool = True,
        allow_folders: bool = False,
        **kwargs: Any,
    ) -> None:
        self.path, self.match, self.recursive = path, match, recursive
        self.allow_files, self.allow_folders = allow_files, allow_folders
        kwargs.setdefault("max_length", 100)
        super().__init__(verbose_name, name, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field; files or folders must be allowed."""
        return [*super().check(**kwargs), *self._check_allowing_files_or_folders(**kwargs)]

    def _check_allowing_files_or_folders(self, **kwargs: Any) -> list[CheckMessage]:
        if self.allow_files or self.allow_folders:
            return []
        message = "FilePathFields must have either 'allow_files' or 'allow_folders' set to True."
        return [checks.Error(message, obj=self, id="fields.E140")]

    def column_type(self) -> Any:
        """Return VARCHAR."""
        return types.String(self.max_length)

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        own = {
            "path": "",
            "match": None,
            "recursive": False,
            "allow_files": True,
            "allow_folders": False,
        }
        for option, default in own.items():
            value = getattr(self, option)
            if value != default:
                keywords[option] = value
        if keywords.get("max_length") == 100:
            del keywords["max_length"]
        return name, path, args, keywords

    def get_prep_value(self, value: Any) -> Any:
        """Return *value* as text."""
        value = super().get_prep_value(value)
        return None if value is None else str(value)

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a select of the files."""
        defaults = {
            "path": self.path() if callable(self.path) else self.path,
            "match": self.match,
            "recursive": self.recursive,
            "allow_files": self.allow_files,
            "allow_folders": self.allow_folders,
            **kwargs,
        }
        return super().formfield(form_class or "FilePathField", choices_form_class, **defaults)

    def get_internal_type(self) -> str:
        """Return "FilePathField"."""
        return "FilePathField"
