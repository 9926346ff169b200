"""``manage.py seed``: fill the shop with categories, products, customers, reviews and orders."""

from __future__ import annotations

import random
from argparse import ArgumentParser
from decimal import Decimal
from typing import Any

from accounts.models import User
from catalogue import sample
from catalogue.models import Category, Product, Review, Tag
from orders.models import Order, OrderLine
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fastjango.core.files.base import ContentFile
from fastjango.core.management.base import BaseCommand
from fastjango.db import transaction
from fastjango.utils.text import slugify


class Command(BaseCommand):
    """Make the sample data; run it again and it adds only what is missing."""

    help = "Fill the shop with sample data. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say how much is wanted."""
        parser.add_argument("--products", type=int, default=300, help="How many products (default: 300).")
        parser.add_argument("--no-images", action="store_true", help="Make no pictures.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make everything, step by step."""
        self.dice = random.Random(2)
        wanted = max(options["products"], 0)
        columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        quiet = options["verbosity"] < 1
        with Progress(*columns, console=Console(file=self.stdout, quiet=quiet), disable=quiet) as progress:  # type: ignore[arg-type]
            shelves = self.make_categories(progress)
            self.make_products(progress, shelves, wanted, images=not options["no_images"])
            customers = self.make_customers(progress)
            self.make_reviews(progress, customers)
            self.make_orders(progress, customers)
        if not quiet:
            counts = (
                f"{Product.objects.count()} products, {Review.objects.count()} reviews, {Order.objects.count()} orders"
            )
            self.stdout.write(self.style.SUCCESS(f"The shop holds {counts}."))

    def make_categories(self, progress: Progress) -> list[tuple[Category, list[str]]]:
        """Return the innermost categories and the things that stand in them."""
        found = []
        for position, (name, children) in enumerate(progress.track(sample.SHELVES.items(), description="Categories")):
            top, _ = Category.objects.get_or_create(slug=slugify(name), defaults={"name": name, "position": position})
            for child, things in children.items():
                defaults = {"name": child, "parent": top}
                found.append((Category.objects.get_or_create(slug=slugify(child), defaults=defaults)[0], things))
        for name in sample.TAGS:
            Tag.objects.get_or_create(slug=slugify(name), defaults={"name": name})
        return found

    def make_products(self, progress: Progress, shelves: list[Any], wanted: int, *, images: bool) -> None:
        """Make products until there are as many as wanted; names tell which exist."""
        existing = set(Product.objects.values_list("name", flat=True))
        tags = list(Tag.objects.all())
        task = progress.add_task("Products", total=wanted)
        with transaction.atomic():
            for number in range(wanted):
                category, things = shelves[number % len(shelves)]
                turn = number // len(shelves)
                thing = things[turn % len(things)]
                name = f"{sample.STYLES[(turn // len(things) + number) % len(sample.STYLES)]} {thing.lower()}"
                product = self.new_product(name, thing, category)
                chosen = self.dice.sample(tags, self.dice.randint(0, 3))
                if name not in existing:
                    existing.add(name)
                    drawing = sample.picture(number) if images else None
                    if drawing:
                        product.image.save(f"{slugify(name)}.webp", ContentFile(drawing), save=False)
                    product.save()
                    product.tags.set(chosen)
                progress.advance(task)

    def new_product(self, name: str, thing: str, category: Category) -> Product:
        """Return a product that is not saved; takes the same number of dice throws for each."""
        material, colour = self.dice.choice(sample.MATERIALS), self.dice.choice(sample.COLOURS)
        return Product(
            name=name,
            category=category,
            description=sample.describe(self.dice, thing, material),
            price=Decimal(self.dice.randint(4, 180)) - Decimal("0.10"),
            stock=self.dice.choice([0, 2, 4, 12, 25, 40, 80]),
            attributes={"material": material, "colour": colour, "weight": f"{self.dice.randint(1, 40) * 50} g"},
        )

    def make_customers(self, progress: Progress) -> list[User]:
        """Return the sample customers; nobody can log in as one of them."""
        found = []
        for username, first, last in progress.track(sample.CUSTOMERS, description="Customers"):
            defaults = {"email": f"{username}@example.com", "first_name": first, "last_name": last, "password": "!"}
            found.append(User.objects.get_or_create(username=username, defaults=defaults)[0])
        return found

    def make_reviews(self, progress: Progress, customers: list[User]) -> None:
        """Let customers review about every second product."""
        if Review.objects.filter(author__in=customers).exists():
            return
        reviews = []
        for product in progress.track(list(Product.objects.all()), description="Reviews"):
            for author in self.dice.sample(customers, self.dice.choice([0, 0, 1, 2, 4])):
                rating = self.dice.choice([2, 3, 4, 4, 5, 5])
                reviews.append(
                    Review(product=product, author=author, rating=rating, text=self.dice.choice(sample.PRAISE))
                )
        Review.objects.bulk_create(reviews, batch_size=200)

    def make_orders(self, progress: Progress, customers: list[User]) -> None:
        """Let every customer have bought something."""
        if Order.objects.filter(customer__in=customers).exists():
            return
        products = list(Product.objects.all())
        for customer in progress.track(customers * 4, description="Orders"):
            status = self.dice.choice(Order.Status.values)
            order = Order.objects.create(
                customer=customer, status=status, address=f"{customer}\n1 Example Street\nExampleton"
            )
            chosen = self.dice.sample(products, min(len(products), self.dice.randint(1, 5)))
            OrderLine.objects.bulk_create(
                OrderLine(order=order, product=product, quantity=self.dice.randint(1, 3), unit_price=product.price)
                for product in chosen
            )
