"""Pages of the catalogue: list, search, category, product."""

from typing import Any

from catalogue.forms import ReviewForm, SearchForm
from catalogue.models import Category, Product, Review

from fastjango.contrib import messages
from fastjango.contrib.auth.decorators import login_required
from fastjango.db.models import Prefetch
from fastjango.http import HttpRequest, HttpResponse
from fastjango.shortcuts import get_object_or_404, redirect
from fastjango.views.decorators.http import require_POST
from fastjango.views.generic import DetailView, ListView


class ProductListView(ListView):
    """Products that match the search form, twelve to a page."""

    template_name = "catalogue/product_list.html"
    context_object_name = "products"
    paginate_by = 12

    def get_queryset(self) -> Any:
        """Return what the form's values leave."""
        found = Product.objects.visible().select_related("category").with_rating()
        self.form = SearchForm(self.request.GET)
        if not self.form.is_valid():
            return found.order_by("name", "pk")
        wanted = self.form.cleaned_data
        if wanted["q"]:
            found = found.matching(wanted["q"])
        if wanted["low"] is not None:
            found = found.filter(price__gte=wanted["low"])
        if wanted["high"] is not None:
            found = found.filter(price__lte=wanted["high"])
        if wanted["in_stock"]:
            found = found.filter(stock__gt=0)
        return found.order_by(wanted["sort"] or "name", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form and the range of page numbers."""
        context = super().get_context_data(form=self.form, **kwargs)
        page = context["page_obj"]
        context["page_range"] = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        return context


class CategoryView(ProductListView):
    """Products of a category and of all below it."""

    def get_queryset(self) -> Any:
        """Narrow the list to the category."""
        self.category = get_object_or_404(Category.objects.select_related("parent"), slug=self.kwargs["slug"])
        return super().get_queryset().filter(category__in=self.category.subtree_ids())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the category and what is directly below it."""
        return super().get_context_data(category=self.category, children=self.category.children.all(), **kwargs)


class ProductDetailView(DetailView):
    """A product with its reviews and its neighbours."""

    template_name = "catalogue/product_detail.html"
    context_object_name = "product"

    def get_queryset(self) -> Any:
        """Return visible products with all the page shows."""
        reviews = Prefetch("reviews", queryset=Review.objects.select_related("author"))
        return Product.objects.visible().select_related("category").prefetch_related("tags", reviews).with_rating()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add similar products and the review form."""
        near = Product.objects.available().filter(category=self.object.category).exclude(pk=self.object.pk)
        similar = near.select_related("category").with_rating()[:4]
        return super().get_context_data(similar=similar, review_form=ReviewForm(), **kwargs)


@require_POST
@login_required
def add_review(request: HttpRequest, slug: str) -> HttpResponse:
    """Save the review of the customer, or replace the earlier one."""
    product = get_object_or_404(Product.objects.visible(), slug=slug)
    earlier = Review.objects.filter(product=product, author=request.user).first()
    form = ReviewForm(request.POST, instance=earlier or Review(product=product, author=request.user))
    if form.is_valid():
        form.save()
        messages.success(request, "Thank you for your review.")
    else:
        messages.error(request, "The review was not saved: " + " ".join(form.errors.get("rating", ["invalid text."])))
    return redirect(product)
