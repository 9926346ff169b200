"""
Pydantic classes made from models: ``ModelSchema`` and ``Partial``.

    class ProductOut(ModelSchema):
        class Meta:
            model = Product
            exclude = ["cost"]

    @app.patch("/products/{pk}")
    async def change(pk: int, payload: Partial[ProductOut]) -> ProductOut: ...
"""

from fastjango.db.models.faces.partial import Partial
from fastjango.db.models.faces.schema_class import ModelSchema

__all__ = ["ModelSchema", "Partial"]
