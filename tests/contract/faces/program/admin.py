"""The same tables in the admin."""

from __future__ import annotations

from tests.contract.faces.program.models import Category, Product, Tag

from fastjango.contrib import admin


class ProductAdmin(admin.ModelAdmin):
    list_display = ["title", "price", "category"]
    list_filter = ["category"]
    search_fields = ["title"]


admin.site.register(Product, ProductAdmin)
admin.site.register([Category, Tag])
