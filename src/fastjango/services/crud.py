"""
``CRUDService``: the steps that services repeat, for one model.

    class ProductService(CRUDService[Product, ProductCreate, ProductUpdate]):
        def queryset(self) -> QuerySet[Product]:
            return Product.objects.filter(is_active=True)

    products = ProductService()
    product = await products.acreate(payload)
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any, Generic, TypeVar, get_args, get_origin

from pydantic import BaseModel

from fastjango.core.exceptions import ImproperlyConfigured, fix
from fastjango.core.paginator import Paginator
from fastjango.db import router, transaction
from fastjango.db.bridge import bridge
from fastjango.db.models import Model, QuerySet
from fastjango.db.models.faces.schema_class import ModelSchema
from fastjango.db.models.faces.writing import save_values

M = TypeVar("M", bound=Model)
C = TypeVar("C", bound=BaseModel)
U = TypeVar("U", bound=BaseModel)


class CRUDService(Generic[M, C, U]):
    """
    Get, list, create, update and delete the instances of a model.

    The model comes from the type parameters of a subclass or of ``CRUDService[Product, In, Patch]()``, or it is given.
    """

    model: type[M]

    def __init__(self, model: type[M] | None = None) -> None:
        if model is not None:
            self.model = model

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for base in getattr(cls, "__orig_bases__", ()):
            origin = get_origin(base)
            if isinstance(origin, type) and issubclass(origin, CRUDService):
                first = get_args(base)[0]
                if isinstance(first, type):
                    cls.model = first

    def __getattr__(self, name: str) -> Any:
        if name == "model":
            # `CRUDService[Product, In, Patch]()` says its parameters after it was made.
            made_as = self.__dict__.get("__orig_class__")
            if made_as is not None:
                self.model = found = get_args(made_as)[0]
                return found
            raise fix(
                ImproperlyConfigured(f"{type(self).__name__} has no model."),
                "write CRUDService[Product, ProductIn, ProductPatch]",
                code="models.Q204",
            )
        raise AttributeError(name)

    # -- what may be changed

    def queryset(self) -> QuerySet[M]:
        """Return the rows that the service knows; override it to narrow them."""
        return self.model._default_manager.all()  # type: ignore[no-any-return]

    # -- reading

    def get(self, pk: Any) -> M:
        """
        Return the instance with the key *pk*.

        Raises:
            Model.DoesNotExist: There is none.
        """
        return self.queryset().get(pk=pk)

    async def aget(self, pk: Any) -> M:
        """See ``get``."""
        return await bridge(self.get, pk)

    def find(self, *, filters: Mapping[str, Any] | None = None, order_by: str | tuple[str, ...] = ()) -> QuerySet[M]:
        """Return the queryset behind ``list()``, to count it or to hand it to a response."""
        found = self.queryset().filter(**(filters or {}))
        names = (order_by,) if isinstance(order_by, str) else order_by
        if names:
            return found.order_by(*names)
        return found if found.ordered else found.order_by("pk")

    def list(
        self,
        *,
        filters: Mapping[str, Any] | None = None,
        order_by: str | tuple[str, ...] = (),
        page: int = 1,
        page_size: int | None = None,
    ) -> list[M]:
        """Return instances; with *page_size* those of one page, the first page being 1. Queries: 1."""
        found = self.find(filters=filters, order_by=order_by)
        if page_size is not None:
            found = found[(page - 1) * page_size : page * page_size]
        return list(found)

    async def alist(
        self,
        *,
        filters: Mapping[str, Any] | None = None,
        order_by: str | tuple[str, ...] = (),
        page: int = 1,
        page_size: int | None = None,
    ) -> builtins.list[M]:
        """See ``list``."""
        return await bridge(self.list, filters=filters, order_by=order_by, page=page, page_size=page_size)

    def paginator(self, page_size: int, **options: Any) -> Paginator:
        """Return a paginator over what ``list()`` gives."""
        return Paginator(self.find(**options), page_size)

    def count(self, *, filters: Mapping[str, Any] | None = None) -> int:
        """Return how many instances there are."""
        return self.find(filters=filters).count()

    async def acount(self, *, filters: Mapping[str, Any] | None = None) -> int:
        """See ``count``."""
        return await bridge(self.count, filters=filters)

    # -- writing

    def create(self, data: C | Mapping[str, Any], **extra: Any) -> M:
        """
        Save a new instance; *extra* comes on top of *data*.

        Raises:
            fastjango.core.exceptions.ValidationError: The model refuses a value.
        """
        return self._write(self.model._meta.model(), data, extra)

    async def acreate(self, data: C | Mapping[str, Any], **extra: Any) -> M:
        """See ``create``."""
        return await bridge(self.create, data, **extra)

    def update(self, target: M | Any, data: U | Mapping[str, Any], **extra: Any) -> M:
        """Change an instance, or the one with the key *target*: what was sent is set, the rest stays."""
        instance = target if isinstance(target, Model) else self.get(target)
        return self._write(instance, data, extra)

    async def aupdate(self, target: M | Any, data: U | Mapping[str, Any], **extra: Any) -> M:
        """See ``update``."""
        return await bridge(self.update, target, data, **extra)

    def delete(self, target: M | Any) -> None:
        """
        Delete an instance, or the one with the key *target*.

        Raises:
            Model.DoesNotExist: There is none.
            fastjango.db.models.ProtectedError: Others refer to it.
        """
        instance = target if isinstance(target, Model) else self.get(target)
        instance.delete()

    async def adelete(self, target: M | Any) -> None:
        """See ``delete``."""
        await bridge(self.delete, target)

    def _write(self, instance: Any, data: Any, extra: Mapping[str, Any]) -> M:
        adding = instance._state.adding
        if isinstance(data, ModelSchema):
            written = data.create(**extra) if adding else data.update(instance, **extra)
            return written  # type: ignore[no-any-return]
        values = data.model_dump(exclude_unset=True) if isinstance(data, BaseModel) else dict(data)
        using = instance._state.db or router.db_for_write(self.model)
        with transaction.atomic(using=using):
            return save_values(instance, {**values, **extra})  # type: ignore[no-any-return]


__all__ = ["CRUDService"]
