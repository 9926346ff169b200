"""The lists of fields that ``_meta`` gives, and the maps by which fields are found."""

from __future__ import annotations

import bisect
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.utils.datastructures import ImmutableList
from fastjango.utils.functional import cached_property

# Says in ``get_fields``: the parents of a proxy, whatever was asked.
PROXY_PARENTS = object()

IMMUTABLE_WARNING = "The return type of '%s' should never be mutated. If you want to manipulate this list for your own use, make a copy first."


def make_immutable_fields_list(name: str, data: Any) -> Any:
    """Return *data* as a list that refuses changes with a telling message."""
    return ImmutableList(data, warning=IMMUTABLE_WARNING % name)


# What a model that nothing points at has, and an abstract one.
EMPTY_RELATION_TREE: Any = make_immutable_fields_list("get_fields()", ())


class FieldLists:
    """The field half of ``Options``."""

    FORWARD_PROPERTIES = frozenset(
        {
            "fields",
            "many_to_many",
            "concrete_fields",
            "local_concrete_fields",
            "_non_pk_concrete_field_names",
            "_reverse_one_to_one_field_names",
            "_forward_fields_map",
            "managers",
            "managers_map",
            "base_manager",
            "default_manager",
            "db_returning_fields",
            "_property_names",
            "pk_fields",
            "total_unique_constraints",
            "init_plan",
            "save_columns",
            "table",
        }
    )
    REVERSE_PROPERTIES = frozenset({"related_objects", "fields_map", "_relation_tree"})

    if TYPE_CHECKING:
        model: Any
        apps: Any
        abstract: bool
        object_name: Any
        parents: dict[Any, Any]
        concrete_model: Any
        pk: Any
        auto_field: Any

        @property
        def is_composite_pk(self) -> bool: ...
        @property
        def all_parents(self) -> Any: ...
        def setup_pk(self, field: Any) -> None: ...

    local_fields: list[Any]
    local_many_to_many: list[Any]
    private_fields: list[Any]
    _get_fields_cache: dict[Any, Any]

    # -- change ------------------------------------------------------------------------

    def add_field(self, field: Any, private: bool = False) -> None:
        """Take in a field; lists that depend on it are made anew."""
        if private:
            self.private_fields.append(field)
        elif field.is_relation and field.many_to_many:
            bisect.insort(self.local_many_to_many, field)
        else:
            bisect.insort(self.local_fields, field)
            self.setup_pk(field)
        # A relation to a loaded model changes that model's lists as well.
        if field.is_relation and hasattr(field.remote_field, "model") and field.remote_field.model:
            try:
                field.remote_field.model._meta._expire_cache(forward=False)
            except AttributeError:
                pass
            self._expire_cache()
        else:
            self._expire_cache(reverse=False)

    def _expire_cache(self, forward: bool = True, reverse: bool = True) -> None:
        names = (self.FORWARD_PROPERTIES if forward else frozenset()) | (
            self.REVERSE_PROPERTIES if reverse and not self.abstract else frozenset()
        )
        for name in names:
            self.__dict__.pop(name, None)
        self._get_fields_cache = {}

    # -- forward lists -----------------------------------------------------------------

    @cached_property
    def fields(self) -> Any:
        """All fields with a column or a single related object, parents' included."""

        return make_immutable_fields_list(
            "fields", (field for field in self._get_fields(reverse=False) if _holds_one_value(field))
        )

    @cached_property
    def concrete_fields(self) -> Any:
        """The fields that have a column."""
        return make_immutable_fields_list("concrete_fields", (field for field in self.fields if field.concrete))

    @cached_property
    def local_concrete_fields(self) -> Any:
        """The fields that have a column in the model's own table."""
        return make_immutable_fields_list(
            "local_concrete_fields", (field for field in self.local_fields if field.concrete)
        )

    @cached_property
    def many_to_many(self) -> Any:
        """The many-to-many fields, parents' included."""
        return make_immutable_fields_list(
            "many_to_many",
            (field for field in self._get_fields(reverse=False) if field.is_relation and field.many_to_many),
        )

    @cached_property
    def related_objects(self) -> Any:
        """The reverse relations, except hidden ones that are no many-to-many."""
        found = self._get_fields(forward=False, reverse=True, include_hidden=False)
        return make_immutable_fields_list(
            "related_objects", (rel for rel in found if not rel.hidden or rel.field.many_to_many)
        )

    @cached_property
    def _forward_fields_map(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field in self._get_fields(reverse=False):
            found[field.name] = field
            # A foreign key also answers to the name of its column's attribute.
            attname = getattr(field, "attname", None)
            if attname is not None:
                found[attname] = field
        return found

    @cached_property
    def fields_map(self) -> dict[str, Any]:
        """Every field by name, reverse relations included."""
        found: dict[str, Any] = {}
        for field in self._get_fields(forward=False, include_hidden=True):
            found[field.name] = field
            attname = getattr(field, "attname", None)
            if attname is not None:
                found[attname] = field
        return found

    def get_field(self, field_name: str) -> Any:
        """
        Return a field, forward or reverse, by its name.

        Raises:
            FieldDoesNotExist: there is none.
        """
        try:
            # Forward fields are known before all apps are loaded.
            return self._forward_fields_map[field_name]
        except KeyError:
            if not self.apps.models_ready:
                raise FieldDoesNotExist(
                    f"{self.object_name} has no field named '{field_name}'. The app cache isn't ready yet, so if this is an auto-created related field, it won't be available yet."
                ) from None
        try:
            return self.fields_map[field_name]
        except KeyError:
            raise FieldDoesNotExist(f"{self.object_name} has no field named '{field_name}'") from None

    def get_fields(self, include_parents: bool = True, include_hidden: bool = False) -> Any:
        """Return all fields and reverse relations of the model."""
        if include_parents is False:
            include_parents = PROXY_PARENTS  # type: ignore[assignment]
        return self._get_fields(include_parents=include_parents, include_hidden=include_hidden)

    def _get_fields(
        self,
        forward: bool = True,
        reverse: bool = True,
        include_parents: Any = True,
        include_hidden: bool = False,
        topmost_call: bool = True,
    ) -> Any:
        if include_parents not in (True, False, PROXY_PARENTS):
            raise TypeError(f"Invalid argument for include_parents: {include_parents}")
        key = (forward, reverse, include_parents, include_hidden, topmost_call)
        known = self._get_fields_cache.get(key)
        if known is not None:
            return known
        found: list[Any] = []
        if include_parents is not False:
            found.extend(self._fields_of_parents(forward, reverse, include_parents, include_hidden))
        if reverse and not self.model._meta.proxy:
            # Proxies take part in their concrete model's relations only.
            found.extend(
                field.remote_field for field in self._relation_tree if include_hidden or not field.remote_field.hidden
            )
        if forward:
            found += self.local_fields
            found += self.local_many_to_many
            # Private fields belong to the model that is asked, never to a parent.
            if topmost_call:
                found += self.private_fields
        result = make_immutable_fields_list("get_fields()", found)
        self._get_fields_cache[key] = result
        return result

    def _fields_of_parents(self, forward: bool, reverse: bool, include_parents: Any, include_hidden: bool) -> list[Any]:
        found: list[Any] = []
        seen: set[Any] = set()
        # Diamond inheritance reaches a parent twice: its fields count once.
        for parent in self.parents:
            if include_parents is PROXY_PARENTS and (parent._meta.concrete_model != self.concrete_model):
                continue
            for field in parent._meta._get_fields(
                forward=forward,
                reverse=reverse,
                include_parents=include_parents,
                include_hidden=include_hidden,
                topmost_call=False,
            ):
                if field in seen:
                    continue
                seen.add(field)
                # A parent link counts only where it starts or arrives in this very table.
                if not getattr(field, "parent_link", False) or (
                    field.model._meta.concrete_model == self.concrete_model
                ):
                    found.append(field)
        return found

    # -- reverse relations ---------------------------------------------------------------

    def _populate_directed_relation_graph(self) -> Any:
        """Find for every model the fields that point at it, and store them there."""
        # By name: a historical model may have been made anew after the models that point at it.
        pointing: dict[str, list[Any]] = defaultdict(list)
        everything = self.apps.get_models(include_auto_created=True)
        for model in everything:
            opts = model._meta
            # Abstract models and their fields are copied into concrete ones.
            if opts.abstract:
                continue
            for field in opts._get_fields(reverse=False, include_parents=False):
                if (
                    field.is_relation
                    and field.related_model is not None
                    and not isinstance(field.remote_field.model, str)
                ):
                    pointing[field.remote_field.model._meta.concrete_model._meta.label_lower].append(field)
        for model in everything:
            # Straight into __dict__: the property is being computed for all at once.
            model._meta.__dict__["_relation_tree"] = pointing[model._meta.concrete_model._meta.label_lower]
        return self.__dict__.get("_relation_tree", EMPTY_RELATION_TREE)

    @cached_property
    def _relation_tree(self) -> Any:
        return self._populate_directed_relation_graph()

    # -- derived -----------------------------------------------------------------------

    @cached_property
    def db_returning_fields(self) -> list[Any]:
        """The fields whose values INSERT gives back."""
        return [
            field
            for field in self._get_fields(forward=True, reverse=False, include_parents=PROXY_PARENTS)
            if getattr(field, "db_returning", False)
        ]

    @cached_property
    def save_columns(self) -> tuple[list[Any], list[Any], list[Any]]:
        """The columns of UPDATE, of INSERT with a key, and of INSERT without one."""
        written = [field for field in self.local_concrete_fields if not field.generated]
        keys = set(self.pk_fields)
        return (
            [field for field in written if field not in keys],
            written,
            [field for field in written if field is not self.auto_field],
        )

    @cached_property
    def _non_pk_concrete_field_names(self) -> frozenset[str]:
        names: list[str] = []
        pks = set(self.pk_fields)
        for parent in self.all_parents:
            pks.update(parent._meta.pk_fields)
        for field in self.concrete_fields:
            if field not in pks:
                names.append(field.name)
                if field.name != field.attname:
                    names.append(field.attname)
        return frozenset(names)

    @cached_property
    def _reverse_one_to_one_field_names(self) -> frozenset[str]:
        return frozenset(rel.name for rel in self.related_objects if rel.one_to_one)

    @cached_property
    def pk_fields(self) -> list[Any]:
        """The fields of the primary key: one, or the parts of a composite."""
        parts = getattr(self.pk, "fields", None)
        return list(parts) if parts is not None and self.is_composite_pk else [self.pk]

    @cached_property
    def _property_names(self) -> frozenset[str]:
        """The names of the model's properties, which ``__init__`` takes as arguments."""
        names = []
        seen: set[str] = set()
        for cls in self.model.__mro__:
            for name, attribute in cls.__dict__.items():
                if name not in seen and isinstance(attribute, property):
                    names.append(name)
                seen.add(name)
        return frozenset(names)


def _holds_one_value(field: Any) -> bool:
    """Tell whether a field stands for one value or one object of a known model."""
    if not field.is_relation:
        return True
    if field.many_to_many or field.one_to_many:
        return False
    # The model of a generic foreign key differs from row to row.
    return not field.many_to_one or bool(getattr(field.remote_field, "model", None))
