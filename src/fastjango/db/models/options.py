"""``Model._meta``: everything that is known of a model besides its methods.

The lists of fields are in ``meta/field_lists.py``, inheritance in ``meta/parents.py``; here are
the options of ``class Meta``, the key, the managers and the table.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from fastjango.db import connection, connections
from fastjango.db.backends.utils import truncate_name
from fastjango.db.models.constraints import UniqueConstraint
from fastjango.db.models.fields import AutoField, CompositePrimaryKey, OrderWrt
from fastjango.db.models.lookups import registry
from fastjango.db.models.manager import Manager
from fastjango.db.models.meta.field_lists import (
    EMPTY_RELATION_TREE,
    IMMUTABLE_WARNING,
    PROXY_PARENTS,
    FieldLists,
    make_immutable_fields_list,
)
from fastjango.db.models.meta.parents import ParentPaths
from fastjango.db.models.table import make_table
from fastjango.utils.functional import cached_property
from fastjango.utils.module_loading import import_string
from fastjango.utils.text import camel_case_to_spaces, format_lazy
from fastjango.utils.translation import override

if TYPE_CHECKING:
    import sqlalchemy

DEFAULT_NAMES = (
    "verbose_name",
    "verbose_name_plural",
    "db_table",
    "db_table_comment",
    "ordering",
    "unique_together",
    "permissions",
    "get_latest_by",
    "order_with_respect_to",
    "app_label",
    "db_tablespace",
    "abstract",
    "managed",
    "proxy",
    "swappable",
    "auto_created",
    "apps",
    "default_permissions",
    "select_on_save",
    "default_related_name",
    "required_db_features",
    "required_db_vendor",
    "base_manager_name",
    "default_manager_name",
    "indexes",
    "constraints",
)


def normalize_together(option_together: Any) -> Any:
    """Return ``unique_together`` as a tuple of tuples; one group may be given without the outer."""
    try:
        if not option_together:
            return ()
        if not isinstance(option_together, (tuple, list)):
            raise TypeError
        first = next(iter(option_together))
        if not isinstance(first, (tuple, list)):
            option_together = (option_together,)
        return tuple(tuple(group) for group in option_together)
    except TypeError:
        # Kept as it is: the checks report it.
        return option_together


def _models(classes: Any) -> list[Any]:
    """Return the classes that have options of their own."""
    return [cls for cls in classes if isinstance(vars(cls).get("_meta"), Options)]


class Options(ParentPaths, FieldLists):
    """What ``Model._meta`` is."""

    default_apps = apps

    def __init__(self, meta: Any, app_label: str | None = None) -> None:
        self._get_fields_cache: dict[Any, Any] = {}
        self.local_fields: list[Any] = []
        self.local_many_to_many: list[Any] = []
        self.private_fields: list[Any] = []
        self.local_managers: list[Any] = []
        self.base_manager_name: str | None = None
        self.default_manager_name: str | None = None
        self.model_name: Any = None
        self.verbose_name: Any = None
        self.verbose_name_plural: Any = None
        self.db_table: Any = ""
        self.db_table_comment = ""
        self.ordering = []
        self._ordering_clash = False
        self.indexes: list[Any] = []
        self.constraints: list[Any] = []
        self.unique_together: Any = []
        self.select_on_save = False
        self.default_permissions: Any = ("add", "change", "delete", "view")
        self.permissions: Any = []
        self.object_name: Any = None
        self.app_label: Any = app_label
        self.get_latest_by: Any = None
        self.order_with_respect_to: Any = None
        self.db_tablespace = settings.DEFAULT_TABLESPACE
        self.required_db_features: list[str] = []
        self.required_db_vendor: str | None = None
        self.meta = meta
        self.pk: Any = None
        self.auto_field: Any = None
        self.abstract = False
        self.managed = True
        self.proxy = False
        # The class that a proxy stands for; for a chain of proxies the nearest one.
        self.proxy_for_model: Any = None
        # The class with the table; None for abstract models.
        self.concrete_model: Any = None
        self.swappable: str | None = None
        self.parents: dict[Any, Any] = {}
        self.auto_created: Any = False
        # Limits of foreign keys to this model; checked when all models are there.
        self.related_fkey_lookups: list[Any] = []
        # A registry of one's own serves tests and migrations.
        self.apps: Any = self.default_apps
        self.default_related_name: str | None = None
        self.original_attrs: dict[str, Any] = {}

    @property
    def ordering(self) -> Any:
        """The default order."""
        return self._ordering

    @ordering.setter
    def ordering(self, value: Any) -> None:
        # Cached plans contain the order they were made with.
        if self.__dict__.get("_ordering", value) != value:
            registry.bump_epoch()
        self._ordering = value

    @property
    def label(self) -> str:
        """``app_label.ModelName``."""
        return f"{self.app_label}.{self.object_name}"

    @property
    def label_lower(self) -> str:
        """``app_label.modelname``."""
        return f"{self.app_label}.{self.model_name}"

    @property
    def app_config(self) -> Any:
        """The app's configuration, if the app is installed."""
        return self.apps.app_configs.get(self.app_label)

    def __repr__(self) -> str:
        return f"<Options for {self.object_name}>"

    def __str__(self) -> str:
        return self.label_lower

    # -- class statement ---------------------------------------------------------------

    def contribute_to_class(self, cls: Any, name: str) -> None:
        """Become ``cls._meta`` and take the options of ``class Meta``."""
        cls._meta = self
        self.model = cls
        self.object_name = cls.__name__
        self.model_name = self.object_name.lower()
        self.verbose_name = camel_case_to_spaces(self.object_name)
        # As given, for migrations.
        self.original_attrs = {}
        if self.meta:
            self._take(self.meta)
        else:
            self.verbose_name_plural = format_lazy("{}s", self.verbose_name)
        del self.meta
        if not self.db_table:
            self.db_table = truncate_name(f"{self.app_label}_{self.model_name}", connection.ops.max_name_length())

    def _take(self, meta: Any) -> None:
        given = {name: value for name, value in meta.__dict__.items() if not name.startswith("_")}
        for name in DEFAULT_NAMES:
            if name in given:
                setattr(self, name, given.pop(name))
                self.original_attrs[name] = getattr(self, name)
            elif hasattr(meta, name):
                setattr(self, name, getattr(meta, name))
                self.original_attrs[name] = getattr(self, name)
        self.unique_together = normalize_together(self.unique_together)
        # "%(class)s" in names stands for the concrete class.
        if not self.abstract:
            self.constraints = self._format_names(self.constraints)
            self.indexes = self._format_names(self.indexes)
        if self.verbose_name_plural is None:
            self.verbose_name_plural = format_lazy("{}s", self.verbose_name)
        # Both would decide the order.
        self._ordering_clash = bool(self.ordering and self.order_with_respect_to)
        if given:
            raise TypeError("'class Meta' got invalid attribute(s): {}".format(",".join(given)))

    def _format_names(self, objs: Any) -> list[Any]:
        """Return copies of constraints or indexes with their names filled in."""
        names = {"app_label": self.app_label.lower(), "class": self.model_name}
        found = []
        for obj in objs:
            clone = obj.clone()
            if obj.name and isinstance(obj.name, str):
                clone.name = obj.name % names
            found.append(clone)
        return found

    def _get_default_pk_class(self) -> Any:
        path = getattr(self.app_config, "default_auto_field", settings.DEFAULT_AUTO_FIELD)
        config = self.app_config
        if config and config._is_default_auto_field_overridden:
            config_class = type(config)
            source = f"{config_class.__module__}.{config_class.__qualname__}.default_auto_field"
        else:
            source = "DEFAULT_AUTO_FIELD"
        if not path:
            raise ImproperlyConfigured(f"{source} must not be empty.")
        try:
            pk_class = import_string(path)
        except ImportError as exc:
            raise ImproperlyConfigured(f"{source} refers to the module '{path}' that could not be imported.") from exc
        if not issubclass(pk_class, AutoField):
            raise ValueError(f"Primary key '{path}' referred by {source} must subclass AutoField.")
        return pk_class

    def _prepare(self, model: Any) -> None:
        """Finish the model: its order column and its key."""
        if self.order_with_respect_to:
            # The field is looked up by name at need; here it is only made sure that it exists.
            name = self.order_with_respect_to
            try:
                self.order_with_respect_to = next(
                    field for field in self._get_fields(reverse=False) if name in (field.name, field.attname)
                )
            except StopIteration:
                raise FieldDoesNotExist(f"{self.object_name} has no field named '{name}'") from None
            self.ordering = ("_order",)
            if not any(isinstance(field, OrderWrt) for field in model._meta.local_fields):
                model.add_to_class("_order", OrderWrt())
        else:
            self.order_with_respect_to = None
        if self.pk is None:
            if self.parents:
                # The link to the first parent is the key.
                field = next(iter(self.parents.values()))
                local = [each for each in self.local_fields if each.name == field.name]
                if local:
                    field = local[0]
                field.primary_key = True
                self.setup_pk(field)
            else:
                auto = self._get_default_pk_class()(verbose_name="ID", primary_key=True, auto_created=True)
                model.add_to_class("id", auto)

    def add_manager(self, manager: Any) -> None:
        """Take in a manager declared on the model."""
        self.local_managers.append(manager)
        self._expire_cache()

    def setup_pk(self, field: Any) -> None:
        """Take *field* as the key if it says so and there is none yet."""
        if not self.pk and field.primary_key:
            self.pk = field
            field.serialize = False

    def setup_proxy(self, target: Any) -> None:
        """Stand for *target* from now on: same key, same table."""
        self.pk = target._meta.pk
        self.proxy_for_model = target
        self.db_table = target._meta.db_table

    # -- facts -------------------------------------------------------------------------

    @property
    def is_composite_pk(self) -> bool:
        """Whether the key has several parts."""
        return isinstance(self.pk, CompositePrimaryKey)

    def can_migrate(self, connection: Any) -> bool:
        """Tell whether the model has a table to make on *connection* (or its alias)."""
        if self.proxy or self.swapped or not self.managed:
            return False
        if isinstance(connection, str):
            connection = connections[connection]
        if self.required_db_vendor:
            return bool(self.required_db_vendor == connection.vendor)
        if self.required_db_features:
            return all(getattr(connection.features, feature, False) for feature in self.required_db_features)
        return True

    @cached_property
    def verbose_name_raw(self) -> str:
        """The label without translation."""
        with override(None):
            return str(self.verbose_name)

    @property
    def swapped(self) -> str | None:
        """The label of the model that stands in for this one, if a setting says so."""
        if not self.swappable:
            return None
        chosen = getattr(settings, self.swappable, None)
        if not chosen:
            return None
        try:
            label, name = chosen.split(".")
        except ValueError:
            # Not "app.Model": not for us to say; the setting's own check will.
            return chosen  # type: ignore[no-any-return]
        if f"{label}.{name.lower()}" != self.label_lower:
            return chosen  # type: ignore[no-any-return]
        return None

    # -- managers ----------------------------------------------------------------------

    @cached_property
    def managers(self) -> Any:
        """All managers, the model's own before inherited ones, in order of declaration."""
        found = []
        seen: set[str] = set()
        bases = _models(self.model.mro())
        for depth, base in enumerate(bases):
            for manager in base._meta.local_managers:
                if manager.name in seen:
                    continue
                clone = copy.copy(manager)
                clone.model = self.model
                seen.add(manager.name)
                found.append((depth, clone.creation_counter, clone))
        return make_immutable_fields_list(
            "managers", (manager for _depth, _counter, manager in sorted(found, key=lambda f: f[:2]))
        )

    @cached_property
    def managers_map(self) -> dict[str, Any]:
        """The managers by name."""
        return {manager.name: manager for manager in self.managers}

    @cached_property
    def base_manager(self) -> Any:
        """The manager for relations and refreshes: shows every row."""
        name = self.base_manager_name
        if not name:
            # The nearest parent that names one decides.
            for parent in _models(self.model.mro()[1:])[:1]:
                inherited = parent._base_manager
                if inherited.name != "_base_manager" or not inherited.auto_created:
                    name = inherited.name
        if name:
            try:
                return self.managers_map[name]
            except KeyError:
                raise ValueError(f"{self.object_name} has no manager named {name!r}") from None
        manager: Any = Manager()
        manager.name = "_base_manager"
        manager.model = self.model
        manager.auto_created = True
        return manager

    @cached_property
    def default_manager(self) -> Any:
        """The manager for everything else: the first declared one."""
        name = self.default_manager_name
        if not name and not self.local_managers:
            for parent in _models(self.model.mro()[1:])[:1]:
                name = parent._meta.default_manager_name
        if name:
            try:
                return self.managers_map[name]
            except KeyError:
                raise ValueError(f"{self.object_name} has no manager named {name!r}") from None
        if self.managers:
            return self.managers[0]
        return None

    # -- table -------------------------------------------------------------------------

    @cached_property
    def table(self) -> sqlalchemy.Table:
        """The SQLAlchemy table, one per model and registry."""
        if self.proxy:
            return self.concrete_model._meta.table  # type: ignore[no-any-return]
        return make_table(self)

    @cached_property
    def total_unique_constraints(self) -> list[Any]:
        """The unique constraints on plain fields that hold for every row."""
        return [
            constraint
            for constraint in self.constraints
            if isinstance(constraint, UniqueConstraint)
            and constraint.condition is None
            and not constraint.contains_expressions
        ]


__all__ = [
    "DEFAULT_NAMES",
    "EMPTY_RELATION_TREE",
    "IMMUTABLE_WARNING",
    "PROXY_PARENTS",
    "Options",
    "make_immutable_fields_list",
    "normalize_together",
]
