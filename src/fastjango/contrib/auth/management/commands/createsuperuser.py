"""``createsuperuser``: make a user who may do everything, by questions or from options and the environment."""

from __future__ import annotations

import getpass
import os
import sys
from typing import Any

from fastjango.contrib.auth import get_user_model
from fastjango.contrib.auth.management import get_default_username
from fastjango.contrib.auth.password_validation import validate_password
from fastjango.core import exceptions
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.db import DEFAULT_DB_ALIAS, connections
from fastjango.utils.functional import cached_property
from fastjango.utils.text import capfirst

PASSWORD_FIELD = "password"


class NotRunningInTTYException(Exception):
    """Nobody can answer questions here."""


def _environment(field_name: str) -> str | None:
    name = f"SUPERUSER_{field_name.upper()}"
    return os.environ.get(f"FASTJANGO_{name}", os.environ.get(f"DJANGO_{name}"))


class Command(BaseCommand):
    """Make a superuser."""

    help = "Used to create a superuser."
    requires_migrations_checks = True
    stealth_options = ("stdin",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.UserModel = get_user_model()
        self.username_field = self.UserModel._meta.get_field(self.UserModel.USERNAME_FIELD)

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the required fields as options."""
        parser.add_argument(f"--{self.UserModel.USERNAME_FIELD}", help="Specifies the login for the superuser.")
        parser.add_argument(
            "--noinput", "--no-input", action="store_false", dest="interactive",
            help="Tells FastJango to NOT prompt the user for input of any kind. You must use "
            f"--{self.UserModel.USERNAME_FIELD} with --noinput, along with an option for any other required field. "
            "Superusers created with --noinput will not be able to log in until they're given a valid password.",
        )  # fmt: skip
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='Specifies the database to use. Default is "default".',
        )
        for field_name in self.UserModel.REQUIRED_FIELDS:
            field = self.UserModel._meta.get_field(field_name)
            if field.many_to_many:
                if field.remote_field.through and not field.remote_field.through._meta.auto_created:
                    raise CommandError(
                        f"Required field '{field_name}' specifies a many-to-many relation through model, which is not "
                        "supported."
                    )
                parser.add_argument(
                    f"--{field_name}",
                    action="append",
                    help=f"Specifies the {field_name} for the superuser. Can be used multiple times.",
                )
            else:
                parser.add_argument(f"--{field_name}", help=f"Specifies the {field_name} for the superuser.")

    def execute(self, *args: Any, **options: Any) -> Any:
        """Keep the standard input for the questions."""
        self.stdin = options.get("stdin", sys.stdin)
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect the values, make the user."""
        database = options["database"]
        username = options[self.UserModel.USERNAME_FIELD]
        user_data: dict[str, Any] = {}
        verbose_field_name = self.username_field.verbose_name
        try:
            self.UserModel._meta.get_field(PASSWORD_FIELD)
        except exceptions.FieldDoesNotExist:
            pass
        else:
            # A password that nobody types is set at once.
            user_data[PASSWORD_FIELD] = None
        try:
            if options["interactive"]:
                self._ask_all(username, database, verbose_field_name, options, user_data)
            else:
                self._take_all(username, database, verbose_field_name, options, user_data)
            self.UserModel._default_manager.db_manager(database).create_superuser(**user_data)
            if options["verbosity"] >= 1:
                self.stdout.write("Superuser created successfully.")
        except KeyboardInterrupt:
            self.stderr.write("\nOperation cancelled.")
            sys.exit(1)
        except exceptions.ValidationError as exc:
            raise CommandError("; ".join(exc.messages)) from exc
        except NotRunningInTTYException:
            self.stdout.write(
                "Superuser creation skipped due to not running in a TTY. You can run `manage.py createsuperuser` in your "
                "project to create one manually."
            )

    def _ask_all(
        self, username: Any, database: str, verbose_field_name: Any, options: dict[str, Any], user_data: dict[str, Any]
    ) -> None:
        fake_user_data: dict[str, Any] = {}
        if not getattr(self.stdin, "isatty", lambda: True)():
            raise NotRunningInTTYException
        default_username = get_default_username(database=database)
        if username == "":
            raise CommandError(f"{capfirst(verbose_field_name)} cannot be blank.")
        if username is not None:
            error_msg = self._validate_username(username, verbose_field_name, database)
            if error_msg:
                self.stderr.write(error_msg)
                username = None
        while username is None:
            message = self._get_input_message(self.username_field, default_username)
            username = self.get_input_data(self.username_field, message, default_username)
            if username:
                error_msg = self._validate_username(username, verbose_field_name, database)
                if error_msg:
                    self.stderr.write(error_msg)
                    username = None
        user_data[self.UserModel.USERNAME_FIELD] = username
        if self.username_field.remote_field:
            fake_user_data[self.UserModel.USERNAME_FIELD] = self.username_field.remote_field.model(username)
        for field_name in self.UserModel.REQUIRED_FIELDS:
            field = self.UserModel._meta.get_field(field_name)
            value = options[field_name]
            if value is not None and field.remote_field and not field.many_to_many:
                # Nobody is asked again for an option.
                field.clean(value, None)
            while value is None:
                value = self._ask_for(field)
            user_data[field_name] = value
            if not field.many_to_many:
                fake_user_data[field_name] = field.remote_field.model(value) if field.remote_field else value
        if PASSWORD_FIELD in user_data:
            user_data[PASSWORD_FIELD] = self._ask_password(user_data, fake_user_data)

    def _ask_for(self, field: Any) -> Any:
        """Ask for a required field once; returns None when the answer is not valid."""
        given = self.get_input_data(field, self._get_input_message(field))
        if not field.many_to_many or not given:
            return given
        if not given.strip():
            self.stderr.write("Error: This field cannot be blank.")
            return None
        return [pk.strip() for pk in given.split(",")]

    def _ask_password(self, user_data: dict[str, Any], fake_user_data: dict[str, Any]) -> str:
        while True:
            password = getpass.getpass()
            again = getpass.getpass("Password (again): ")
            if password != again:
                self.stderr.write("Error: Your passwords didn't match.")
                continue
            if password.strip() == "":
                self.stderr.write("Error: Blank passwords aren't allowed.")
                continue
            try:
                validate_password(
                    again,
                    self.UserModel(
                        **{
                            **{k: v for k, v in user_data.items() if k != PASSWORD_FIELD and not self._is_m2m(k)},
                            **fake_user_data,
                        }
                    ),
                )
            except exceptions.ValidationError as exc:
                self.stderr.write("\n".join(exc.messages))
                response = input("Bypass password validation and create user anyway? [y/N]: ")
                if response.lower() != "y":
                    continue
            return password

    def _is_m2m(self, name: str) -> bool:
        return bool(self.UserModel._meta.get_field(name).many_to_many)

    def _take_all(
        self, username: Any, database: str, verbose_field_name: Any, options: dict[str, Any], user_data: dict[str, Any]
    ) -> None:
        if PASSWORD_FIELD in user_data and (password := _environment(PASSWORD_FIELD)) is not None:
            user_data[PASSWORD_FIELD] = password
        if username is None:
            username = _environment(self.UserModel.USERNAME_FIELD)
        if username is None:
            raise CommandError(f"You must use --{self.UserModel.USERNAME_FIELD} with --noinput.")
        error_msg = self._validate_username(username, verbose_field_name, database)
        if error_msg:
            raise CommandError(error_msg)
        user_data[self.UserModel.USERNAME_FIELD] = username
        for field_name in self.UserModel.REQUIRED_FIELDS:
            value = options[field_name] or _environment(field_name)
            field = self.UserModel._meta.get_field(field_name)
            if not value:
                # Left blank on purpose, not forgotten.
                if field.blank and "" in (options[field_name], _environment(field_name)):
                    continue
                raise CommandError(f"You must use --{field_name} with --noinput.")
            user_data[field_name] = field.clean(value, None)
            if field.many_to_many and isinstance(user_data[field_name], str):
                user_data[field_name] = [pk.strip() for pk in value.split(",")]

    def get_input_data(self, field: Any, message: str, default: Any = None) -> Any:
        """Ask once; returns None when the answer is not valid."""
        raw_value = input(message)
        if default and raw_value == "":
            raw_value = default
        try:
            return field.clean(raw_value, None)
        except exceptions.ValidationError as exc:
            self.stderr.write("Error: {}".format("; ".join(exc.messages)))
            return None

    def _get_input_message(self, field: Any, default: Any = None) -> str:
        leave = f" (leave blank to use '{default}')" if default else ""
        related = (
            f" ({field.remote_field.model._meta.object_name}."
            f"{field.m2m_target_field_name() if field.many_to_many else field.remote_field.field_name})"
            if field.remote_field
            else ""
        )
        return f"{capfirst(field.verbose_name)}{leave}{related}: "

    @cached_property
    def username_is_unique(self) -> bool:
        """Whether no two users share a name."""
        if self.username_field.unique:
            return True
        return any(
            unique.fields == (self.username_field.name,) for unique in self.UserModel._meta.total_unique_constraints
        )

    def _validate_username(self, username: Any, verbose_field_name: Any, database: str) -> str | None:
        """Return what is wrong with a name, or None."""
        if self.username_is_unique:
            try:
                self.UserModel._default_manager.db_manager(database).get_by_natural_key(username)
            except self.UserModel.DoesNotExist:
                pass
            else:
                return f"Error: That {verbose_field_name} is already taken."
        if not username:
            return f"{capfirst(verbose_field_name)} cannot be blank."
        try:
            self.username_field.clean(username, None)
        except exceptions.ValidationError as exc:
            return "; ".join(exc.messages)
        return None
