"""What the shop sells: a tree of categories, products with tags, and what customers say about them."""

from __future__ import annotations

import uuid
from typing import Any

from fastjango.conf import settings
from fastjango.core.validators import MaxValueValidator, MinValueValidator
from fastjango.db import models
from fastjango.db.models import Avg, Count, Q
from fastjango.urls import reverse
from fastjango.utils.text import slugify


class Category(models.Model):
    """A shelf; shelves stand inside other shelves."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80, unique=True)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "categories"
        unique_together = [("parent", "name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the list of its products."""
        return reverse("catalogue:category", args=[self.slug])

    @property
    def ancestors(self) -> list[Category]:
        """Return the categories above this one, the outermost first."""
        found: list[Category] = []
        above = self.parent
        while above is not None and above not in found:
            found.insert(0, above)
            above = above.parent
        return found

    def subtree_ids(self) -> list[int]:
        """Return the keys of this category and of all below it. One query per level."""
        level, found = [self.pk], [self.pk]
        while level:
            level = list(Category.objects.filter(parent__in=level).exclude(pk__in=found).values_list("pk", flat=True))
            found += level
        return found


class Tag(models.Model):
    """A word that several products share."""

    name = models.CharField(max_length=40, unique=True)
    slug = models.SlugField(max_length=40, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(models.QuerySet["Product"]):
    """Products with the questions that a shop asks."""

    def available(self) -> ProductQuerySet:
        """Keep what can be bought now."""
        return self.filter(status=Product.Status.ACTIVE, stock__gt=0)

    def visible(self) -> ProductQuerySet:
        """Keep what customers may see, sold out or not."""
        return self.filter(status=Product.Status.ACTIVE)

    def matching(self, text: str) -> ProductQuerySet:
        """Keep products with *text* in name, description or a tag."""
        words = Q(name__icontains=text) | Q(description__icontains=text) | Q(tags__name__iexact=text)
        return self.filter(words).distinct()

    def with_rating(self) -> ProductQuerySet:
        """Add the mean and the number of the reviews."""
        return self.annotate(rating=Avg("reviews__rating"), review_count=Count("reviews", distinct=True))


class Product(models.Model):
    """A thing for sale."""

    class Status(models.TextChoices):
        """Where the product is in its life."""

        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140, unique=True, blank=True)
    description = models.TextField(blank=True)
    price = models.DecimalField(max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    stock = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    attributes = models.JSONField(default=dict, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="products")
    image = models.ImageField(upload_to="products", blank=True)
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="products"
    )
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["category", "-created"], name="product_category_created"),
            models.Index(fields=["status", "price"], name="product_status_price"),
        ]
        constraints = [models.CheckConstraint(condition=Q(price__gte=0), name="product_price_not_negative")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Make the slug of the name, unless somebody chose one."""
        if not self.slug:
            self.slug = self._free_slug()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("catalogue:detail", args=[self.slug])

    @property
    def is_available(self) -> bool:
        """Return True if it can be bought now."""
        return self.status == self.Status.ACTIVE and self.stock > 0

    def _free_slug(self) -> str:
        base = slugify(self.name)[:120] or "product"
        taken = set(Product.objects.filter(slug__startswith=base).exclude(pk=self.pk).values_list("slug", flat=True))
        slug, number = base, 2
        while slug in taken:
            slug, number = f"{base}-{number}", number + 1
        return slug


class Review(models.Model):
    """What one customer thinks of one product."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews")
    rating = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    text = models.TextField(blank=True, max_length=2000)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created", "-id"]
        constraints = [models.UniqueConstraint(fields=["product", "author"], name="one_review_per_customer")]

    def __str__(self) -> str:
        return f"{self.rating}/5 for {self.product}"
