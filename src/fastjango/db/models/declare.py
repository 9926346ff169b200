"""The class statement of a model: ``ModelBase`` turns the body into options, fields, relations.

Receives the class body; gives a registered model with ``_meta``. What instances do is in
``model.py``.
"""

from __future__ import annotations

import copy
import inspect
from functools import partialmethod
from typing import Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.core.exceptions import (
    FieldError,
    MultipleObjectsReturned,
    ObjectDoesNotExist,
)
from fastjango.db import DatabaseError
from fastjango.db.models.deletion import CASCADE
from fastjango.db.models.manager import Manager
from fastjango.db.models.options import Options
from fastjango.db.models.relations import (
    OneToOneField,
    lazy_related_operation,
    make_model_tuple,
    resolve_relation,
)
from fastjango.db.models.save.ordering import method_get_order, method_set_order
from fastjango.db.models.signals import class_prepared


class ObjectNotUpdated(Exception):
    """A forced update found no row."""


def subclass_exception(name: str, bases: tuple[type, ...], module: str, attached_to: type) -> type[Exception]:
    """Return an exception class that can be pickled from inside a model."""
    made: Any = type(
        name,
        bases,
        {"__module__": module, "__qualname__": f"{attached_to.__qualname__}.{name}"},
    )
    return made  # type: ignore[no-any-return]


def _has_contribute_to_class(value: Any) -> bool:
    # Only instances take part: a class in the body is just a class.
    return not inspect.isclass(value) and hasattr(value, "contribute_to_class")


class _TableOfModel:
    """``Model.__table__``; no data descriptor, because SQLAlchemy's mapping sets the attribute on the class."""

    def __get__(self, cls: Any, owner: Any = None) -> Any:
        opts = None if cls is None else cls.__dict__.get("_meta")
        if opts is None or opts.abstract or opts.swapped:
            raise AttributeError("__table__")
        return opts.table


class ModelBase(type):
    """Metaclass of all models."""

    _meta: Any
    __table__: Any = _TableOfModel()

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any) -> Any:
        parents = [base for base in bases if isinstance(base, ModelBase)]
        if not parents:  # Model itself
            return super().__new__(cls, name, bases, attrs, **kwargs)
        module = attrs.pop("__module__")
        body: dict[str, Any] = {"__module__": module}
        classcell = attrs.pop("__classcell__", None)
        if classcell is not None:
            body["__classcell__"] = classcell
        attr_meta = attrs.pop("Meta", None)
        # What binds itself to the class waits until the class has its options.
        contributing: dict[str, Any] = {}
        for key, value in attrs.items():
            (contributing if _has_contribute_to_class(value) else body)[key] = value
        new_class: Any = super().__new__(cls, name, bases, body, **kwargs)

        abstract = getattr(attr_meta, "abstract", False)
        meta = attr_meta or getattr(new_class, "Meta", None)
        base_meta = getattr(new_class, "_meta", None)
        new_class.add_to_class("_meta", Options(meta, _app_label(module, name, meta, abstract)))
        if not abstract:
            _add_exceptions(new_class, parents, module)
            _inherit_ordering(new_class, meta, base_meta)
        if new_class._meta.proxy and base_meta and base_meta.swapped:
            raise TypeError(f"{name} cannot proxy the swapped model '{base_meta.swapped}'.")

        for key, value in contributing.items():
            new_class.add_to_class(key, value)
        if new_class._meta.proxy:
            _set_up_proxy(new_class, parents)
        else:
            new_class._meta.concrete_model = new_class
        _inherit(new_class, parents)
        # Each model has indexes of its own, with names of their own.
        new_class._meta.indexes = [copy.deepcopy(index) for index in new_class._meta.indexes]

        if abstract:
            # Children are concrete unless they say otherwise.
            attr_meta.abstract = False
            new_class.Meta = attr_meta
            return new_class
        new_class._prepare()
        new_class._meta.apps.register_model(new_class._meta.app_label, new_class)
        return new_class

    def add_to_class(cls, name: str, value: Any) -> None:
        """Set an attribute, or let it bind itself."""
        if _has_contribute_to_class(value):
            value.contribute_to_class(cls, name)
        else:
            setattr(cls, name, value)

    def _prepare(cls) -> None:
        """Finish the class once all its fields are there."""
        opts = cls._meta
        opts._prepare(cls)
        if opts.order_with_respect_to:
            _add_order_methods(cls, opts)
        if cls.__doc__ is None:
            names = ", ".join(field.name for field in opts.fields)
            cls.__doc__ = f"{cls.__name__}({names})"
        override = settings.ABSOLUTE_URL_OVERRIDES.get(opts.label_lower)
        if override:
            cls.get_absolute_url = override
        if not opts.managers:
            if any(field.name == "objects" for field in opts.fields):
                raise ValueError(
                    f"Model {cls.__name__} must specify a custom Manager, because it has a field named 'objects'."
                )
            manager: Any = Manager()
            manager.auto_created = True
            cls.add_to_class("objects", manager)
        for index in opts.indexes:
            if not index.name:
                index.set_name_with_model(cls)
        class_prepared.send(sender=cls)

    @property
    def _base_manager(cls) -> Any:
        return cls._meta.base_manager

    @property
    def _default_manager(cls) -> Any:
        return cls._meta.default_manager


def _app_label(module: str, name: str, meta: Any, abstract: bool) -> str | None:
    """Return the label of the app that the model's module belongs to."""
    if getattr(meta, "app_label", None) is not None:
        return None
    config = apps.get_containing_app_config(module)
    if config is not None:
        return str(config.label)
    if not abstract:
        raise RuntimeError(
            f"Model class {module}.{name} doesn't declare an explicit app_label and isn't in an application in INSTALLED_APPS."
        )
    return None


def _add_exceptions(new_class: Any, parents: list[Any], module: str) -> None:
    kinds: list[tuple[str, tuple[type, ...]]] = [
        ("DoesNotExist", (ObjectDoesNotExist,)),
        ("MultipleObjectsReturned", (MultipleObjectsReturned,)),
        ("NotUpdated", (ObjectNotUpdated, DatabaseError)),
    ]
    for name, roots in kinds:
        # A child's exception is also its parents'.
        inherited = tuple(
            getattr(parent, name)
            for parent in parents
            if hasattr(parent, "_meta") and not parent._meta.abstract and hasattr(parent, name)
        )
        made = subclass_exception(name, inherited or roots, module, attached_to=new_class)
        new_class.add_to_class(name, made)


def _inherit_ordering(new_class: Any, meta: Any, base_meta: Any) -> None:
    if base_meta and not base_meta.abstract:
        for option in ("ordering", "get_latest_by"):
            if not hasattr(meta, option):
                setattr(new_class._meta, option, getattr(base_meta, option))


def _set_up_proxy(new_class: Any, parents: list[Any]) -> None:
    name = new_class.__name__
    base: Any = None
    for parent in parents:
        if not hasattr(parent, "_meta"):
            continue
        if parent._meta.abstract:
            if parent._meta.fields:
                raise TypeError(f"Abstract base class containing model fields not permitted for proxy model '{name}'.")
            continue
        if base is None:
            base = parent
        elif parent._meta.concrete_model is not base._meta.concrete_model:
            raise TypeError(f"Proxy model '{name}' has more than one non-abstract model base class.")
    if base is None:
        raise TypeError(f"Proxy model '{name}' has no non-abstract model base class.")
    new_class._meta.setup_proxy(base)
    new_class._meta.concrete_model = base._meta.concrete_model


def _declared_links(new_class: Any, parents: list[Any]) -> dict[tuple[str, str], Any]:
    """Return the parent links that the class or an abstract base declares itself."""
    links = {}
    for base in reversed([new_class, *parents]):
        if not hasattr(base, "_meta") or (base != new_class and not base._meta.abstract):
            continue
        for field in base._meta.local_fields:
            if isinstance(field, OneToOneField) and field.remote_field.parent_link:
                related = resolve_relation(new_class, field.remote_field.model)
                links[make_model_tuple(related)] = field
    return links


def _inherit(new_class: Any, parents: list[Any]) -> None:
    """Take over the fields of abstract bases and link the tables of concrete ones."""
    opts = new_class._meta
    own = {field.name for field in [*opts.local_fields, *opts.local_many_to_many, *opts.private_fields]}
    links = _declared_links(new_class, parents)
    inherited: set[str] = set()
    for base in new_class.mro():
        if base not in parents or not hasattr(base, "_meta"):
            # No model, but what it defines hides the fields of bases behind it.
            inherited.update(base.__dict__)
            continue
        if base._meta.abstract:
            _inherit_abstract(new_class, base, own, inherited)
        else:
            base = _inherit_concrete(new_class, base, own, inherited, links)  # noqa: PLW2901
        for field in base._meta.private_fields:
            if field.name in own:
                if not base._meta.abstract:
                    raise _clash(field, new_class, base)
            elif field.name not in new_class.__dict__ and field.name not in inherited:
                field = copy.deepcopy(field)  # noqa: PLW2901
                if not base._meta.abstract:
                    field.mti_inherited = True
                new_class.add_to_class(field.name, field)


def _clash(field: Any, new_class: Any, base: Any) -> FieldError:
    return FieldError(
        f"Local field {field.name!r} in class {new_class.__name__!r} clashes with field of the same name from base class {base.__name__!r}."
    )


def _inherit_concrete(new_class: Any, base: Any, own: set[str], inherited: set[str], links: Any) -> Any:
    for field in [*base._meta.local_fields, *base._meta.local_many_to_many]:
        if field.name in own:
            raise _clash(field, new_class, base)
        inherited.add(field.name)
    concrete = base._meta.concrete_model
    key = make_model_tuple(concrete)
    link: Any = None
    if key in links:
        link = links[key]
    elif not new_class._meta.proxy:
        name = f"{concrete._meta.model_name}_ptr"
        link = OneToOneField(concrete, on_delete=CASCADE, name=name, auto_created=True, parent_link=True)
        if name in own:
            raise FieldError(
                f"Auto-generated field '{name}' in class {new_class.__name__!r} for parent_link to base class {base.__name__!r} clashes with declared field of the same name."
            )
        # Historical models bring the link along.
        if not hasattr(new_class, name):
            new_class.add_to_class(name, link)
    new_class._meta.parents[concrete] = link
    return concrete


def _inherit_abstract(new_class: Any, base: Any, own: set[str], inherited: set[str]) -> None:
    grandparents = base._meta.parents.copy()
    for field in [*base._meta.local_fields, *base._meta.local_many_to_many]:
        if field.name in own or field.name in new_class.__dict__ or field.name in inherited:
            continue
        twin = copy.deepcopy(field)
        new_class.add_to_class(field.name, twin)
        # A link declared by the abstract base is now the twin.
        if field.one_to_one:
            for parent, link in grandparents.items():
                if field == link:
                    grandparents[parent] = twin
    new_class._meta.parents.update(grandparents)


def _add_order_methods(cls: Any, opts: Any) -> None:
    cls.get_next_in_order = partialmethod(cls._get_next_or_previous_in_order, is_next=True)
    cls.get_previous_in_order = partialmethod(cls._get_next_or_previous_in_order, is_next=False)
    # A generic relation has no model to put accessors on.
    field = opts.order_with_respect_to
    if field.remote_field:
        lazy_related_operation(make_foreign_order_accessors, cls, field.remote_field.model)


def make_foreign_order_accessors(model: Any, related_model: Any) -> None:
    """Put ``get_FOO_order`` and ``set_FOO_order`` on the model that the order refers to."""
    name = model.__name__.lower()
    setattr(related_model, f"get_{name}_order", partialmethod(method_get_order, model))
    setattr(related_model, f"set_{name}_order", partialmethod(method_set_order, model))


def model_unpickle(model_id: Any) -> Any:
    """Return a bare instance of the model; its state follows."""
    if isinstance(model_id, tuple):
        model = apps.get_model(*model_id)
    else:
        model = model_id
    return model.__new__(model)


model_unpickle.__safe_for_unpickle__ = True  # type: ignore[attr-defined]
