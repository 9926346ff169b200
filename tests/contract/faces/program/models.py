"""The tables of the program."""

from __future__ import annotations

from typing import Any

from fastjango.db import models


class Category(models.Model):
    name = models.CharField(max_length=50, unique=True)
    products: Any

    class Meta:
        app_label = "program"
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    word = models.CharField(max_length=20, unique=True)

    class Meta:
        app_label = "program"

    def __str__(self) -> str:
        return self.word


class Product(models.Model):
    title = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="products")
    tags = models.ManyToManyField(Tag, related_name="products", blank=True)
    category_id: Any

    class Meta:
        app_label = "program"

    def __str__(self) -> str:
        return self.title


class Message(models.Model):
    room = models.CharField(max_length=20)
    text = models.TextField()

    class Meta:
        app_label = "program"
