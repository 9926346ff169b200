"""``drf_create_token USERNAME``: make a user's token."""

from __future__ import annotations

from typing import Any

from fastjango.contrib.auth import get_user_model
from fastjango.core.management.base import BaseCommand, CommandError
from fastjango.rest.authtoken.models import Token

UserModel: Any = get_user_model()


class Command(BaseCommand):
    """Makes, or with ``-r`` makes anew, the token of a user."""

    help = "Create DRF Token for a given user"

    def create_user_token(self, username: str, reset_token: bool) -> Any:
        """Return the token."""
        user = UserModel._default_manager.get_by_natural_key(username)
        if reset_token:
            Token.objects.filter(user=user).delete()
        return Token.objects.get_or_create(user=user)[0]

    def add_arguments(self, parser: Any) -> None:
        """Add the arguments."""
        parser.add_argument("username", type=str)
        parser.add_argument(
            "-r",
            "--reset",
            action="store_true",
            dest="reset_token",
            default=False,
            help="Reset existing User token and create a new one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the token and print it."""
        username = options["username"]
        try:
            token = self.create_user_token(username, options["reset_token"])
        except UserModel.DoesNotExist:
            raise CommandError(f"Cannot create the Token: user {username} does not exist") from None
        self.stdout.write(f"Generated token {token.key} for user {username}")
