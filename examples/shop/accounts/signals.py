"""Every new user gets a profile."""

from typing import Any

from accounts.models import Profile, User

from fastjango.db.models.signals import post_save
from fastjango.dispatch import receiver


@receiver(post_save, sender=User)
def make_profile(sender: type[User], instance: User, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Make the profile of a user who was just created, but not while fixtures are loaded."""
    if created and not raw:
        Profile.objects.get_or_create(user=instance)
