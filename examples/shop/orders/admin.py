"""Orders in the admin."""

from orders.models import Order, OrderLine

from fastjango.contrib import admin


class OrderLineInline(admin.TabularInline):
    """Lines below their order."""

    model = OrderLine
    extra = 1
    raw_id_fields = ["product"]
    readonly_fields = ["amount"]

    @admin.display(description="amount")
    def amount(self, line):
        """Return what the line costs."""
        return line.amount if line.pk else "-"


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    """Orders with their totals."""

    list_display = ["id", "customer", "status", "pieces", "total", "created"]
    list_display_links = ["id", "customer"]
    list_filter = ["status", "created"]
    list_per_page = 25
    list_select_related = ["customer"]
    search_fields = ["customer__username", "customer__email", "=id"]
    date_hierarchy = "created"
    actions = ["mark_shipped"]
    fields = ["customer", "status", "address", "note", "created"]
    readonly_fields = ["created"]
    raw_id_fields = ["customer"]
    inlines = [OrderLineInline]

    def get_queryset(self, request):
        """Add the totals."""
        return super().get_queryset(request).with_totals()

    @admin.display(ordering="total")
    def total(self, order):
        """Return what the order costs."""
        return f"€ {order.total:,.2f}"

    @admin.display(ordering="pieces")
    def pieces(self, order):
        """Return how many pieces it holds."""
        return order.pieces

    @admin.action(description="Mark selected orders as shipped")
    def mark_shipped(self, request, queryset):
        """Send paid orders on their way."""
        count = queryset.filter(status=Order.Status.PAID).update(status=Order.Status.SHIPPED)
        self.message_user(request, f"{count} orders were marked as shipped.")
