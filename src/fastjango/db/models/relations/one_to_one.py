"""``OneToOneField``: a unique foreign key; the other side sees one object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from fastjango.db.models.fields.typevars import GT, ST
from fastjango.db.models.relations.foreign_key import ForeignKey
from fastjango.db.models.relations.forward import ForwardOneToOneDescriptor
from fastjango.db.models.relations.reverse import OneToOneRel
from fastjango.db.models.relations.reverse_accessors import ReverseOneToOneDescriptor
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastjango.core.checks import CheckMessage
    from fastjango.db.models.expressions.combinable import Combinable

R = TypeVar("R")


class OneToOneField(ForeignKey[ST, GT]):
    """A key that at most one row holds; the link of multi-table inheritance."""

    many_to_many = False
    many_to_one = False
    one_to_many = False
    one_to_one = True

    related_accessor_class = ReverseOneToOneDescriptor
    forward_related_accessor_class = ForwardOneToOneDescriptor
    rel_class = OneToOneRel

    description = _("One-to-one relationship")

    @overload
    def __init__(
        self: OneToOneField[R | Combinable, R],
        to: type[R],
        on_delete: Any,
        *,
        null: Literal[False] = ...,
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: OneToOneField[R | Combinable | None, R | None],
        to: type[R],
        on_delete: Any,
        *,
        null: Literal[True],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(self, to: Any, on_delete: Any, *args: Any, **kwargs: Any) -> None: ...
    def __init__(self, to: Any, on_delete: Any, to_field: str | None = None, **kwargs: Any) -> None:
        kwargs["unique"] = True
        super().__init__(to, on_delete, to_field=to_field, **kwargs)

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        keywords.pop("unique", None)
        return name, path, args, keywords

    def formfield(self, **kwargs: Any) -> Any:  # type: ignore[override]
        """Return a select; None for the link to a parent."""
        if self.remote_field.parent_link:
            return None
        return super().formfield(**kwargs)

    def save_form_data(self, instance: Any, data: Any) -> None:
        """Store the chosen object or key."""
        if isinstance(data, self.remote_field.model):
            setattr(instance, self.name, data)
            return
        setattr(instance, self.attname, data)
        # Explicitly nothing: the cached object must go, too.
        if data is None:
            setattr(instance, self.name, data)

    def _check_unique(self, **kwargs: Any) -> list[CheckMessage]:
        return []
