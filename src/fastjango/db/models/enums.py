"""Choices as enumerations: ``class Size(models.TextChoices): SMALL = "s", "Small"``."""

from __future__ import annotations

import enum
import warnings
from typing import TYPE_CHECKING, Any, Self

from fastjango.utils.deprecation import RemovedInDjango60Warning
from fastjango.utils.functional import Promise


class ChoicesType(enum.EnumType):
    """The metaclass: takes labels out of the members' values."""

    def __new__(
        metacls: type[ChoicesType],
        classname: str,
        bases: tuple[type, ...],
        classdict: Any,
        **kwds: Any,
    ) -> ChoicesType:
        labels: list[Any] = []
        for key in classdict._member_names:
            value = classdict[key]
            if isinstance(value, list | tuple) and len(value) > 1 and isinstance(value[-1], Promise | str):
                *parts, label = value
                value = tuple(parts)
            else:
                label = key.replace("_", " ").title()
            labels.append(label)
            # A plain assignment would be taken for a second member of that name.
            dict.__setitem__(classdict, key, value)
        cls = super().__new__(metacls, classname, bases, classdict, **kwds)
        members: list[Any] = list(cls.__members__.values())
        for member, label in zip(members, labels, strict=True):
            member._label_ = label
        checked: Any = enum.unique
        unique: ChoicesType = checked(cls)
        return unique

    @property
    def names(cls) -> list[str]:
        """The names of the members, with an empty choice first when there is one."""
        empty = ["__empty__"] if hasattr(cls, "__empty__") else []
        return empty + [member.name for member in cls]  # type: ignore[var-annotated]

    @property
    def choices(cls) -> list[tuple[Any, Any]]:
        """Pairs of value and label, as a field's ``choices`` takes them."""
        empty = [(None, getattr(cls, "__empty__"))] if hasattr(cls, "__empty__") else []  # noqa: B009 - no such name on the metaclass
        return empty + [(member.value, member.label) for member in cls]  # type: ignore[var-annotated]

    @property
    def labels(cls) -> list[Any]:
        """The labels."""
        return [label for _, label in cls.choices]

    @property
    def values(cls) -> list[Any]:
        """The values."""
        return [value for value, _ in cls.choices]

    def __contains__(cls, member: object) -> bool:
        if not isinstance(member, enum.Enum):
            return any(known.value == member for known in cls)  # type: ignore[var-annotated]
        return super().__contains__(member)


class Choices(enum.Enum, metaclass=ChoicesType):
    """Base of enumerations whose members have labels."""

    _label_: Any
    do_not_call_in_templates = enum.nonmember(True)

    @enum.property
    def label(self) -> Any:
        """The member's label, for people to read."""
        return self._label_

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}.{self._name_}"


class IntegerChoices(Choices, enum.IntEnum):
    """Choices that are integers."""

    if TYPE_CHECKING:  # members may be written with a label

        def __new__(cls, value: int, label: Any = ...) -> Self: ...


class TextChoices(Choices, enum.StrEnum):
    """Choices that are texts."""

    if TYPE_CHECKING:  # members may be written with a label

        def __new__(cls, value: str, label: Any = ...) -> Self: ...

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[Any]) -> str:
        return name


def __getattr__(name: str) -> Any:
    if name == "ChoicesMeta":
        warnings.warn("ChoicesMeta is deprecated in favor of ChoicesType.", RemovedInDjango60Warning, stacklevel=2)
        return ChoicesType
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["Choices", "ChoicesType", "IntegerChoices", "TextChoices"]
