"""Django's path for ``Model`` and its class statement."""

from fastjango.db.models.declare import (
    ModelBase,
    make_foreign_order_accessors,
    model_unpickle,
    subclass_exception,
)
from fastjango.db.models.model import Model
from fastjango.db.models.save.ordering import method_get_order, method_set_order
from fastjango.db.models.state import (
    DEFERRED,
    Deferred,
    ModelState,
    ModelStateFieldsCacheDescriptor,
)

__all__ = [
    "DEFERRED",
    "Deferred",
    "Model",
    "ModelBase",
    "ModelState",
    "ModelStateFieldsCacheDescriptor",
    "make_foreign_order_accessors",
    "method_get_order",
    "method_set_order",
    "model_unpickle",
    "subclass_exception",
]
