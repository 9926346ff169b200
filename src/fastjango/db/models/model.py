"""``Model``: the wide face of an instance. Each method calls the room that does the work.

``construct.py`` builds, ``save/`` writes, ``refresh.py`` loads again, ``deletion/`` deletes,
``validation.py`` validates, ``declare.py`` is the class statement.
"""

from __future__ import annotations

import copy
import warnings
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import fastjango
from fastjango.apps import apps
from fastjango.core.exceptions import ValidationError
from fastjango.db import DJANGO_VERSION_PICKLE_KEY, router, transaction
from fastjango.db.bridge import bridge
from fastjango.db.models import neighbours, validation
from fastjango.db.models.check_slot import run_model_checks
from fastjango.db.models.construct import construct, from_row
from fastjango.db.models.declare import ModelBase, model_unpickle
from fastjango.db.models.deletion import Collector
from fastjango.db.models.face_slot import (
    InstanceState,
    after_save,
    before_save,
    forget_collections,
    provide_inspection,
    pydantic_schema,
    schema_of,
    watch_faces,
)
from fastjango.db.models.query import QuerySet
from fastjango.db.models.refresh import refresh
from fastjango.db.models.save import arguments
from fastjango.db.models.save.related import prepare_related
from fastjango.db.models.save.tables import save_parents, save_table
from fastjango.db.models.signals import class_prepared, post_save, pre_save
from fastjango.db.models.sql.insert import insert_rows
from fastjango.db.models.sql.write import update_row
from fastjango.db.models.utils import AltersData
from fastjango.utils.encoding import force_str
from fastjango.utils.hashable import make_hashable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastjango.core.checks import CheckMessage
    from fastjango.core.exceptions import MultipleObjectsReturned as _Multiple
    from fastjango.core.exceptions import ObjectDoesNotExist as _Missing
    from fastjango.db.models.faces.schema_class import ModelSchema
    from fastjango.db.models.manager import DefaultManager
    from fastjango.db.models.options import Options


class Model(AltersData, metaclass=ModelBase):
    """A row of a table as an object."""

    # Non-data: SQLAlchemy's state is in __dict__ once its ORM has looked at the instance.
    _sa_instance_state = InstanceState()

    if TYPE_CHECKING:
        DoesNotExist: ClassVar[type[_Missing]]
        MultipleObjectsReturned: ClassVar[type[_Multiple]]
        NotUpdated: ClassVar[type[Exception]]
        objects = DefaultManager()
        _meta: ClassVar[Options]
        _default_manager: ClassVar[Any]
        _base_manager: ClassVar[Any]
        _state: Any
        id: Any

    def __init__(self, /, *args: Any, **kwargs: Any) -> None:
        construct(self, args, kwargs)
        super().__init__()

    @classmethod
    def from_db(cls, db: str | None, field_names: Iterable[str], values: Iterable[Any]) -> Self:
        """Return the instance of a loaded row."""
        return from_row(cls, db, field_names, values)  # type: ignore[no-any-return]

    # -- being a value -----------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}: {self}>"

    def __str__(self) -> str:
        return f"{self.__class__.__name__} object ({self.pk})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model):
            return NotImplemented
        if self._meta.concrete_model != other._meta.concrete_model:
            return False
        key = self.pk
        if key is None:
            return self is other
        return bool(key == other.pk)

    def __hash__(self) -> int:
        if not self._is_pk_set():
            raise TypeError("Model instances without primary key value are unhashable")
        return hash(self.pk)

    def __reduce__(self) -> Any:
        data = self.__getstate__()
        data[DJANGO_VERSION_PICKLE_KEY] = fastjango.__version__
        opts = self._meta
        # Models of another registry cannot be found by name.
        known = (opts.app_label, opts.object_name) if opts.apps is apps else type(self)
        return model_unpickle, (known,), data

    def __getstate__(self) -> dict[str, Any]:
        """Return what copies and pickles are made of; SQLAlchemy's state is not part of it."""
        state = self.__dict__.copy()
        if state.pop("_sa_instance_state", None) is not None:
            forget_collections(state)
        state["_state"] = copy.copy(state["_state"])
        views = [name for name, value in state.items() if isinstance(value, memoryview)]
        if views:
            state["_memoryview_attrs"] = [(name, bytes(state.pop(name))) for name in views]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        pickled = state.get(DJANGO_VERSION_PICKLE_KEY)
        if not pickled:
            warnings.warn(
                "Pickled model instance's Django version is not specified.",
                RuntimeWarning,
                stacklevel=2,
            )
        elif pickled != fastjango.__version__:
            warnings.warn(
                f"Pickled model instance's Django version {pickled} does not match the current version {fastjango.__version__}.",
                RuntimeWarning,
                stacklevel=2,
            )
        if "_memoryview_attrs" in state:
            for name, value in state.pop("_memoryview_attrs"):
                state[name] = memoryview(value)
        self.__dict__.update(state)  # pyright: ignore[reportAttributeAccessIssue]

    # -- key ---------------------------------------------------------------------------

    def _get_pk_val(self, meta: Any = None) -> Any:
        return getattr(self, (meta or self._meta).pk.attname)

    def _set_pk_val(self, value: Any) -> None:
        opts = self._meta
        for link in opts.parents.values():
            if link and link != opts.pk:
                setattr(self, link.target_field.attname, value)
        setattr(self, opts.pk.attname, value)

    pk = property(_get_pk_val, _set_pk_val)

    def _is_pk_set(self, meta: Any = None) -> bool:
        key = self._get_pk_val(meta)
        return not (key is None or (isinstance(key, tuple) and None in key))

    def get_deferred_fields(self) -> set[str]:
        """Return the attributes of the columns that are not loaded."""
        data = self.__dict__
        return {field.attname for field in self._meta.concrete_fields if field.attname not in data}

    def serializable_value(self, field_name: str) -> Any:
        """Return a field's value; of a relation the key."""
        opts = self._meta
        if field_name in opts._forward_fields_map:
            return getattr(self, opts._forward_fields_map[field_name].attname)
        return getattr(self, field_name)

    # -- loading -----------------------------------------------------------------------

    def refresh_from_db(self, using: str | None = None, fields: Any = None, from_queryset: Any = None) -> None:
        """
        Load the columns again.

        Args:
            fields: Only these; by default all that are not deferred.
            from_queryset: Load from here, to lock the row for example.
        Queries: 1.
        """
        refresh(self, using, fields, from_queryset)

    async def arefresh_from_db(self, using: str | None = None, fields: Any = None, from_queryset: Any = None) -> None:
        """See ``refresh_from_db``."""
        return await bridge(self.refresh_from_db, using=using, fields=fields, from_queryset=from_queryset)

    # -- saving ------------------------------------------------------------------------

    def save(
        self,
        *args: Any,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Any = None,
    ) -> None:
        """
        Write the instance: UPDATE if it has a row, else INSERT.

        Args:
            force_insert: INSERT only; or the base models whose rows must be new.
            force_update: UPDATE only.
            using: The database alias.
            update_fields: Write these fields only.
        Queries: 1, or 2 when a key is set that has no row yet; per table of inheritance.
        """
        if args:
            return self.save(**arguments.positional("save", args, _options(locals())))
        self._prepare_related_fields_for_save(operation_name="save")
        using = using or router.db_for_write(self.__class__, instance=self)
        if force_insert and (force_update or update_fields):
            raise ValueError("Cannot force both insert and updating in model saving.")
        if update_fields is not None:
            # Nothing to write: nobody is told either.
            if not update_fields:
                return None
            update_fields = arguments.fields_to_update(self, update_fields)
        elif not force_insert and using == self._state.db:
            # Columns that were not loaded are not written.
            update_fields = arguments.loaded_fields(self)
        self.save_base(
            using=using,
            force_insert=force_insert,
            force_update=force_update,
            update_fields=update_fields,
        )
        return None

    save.alters_data = True  # type: ignore[attr-defined]

    async def asave(
        self,
        *args: Any,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Any = None,
    ) -> None:
        """See ``save``."""
        if args:
            return await self.asave(**arguments.positional("asave", args, _options(locals())))
        return await bridge(
            self.save,
            force_insert=force_insert,
            force_update=force_update,
            using=using,
            update_fields=update_fields,
        )

    asave.alters_data = True  # type: ignore[attr-defined]

    def save_base(
        self,
        raw: bool = False,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Any = None,
    ) -> None:
        """Write the rows and send the signals; *raw* writes this table's values as they are."""
        using = using or router.db_for_write(self.__class__, instance=self)
        assert not (force_insert and (force_update or update_fields))
        assert update_fields is None or update_fields
        origin: Any = self.__class__
        cls: Any = origin._meta.concrete_model if origin._meta.proxy else origin
        opts = cls._meta
        told = {"instance": self, "raw": raw, "using": using, "update_fields": update_fields}
        if "_sa_instance_state" in self.__dict__:
            before_save(self)
        if not opts.auto_created and pre_save.receivers:
            pre_save.send(sender=origin, **told)
        if opts.parents:
            with transaction.atomic(using=using, savepoint=False):
                updated = self._save_rows(raw, cls, force_insert, force_update, using, update_fields)
        else:
            # One statement needs no transaction; an error inside of one spoils it.
            try:
                updated = self._save_rows(raw, cls, force_insert, force_update, using, update_fields)
            except Exception:
                with transaction.mark_for_rollback_on_error(using=using):
                    raise
        self._state.db = using
        self._state.adding = False
        if "_sa_instance_state" in self.__dict__:
            after_save(self, update_fields)
        if not opts.auto_created and post_save.receivers:
            post_save.send(sender=origin, created=not updated, **told)

    save_base.alters_data = True  # type: ignore[attr-defined]

    def _save_rows(
        self, raw: bool, cls: Any, force_insert: Any, force_update: bool, using: str, update_fields: Any
    ) -> bool:
        """Write the rows of the parents and the own one; tell whether the latter was an update."""
        if not raw:
            forced = arguments.forced_models(cls, force_insert)
            above = self._save_parents(cls, using, update_fields, forced) if cls._meta.parents else False
            force_insert = above or issubclass(cls, forced)
        return self._save_table(raw, cls, force_insert, force_update, using, update_fields)

    def _prepare_related_fields_for_save(self, operation_name: str, fields: Any = None) -> None:
        prepare_related(self, operation_name, fields)

    def _save_parents(
        self,
        cls: Any,
        using: str,
        update_fields: Any,
        force_insert: Any,
        updated_parents: Any = None,
    ) -> bool:
        return save_parents(self, cls, using, update_fields, force_insert, updated_parents)

    def _save_table(
        self,
        raw: bool = False,
        cls: Any = None,
        force_insert: Any = False,
        force_update: bool = False,
        using: Any = None,
        update_fields: Any = None,
    ) -> bool:
        return save_table(self, raw, cls, force_insert, force_update, using, update_fields)

    def _do_update(
        self,
        base_qs: Any,
        using: str,
        pk_val: Any,
        values: list[tuple[Any, Any, Any]],
        update_fields: Any,
        forced_update: Any,
    ) -> bool:
        """Update the row and tell whether there was one."""
        if not values:
            # Only parents have columns to write, or there is nothing but a key.
            return update_fields is not None or bool(base_qs.filter(pk=pk_val).exists())
        if self._meta.select_on_save and not forced_update:
            rows = base_qs.filter(pk=pk_val)
            # The row may vanish between the two, or a trigger may hide the count.
            return bool(rows.exists() and (rows._update(values) > 0 or rows.exists()))
        # A base manager of one's own may see fewer rows.
        if type(base_qs) is not QuerySet or base_qs.shape.query.where:
            return bool(base_qs.filter(pk=pk_val)._update(values) > 0)
        pairs = [(field, value) for field, _model, value in values]
        return update_row(base_qs.model, using, pairs, pk_val) > 0

    def _do_insert(self, manager: Any, using: str, fields: Any, returning_fields: Any, raw: bool) -> Any:
        """Insert a row and return the values that the database made."""
        return insert_rows(manager.model, using, fields, [self], returning_fields=returning_fields, raw=raw)

    def prepare_database_save(self, field: Any) -> Any:
        """Return the key that another row stores to point here."""
        if not self._is_pk_set():
            raise ValueError(f"Unsaved model instance {self!r} cannot be used in an ORM query.")
        return getattr(self, field.remote_field.get_related_field().attname)

    # -- deleting ----------------------------------------------------------------------

    def delete(self, using: str | None = None, keep_parents: bool = False) -> Any:
        """Delete the row and what depends on it; return the counts."""
        if not self._is_pk_set():
            raise ValueError(
                f"{self._meta.object_name} object can't be deleted because its {self._meta.pk.attname} attribute is set to None."
            )
        using = using or router.db_for_write(self.__class__, instance=self)
        collector = Collector(using=using, origin=self)
        collector.collect([self], keep_parents=keep_parents)
        return collector.delete()

    delete.alters_data = True  # type: ignore[attr-defined]

    async def adelete(self, using: str | None = None, keep_parents: bool = False) -> Any:
        """See ``delete``."""
        return await bridge(self.delete, using=using, keep_parents=keep_parents)

    adelete.alters_data = True  # type: ignore[attr-defined]

    # -- accessors made by fields ------------------------------------------------------

    def _get_FIELD_display(self, field: Any) -> Any:  # noqa: N802 - Django's name
        value = getattr(self, field.attname)
        labels = dict(make_hashable(field.flatchoices))
        # The label may be lazy; anything else stays what it is.
        return force_str(labels.get(make_hashable(value), value), strings_only=True)

    def _get_next_or_previous_by_FIELD(  # noqa: N802 - Django's name
        self, field: Any, is_next: bool, **kwargs: Any
    ) -> Any:
        return neighbours.by_field(self, field, is_next, **kwargs)

    def _get_next_or_previous_in_order(self, is_next: bool) -> Any:
        return neighbours.in_order(self, is_next)

    # -- validation --------------------------------------------------------------------

    def clean(self) -> None:
        """Check the instance as a whole; for subclasses to override."""

    def full_clean(self, exclude: Any = None, validate_unique: bool = True, validate_constraints: bool = True) -> None:
        """
        Validate fields, the model, uniqueness and constraints.

        Raises:
            ValidationError: with everything that is wrong.
        """
        validation.full_clean(self, exclude, validate_unique, validate_constraints)

    def clean_fields(self, exclude: Any = None) -> None:
        """Validate every field and store its cleaned value."""
        validation.clean_fields(self, exclude)

    def validate_unique(self, exclude: Any = None) -> None:
        """Check that no other row has the same unique values."""
        unique, dates = self._get_unique_checks(exclude=exclude)
        errors = self._perform_unique_checks(unique)
        for key, found in self._perform_date_checks(dates).items():
            errors.setdefault(key, []).extend(found)
        if errors:
            raise ValidationError(errors)

    def _get_unique_checks(self, exclude: Any = None, include_meta_constraints: bool = False) -> Any:
        return validation.unique_checks(self, exclude, include_meta_constraints)

    def _perform_unique_checks(self, unique_checks: Any) -> dict[str, list[Any]]:
        return validation.perform_unique_checks(self, unique_checks)

    def _perform_date_checks(self, date_checks: Any) -> dict[str, list[Any]]:
        return validation.perform_date_checks(self, date_checks)

    def date_error_message(self, lookup_type: str, field_name: str, unique_for: str) -> Any:
        """Return the error of a value that is not unique in its period."""
        return validation.date_error(self, lookup_type, field_name, unique_for)

    def unique_error_message(self, model_class: Any, unique_check: Any) -> Any:
        """Return the error of values that another row has."""
        return validation.unique_error(self, model_class, unique_check)

    def get_constraints(self) -> list[tuple[Any, Any]]:
        """Return the constraints of this model and its parents."""
        found = [(self.__class__, self._meta.constraints)]
        found.extend(
            (parent, parent._meta.constraints) for parent in self._meta.all_parents if parent._meta.constraints
        )
        return found

    def validate_constraints(self, exclude: Any = None) -> None:
        """Ask every constraint."""
        validation.validate_constraints(self, exclude)

    def _get_field_expression_map(self, meta: Any, exclude: Any = None) -> dict[str, Any]:
        return validation.field_expression_map(self, meta, exclude)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Return how Pydantic reads and writes this model."""
        return pydantic_schema(cls, source, handler)

    @classmethod
    def schema(
        cls,
        *,
        fields: Iterable[str] | None = None,
        exclude: Iterable[str] = (),
        optional: Iterable[str] = (),
        depth: int = 0,
        mode: Literal["output", "input"] = "output",
        name: str | None = None,
    ) -> type[ModelSchema]:
        """
        Return a Pydantic class with the model's fields; the same arguments give the same class.

        Args:
            fields: Only these, in this order; relations to many and passwords are there when named.
            optional: Fields that input may leave out; ``"__all__"`` for a PATCH.
            depth: How many levels of relations are nested instead of given by their keys.
            mode: "input" leaves out what nobody may set: keys, stamps, ``editable=False``.
        """
        options = {"fields": fields, "exclude": exclude, "optional": optional, "depth": depth}
        return schema_of(cls, {**options, "mode": mode, "name": name})  # type: ignore[no-any-return]

    @classmethod
    def check(cls, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems that the system checks find in the model."""
        return run_model_checks(cls, **kwargs)


def _options(given: dict[str, Any]) -> dict[str, Any]:
    """Return the named options out of the local names of ``save``."""
    names = ("force_insert", "force_update", "using", "update_fields")
    return {name: given[name] for name in names}


provide_inspection(ModelBase)
watch_faces(class_prepared)
