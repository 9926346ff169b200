"""``changepassword``: give a user a new password."""

from __future__ import annotations

import getpass
from typing import Any

from fastjango.contrib.auth import get_user_model
from fastjango.contrib.auth.password_validation import validate_password
from fastjango.core.exceptions import ValidationError
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.db import DEFAULT_DB_ALIAS, connections

MAX_TRIES = 3


class Command(BaseCommand):
    """Ask for a password twice and set it."""

    help = "Change a user's password for django.contrib.auth.".replace("django", "fastjango")
    requires_migrations_checks = True
    requires_system_checks: Any = []

    def _get_pass(self, prompt: str = "Password: ") -> str:
        password = getpass.getpass(prompt=prompt)
        if not password:
            raise CommandError("aborted")
        return password

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose the user."""
        parser.add_argument(
            "username", nargs="?", help="Username to change password for; by default, it's the current username."
        )
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='Specifies the database to use. Default is "default".',
        )

    def handle(self, *args: Any, **options: Any) -> str:
        """Ask until the two entries agree and the validators are content, three times at most."""
        username = options["username"] or getpass.getuser()
        model = get_user_model()
        try:
            user = model._default_manager.using(options["database"]).get(**{model.USERNAME_FIELD: username})
        except model.DoesNotExist:
            raise CommandError(f"user '{username}' does not exist") from None
        self.stdout.write(f"Changing password for user '{user}'")
        count = 0
        first, second = "1", "2"
        validated = False
        while (first != second or not validated) and count < MAX_TRIES:
            first = self._get_pass()
            second = self._get_pass("Password (again): ")
            if first != second:
                self.stdout.write("Passwords do not match. Please try again.")
                count += 1
                # Unequal entries are not validated.
                continue
            try:
                validate_password(second, user)
            except ValidationError as exc:
                self.stderr.write("\n".join(exc.messages))
                count += 1
            else:
                validated = True
        if count == MAX_TRIES:
            raise CommandError(f"Aborting password change for user '{user}' after {count} attempts")
        user.set_password(first)
        user.save()
        return f"Password changed successfully for user '{user}'"
