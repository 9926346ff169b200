"""The catalogue in the admin."""

from catalogue.models import Category, Product, Review, Tag

from fastjango.contrib import admin, messages
from fastjango.db.models import Count


class ReviewInline(admin.TabularInline):
    """Reviews below their product."""

    model = Review
    extra = 0
    raw_id_fields = ["author"]


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    """Categories, with the number of their products."""

    list_display = ["name", "parent", "position", "product_count"]
    list_editable = ["position"]
    list_filter = ["parent"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request):
        """Count the products in the same query."""
        return super().get_queryset(request).annotate(product_count=Count("products"))

    @admin.display(description="products", ordering="product_count")
    def product_count(self, category):
        """Return how many products stand directly in it."""
        return category.product_count


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    """Tags."""

    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    """Products: most of what ModelAdmin offers on one page."""

    list_display = ["name", "category", "price", "stock", "status", "in_stock", "created"]
    list_editable = ["price", "stock"]
    list_filter = ["status", "category", "tags", "created"]
    list_per_page = 25
    list_select_related = ["category"]
    search_fields = ["name", "description", "tags__name"]
    ordering = ["name"]
    date_hierarchy = "created"
    actions = ["retire", "activate"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "category", "status"]}),
        ("For sale", {"fields": [("price", "stock")]}),
        ("Description", {"fields": ["description", "image", "tags", "attributes"]}),
        ("Origin", {"classes": ["collapse"], "fields": ["creator", "created", "updated"]}),
    ]
    readonly_fields = ["created", "updated"]
    prepopulated_fields = {"slug": ["name"]}
    raw_id_fields = ["creator"]
    filter_horizontal = ["tags"]
    inlines = [ReviewInline]

    @admin.display(boolean=True, description="in stock", ordering="stock")
    def in_stock(self, product):
        """Return True while something is left."""
        return product.stock > 0

    @admin.action(description="Retire selected products", permissions=["change"])
    def retire(self, request, queryset):
        """Take products out of the shop."""
        count = queryset.update(status=Product.Status.RETIRED)
        self.message_user(request, f"{count} products were retired.", messages.SUCCESS)

    @admin.action(description="Activate selected products", permissions=["change"])
    def activate(self, request, queryset):
        """Put products into the shop."""
        count = queryset.update(status=Product.Status.ACTIVE)
        self.message_user(request, f"{count} products were activated.", messages.SUCCESS)

    def save_model(self, request, obj, form, change):
        """Remember who made the product."""
        if not change and obj.creator is None:
            obj.creator = request.user
        super().save_model(request, obj, form, change)
