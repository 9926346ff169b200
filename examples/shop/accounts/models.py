"""A user of our own, and a profile that comes with every user."""

from __future__ import annotations

from fastjango.conf import settings
from fastjango.contrib.auth.models import AbstractUser
from fastjango.db import models


class User(AbstractUser):
    """A customer or a member of staff."""

    email = models.EmailField("email address", unique=True)
    newsletter = models.BooleanField(default=False, help_text="Wants to hear about new products.")

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Profile(models.Model):
    """What the shop knows about a user besides the account."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    address = models.TextField(blank=True)
    city = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    birthday = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Profile of {self.user}"
