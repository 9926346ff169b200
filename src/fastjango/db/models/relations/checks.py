"""What ``check`` says about relations: ``fields.E300`` to ``E309`` and clashes of names."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any

from fastjango.core import checks
from fastjango.db.models.constants import LOOKUP_SEP

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage


class RelationChecks:
    """The ``check`` half of ``RelatedField``."""

    if TYPE_CHECKING:
        remote_field: Any
        opts: Any
        name: Any
        model: Any

        def related_query_name(self) -> str: ...

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field and of its relation."""
        return [
            *super().check(**kwargs),  # type: ignore[misc]
            *self._check_related_name_is_valid(),
            *self._check_related_query_name_is_valid(),
            *self._check_relation_model_exists(),
            *self._check_referencing_to_swapped_model(),
            *self._check_clashes(),
        ]

    def _check_related_name_is_valid(self) -> list[CheckMessage]:
        related_name = self.remote_field.related_name
        if related_name is None:
            return []
        if keyword.iskeyword(related_name) or not (related_name.isidentifier() or related_name.endswith("+")):
            return [
                checks.Error(
                    f"The name '{related_name}' is invalid related_name for field {self.opts.object_name}.{self.name}",
                    hint="Related name must be a valid Python identifier or end with a '+'",
                    obj=self,
                    id="fields.E306",
                )
            ]
        return []

    def _check_related_query_name_is_valid(self) -> list[CheckMessage]:
        if self.remote_field.hidden:
            return []
        name = self.related_query_name()
        found: list[CheckMessage] = []
        if name.endswith("_"):
            found.append(
                checks.Error(
                    f"Reverse query name '{name}' must not end with an underscore.",
                    hint="Add or change a related_name or related_query_name argument for this field.",
                    obj=self,
                    id="fields.E308",
                )
            )
        if LOOKUP_SEP in name:
            found.append(
                checks.Error(
                    f"Reverse query name '{name}' must not contain '{LOOKUP_SEP}'.",
                    hint="Add or change a related_name or related_query_name argument for this field.",
                    obj=self,
                    id="fields.E309",
                )
            )
        return found

    def _check_relation_model_exists(self) -> list[CheckMessage]:
        target = self.remote_field.model
        missing = target not in self.opts.apps.get_models(include_auto_created=True)
        if not missing or (not isinstance(target, str) and target._meta.swapped):
            return []
        name = target if isinstance(target, str) else target.__name__
        message = f"Field defines a relation with model '{name}', which is either not installed, or is abstract."
        return [checks.Error(message, obj=self, id="fields.E300")]

    def _check_referencing_to_swapped_model(self) -> list[CheckMessage]:
        target = self.remote_field.model
        if (
            target in self.opts.apps.get_models(include_swapped=True)
            and not isinstance(target, str)
            and target._meta.swapped
        ):
            return [
                checks.Error(
                    f"Field defines a relation with the model '{target._meta.label}', which has been swapped out.",
                    hint=f"Update the relation to point at 'settings.{target._meta.swappable}'.",
                    obj=self,
                    id="fields.E301",
                )
            ]
        return []

    def _check_clashes(self) -> list[CheckMessage]:
        """Return the clashes of the reverse accessor and query name with other names."""
        if isinstance(self.remote_field.model, str):
            return []
        opts = self.model._meta
        target = self.remote_field.model._meta
        hidden = self.remote_field.hidden
        accessor = self.remote_field.get_accessor_name()
        query_name = self.related_query_name()
        own = f"{opts.label}.{self.name}"
        found: list[CheckMessage] = []

        def clash(what: str, theirs: str, where: str, hint: str, number: str) -> None:
            found.append(
                checks.Error(
                    f"Reverse {what} for '{own}' clashes with {where} '{theirs}'.",
                    hint=hint,
                    obj=self,
                    id=f"fields.{number}",
                )
            )

        for other in [*target.fields, *target.many_to_many]:
            theirs = f"{target.label}.{other.name}"
            hint = (
                f"Rename field '{theirs}', or add/change a related_name argument to the definition for field '{own}'."
            )
            if not hidden and other.name == accessor:
                clash(f"accessor '{target.object_name}.{accessor}'", theirs, "field name", hint, "E302")
            if other.name == query_name:
                clash("query name", theirs, "field name", hint, "E303")
        for other in target.related_objects:
            if other.field is self:
                continue
            theirs = f"{other.related_model._meta.label}.{other.field.name}"
            hint = f"Add or change a related_name argument to the definition for '{own}' or '{theirs}'."
            if not hidden and other.get_accessor_name() == accessor:
                clash(
                    f"accessor '{target.object_name}.{accessor}'",
                    theirs,
                    "reverse accessor for",
                    hint,
                    "E304",
                )
            if other.get_accessor_name() == query_name:
                clash("query name", theirs, "reverse query name for", hint, "E305")
        return found
