"""Pages of the cart, the checkout and one's own orders."""

from typing import Any

from catalogue.models import Product
from orders.cart import Cart
from orders.forms import CheckoutForm, QuantityForm
from orders.models import Order
from orders.services import CheckoutError, cancel_order, place_order

from fastjango.contrib import messages
from fastjango.contrib.auth.decorators import login_required
from fastjango.contrib.auth.mixins import LoginRequiredMixin
from fastjango.http import HttpRequest, HttpResponse, HttpResponseRedirect
from fastjango.shortcuts import get_object_or_404, redirect, render
from fastjango.urls import reverse
from fastjango.utils.http import url_has_allowed_host_and_scheme
from fastjango.views.decorators.http import require_POST
from fastjango.views.generic import DetailView, FormView, ListView


def show_cart(request: HttpRequest) -> HttpResponse:
    """Show the cart."""
    return render(request, "orders/cart.html")


@require_POST
def add_to_cart(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a product into the cart and go back to where the button was."""
    product = get_object_or_404(Product.objects.available(), slug=slug)
    form = QuantityForm(request.POST)
    if form.is_valid():
        Cart(request.session).add(product, form.cleaned_data["quantity"])
        messages.success(request, f"“{product.name}” is in your cart.")
    else:
        messages.error(request, "That is not a quantity we can send.")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    # Not redirect(): it takes a word for the name of a view.
    return HttpResponseRedirect(back if safe else reverse("orders:cart"))


@require_POST
def change_cart(request: HttpRequest, slug: str) -> HttpResponse:
    """Set the quantity of a product in the cart."""
    product = get_object_or_404(Product, slug=slug)
    form = QuantityForm(request.POST)
    if form.is_valid():
        Cart(request.session).set(product, form.cleaned_data["quantity"])
    else:
        messages.error(request, "That is not a quantity we can send.")
    return redirect("orders:cart")


class CheckoutView(LoginRequiredMixin, FormView):
    """Ask for the address and place the order."""

    form_class = CheckoutForm
    template_name = "orders/checkout.html"

    def get_initial(self) -> dict[str, Any]:
        """Start with the address of the profile."""
        profile = getattr(self.request.user, "profile", None)
        address = "\n".join(part for part in (profile.address, profile.city) if part) if profile else ""
        return {**super().get_initial(), "address": address}

    def form_valid(self, form: CheckoutForm) -> HttpResponse:
        """Place the order, or say why not."""
        cart = Cart(self.request.session)
        data = form.cleaned_data
        try:
            wanted = [(line.product, line.quantity) for line in cart]
            order = place_order(self.request.user, wanted, data["address"], data["note"])
        except CheckoutError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        cart.clear()
        messages.success(self.request, "Thank you! Your order is placed.")
        return redirect(order)


class OwnOrders(LoginRequiredMixin):
    """Orders of the customer who asks, and nobody else's."""

    def get_queryset(self) -> Any:
        """Return the customer's orders with their totals."""
        return Order.objects.filter(customer=self.request.user).with_totals().order_by("-created", "-id")


class OrderListView(OwnOrders, ListView):
    """One's own orders."""

    template_name = "orders/order_list.html"
    context_object_name = "orders"
    paginate_by = 10


class OrderDetailView(OwnOrders, DetailView):
    """One of one's own orders."""

    template_name = "orders/order_detail.html"
    context_object_name = "order"

    def get_queryset(self) -> Any:
        """Bring the lines and their products along."""
        return super().get_queryset().prefetch_related("lines__product")


@require_POST
@login_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel one of one's own orders."""
    order = get_object_or_404(Order, pk=pk, customer=request.user)
    try:
        cancel_order(order)
    except CheckoutError as error:
        messages.error(request, str(error))
    else:
        messages.info(request, f"{order} is cancelled.")
    return redirect(order)
