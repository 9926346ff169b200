"""What a check reports: a level, a text, a hint, the object it is about, and an id."""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings

DEBUG = 10
INFO = 20
WARNING = 30
ERROR = 40
CRITICAL = 50


class CheckMessage:
    """
    One finding of a check.

    Args:
        level: From ``DEBUG`` to ``CRITICAL``.
        hint: What to do about it.
        obj: A model, a field, or anything that tells where the mistake is.
        id: ``"app_label.E001"``; ``SILENCED_SYSTEM_CHECKS`` may list it.
    """

    def __init__(
        self,
        level: int,
        msg: str,
        hint: str | None = None,
        obj: Any = None,
        id: str | None = None,  # noqa: A002 - Django's name
    ) -> None:
        if not isinstance(level, int):
            raise TypeError("The first argument should be level.")
        self.level = level
        self.msg = msg
        self.hint = hint
        self.obj = obj
        self.id = id

    def _key(self) -> tuple[Any, ...]:
        return self.level, self.msg, self.hint, self.obj, self.id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._key() == other._key()

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        if self.obj is None:
            where = "?"
        else:
            options = getattr(self.obj, "_meta", None) if isinstance(self.obj, type) else None
            where = str(getattr(options, "label", None) or self.obj)
        id_text = f"({self.id}) " if self.id else ""
        hint = f"\n\tHINT: {self.hint}" if self.hint else ""
        return f"{where}: {id_text}{self.msg}{hint}"

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__}: level={self.level!r}, msg={self.msg!r}, "
            f"hint={self.hint!r}, obj={self.obj!r}, id={self.id!r}>"
        )

    def is_serious(self, level: int = ERROR) -> bool:
        """Return whether the finding is at least of *level*."""
        return self.level >= level

    def is_silenced(self) -> bool:
        """Return whether ``SILENCED_SYSTEM_CHECKS`` lists this finding's id."""
        return self.id in settings.SILENCED_SYSTEM_CHECKS


class Debug(CheckMessage):
    """A finding of level DEBUG."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(DEBUG, *args, **kwargs)


class Info(CheckMessage):
    """A finding of level INFO."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(INFO, *args, **kwargs)


class Warning(CheckMessage):  # noqa: A001 - Django's name
    """A finding of level WARNING."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(WARNING, *args, **kwargs)


class Error(CheckMessage):
    """A finding of level ERROR: commands refuse to run."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(ERROR, *args, **kwargs)


class Critical(CheckMessage):
    """A finding of level CRITICAL: commands refuse to run."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(CRITICAL, *args, **kwargs)
