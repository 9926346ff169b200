"""What the PostgreSQL fields share: a field inside a field, and a value as an object with one attribute."""

from __future__ import annotations

from typing import Any


class AttributeSetter:
    """An object whose only attribute is *name*: what ``value_to_string`` of a field takes."""

    def __init__(self, name: str, value: Any) -> None:
        setattr(self, name, value)


class HasBaseField:
    """A field made of another one (``base_field``), which is bound to the same model under the same name."""

    base_field: Any

    @property
    def model(self) -> Any:
        """The model that the field is bound to; the field inside is bound with it."""
        try:
            return self.__dict__["model"]
        except KeyError:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute 'model'") from None

    @model.setter
    def model(self, model: Any) -> None:
        self.__dict__["model"] = model
        self.base_field.model = model

    def set_attributes_from_name(self, name: str) -> None:
        """Take *name*, for the field inside as well."""
        super().set_attributes_from_name(name)  # type: ignore[misc]
        self.base_field.set_attributes_from_name(name)


__all__ = ["AttributeSetter", "HasBaseField"]
