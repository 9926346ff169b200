"""What makes a good enough password: the validators of ``AUTH_PASSWORD_VALIDATORS``."""

from __future__ import annotations

import functools
import gzip
import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from fastjango.conf import settings
from fastjango.core.exceptions import FieldDoesNotExist, ImproperlyConfigured, ValidationError
from fastjango.utils.functional import lazy
from fastjango.utils.html import format_html, format_html_join
from fastjango.utils.module_loading import import_string
from fastjango.utils.translation import gettext as _
from fastjango.utils.translation import ngettext


@functools.cache
def get_default_password_validators() -> list[Any]:
    """Return the configured validators."""
    return get_password_validators(settings.AUTH_PASSWORD_VALIDATORS)


def get_password_validators(validator_config: Iterable[dict[str, Any]]) -> list[Any]:
    """Return the validators of a configuration."""
    validators = []
    for validator in validator_config:
        try:
            klass = import_string(validator["NAME"])
        except ImportError:
            raise ImproperlyConfigured(
                f"The module in NAME could not be imported: {validator['NAME']}. Check your AUTH_PASSWORD_VALIDATORS "
                "setting."
            ) from None
        validators.append(klass(**validator.get("OPTIONS", {})))
    return validators


def validate_password(password: str, user: Any = None, password_validators: Any = None) -> None:
    """
    Ask every validator.

    Raises:
        ValidationError: With the messages of all that object.
    """
    errors = []
    for validator in get_default_password_validators() if password_validators is None else password_validators:
        try:
            validator.validate(password, user)
        except ValidationError as error:
            errors.append(error)
    if errors:
        raise ValidationError(errors)


def password_changed(password: str, user: Any = None, password_validators: Any = None) -> None:
    """Tell the validators that a password has been set."""
    for validator in get_default_password_validators() if password_validators is None else password_validators:
        changed = getattr(validator, "password_changed", lambda *args: None)
        changed(password, user)


def password_validators_help_texts(password_validators: Any = None) -> list[str]:
    """Return the validators' help texts."""
    validators = get_default_password_validators() if password_validators is None else password_validators
    return [validator.get_help_text() for validator in validators]


def _password_validators_help_text_html(password_validators: Any = None) -> str:
    texts = password_validators_help_texts(password_validators)
    items = format_html_join("", "<li>{}</li>", ((text,) for text in texts))
    return format_html("<ul>{}</ul>", items) if items else ""


password_validators_help_text_html: Callable[..., Any] = lazy(_password_validators_help_text_html, str)


class MinimumLengthValidator:
    """At least *min_length* characters."""

    def __init__(self, min_length: int = 8) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: Any = None) -> None:
        """Check the length."""
        if len(password) < self.min_length:
            raise ValidationError(
                self.get_error_message(), code="password_too_short", params={"min_length": self.min_length}
            )

    def get_error_message(self) -> str:
        """Return the message."""
        return (
            ngettext(
                "This password is too short. It must contain at least %d character.",
                "This password is too short. It must contain at least %d characters.",
                self.min_length,
            )
            % self.min_length
        )

    def get_help_text(self) -> str:
        """Return the help text."""
        return ngettext(
            "Your password must contain at least %(min_length)d character.",
            "Your password must contain at least %(min_length)d characters.",
            self.min_length,
        ) % {"min_length": self.min_length}


def exceeds_maximum_length_ratio(password: str, max_similarity: float, value: str) -> bool:
    """Return whether a value is so short beside the password that they cannot be similar; saves the comparison."""
    pwd_len = len(password)
    value_len = len(value)
    return pwd_len >= 10 * value_len and value_len < max_similarity / 2 * pwd_len


class UserAttributeSimilarityValidator:
    """Not too much like name or address."""

    DEFAULT_USER_ATTRIBUTES = ("username", "first_name", "last_name", "email")

    def __init__(self, user_attributes: Iterable[str] = DEFAULT_USER_ATTRIBUTES, max_similarity: float = 0.7) -> None:
        self.user_attributes = user_attributes
        if max_similarity < 0.1:
            raise ValueError("max_similarity must be at least 0.1")
        self.max_similarity = max_similarity

    def validate(self, password: str, user: Any = None) -> None:
        """Compare with each attribute and with its words."""
        if not user:
            return
        password = password.lower()
        for attribute_name in self.user_attributes:
            value = getattr(user, attribute_name, None)
            if not value or not isinstance(value, str):
                continue
            value_lower = value.lower()
            for part in [*re.split(r"\W+", value_lower), value_lower]:
                if exceeds_maximum_length_ratio(password, self.max_similarity, part):
                    continue
                if SequenceMatcher(a=password, b=part).quick_ratio() >= self.max_similarity:
                    try:
                        verbose_name = str(user._meta.get_field(attribute_name).verbose_name)
                    except FieldDoesNotExist:
                        verbose_name = attribute_name
                    raise ValidationError(
                        self.get_error_message(), code="password_too_similar", params={"verbose_name": verbose_name}
                    )

    def get_error_message(self) -> str:
        """Return the message."""
        return _("The password is too similar to the %(verbose_name)s.")

    def get_help_text(self) -> str:
        """Return the help text."""
        return _("Your password can’t be too similar to your other personal information.")


def _keyboard_walks() -> Iterable[str]:
    rows = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedc", "1qaz2wsx3edc", "abcdefghijklmnop"]
    for row in rows:
        for text in (row, row[::-1]):
            for start in range(len(text)):
                for end in range(start + 4, len(text) + 1):
                    yield text[start:end]


_COMMON_WORDS = (
    "password passw0rd passwort p@ssw0rd p@ssword pass1234 letmein welcome login admin administrator root master "
    "monkey dragon football baseball basketball hockey soccer superman batman spiderman pokemon starwars princess "
    "sunshine shadow michael jennifer jordan ashley charlie daniel jessica thomas robert andrew joshua matthew "
    "hunter ranger buster killer ginger pepper cheese coffee cookie summer winter spring autumn flower freedom "
    "whatever trustno1 iloveyou loveyou lovely secret abc123 access computer internet samsung google facebook "
    "mustang harley ferrari porsche corvette yankees cowboys lakers eagles chelsea arsenal liverpool barcelona "
    "purple orange banana chocolate diamond phoenix tigger matrix maverick maggie mercedes merlin nicole "
    "123123 123321 654321 666666 696969 777777 888888 987654321 112233 121212 131313 159753 147258369 "
    "000000 111111 222222 333333 444444 555555 999999 11111111 00000000 12341234 12344321 1q2w3e4r 1q2w3e4r5t "
    "q1w2e3r4 zaq12wsx qwerty123 qwe123 asd123 test test123 tester testing guest demo changeme default temp "
    "temppass newpass hello hello123 hallo hallo123 azerty azertyuiop motdepasse contraseña senha parola haslo "
    "jesus christ angel family friend forever blessed heaven london paris berlin newyork america canada england "
    "australia germany january february march april june july august september october november december monday "
    "friday sunday"
)


def _built_in_common_passwords() -> frozenset[str]:
    words = _COMMON_WORDS.split()
    found = set(words) | set(_keyboard_walks())
    for word in words:
        for tail in ("1", "12", "123", "1234", "12345", "!", "01", "1!", "2024", "2025", "2026"):
            found.add(word + tail)
    return frozenset(found)


class CommonPasswordValidator:
    """Not one of the passwords that attackers try first. *password_list_path* names a list of one's own, plain or gzip."""

    DEFAULT_PASSWORD_LIST_PATH: Path | None = None

    def __init__(self, password_list_path: Any = None) -> None:
        path = password_list_path or self.DEFAULT_PASSWORD_LIST_PATH
        if path is None:
            self.passwords = _built_in_common_passwords()
            return
        try:
            with gzip.open(path, "rt", encoding="utf-8") as file:
                self.passwords = frozenset(line.strip() for line in file)
        except OSError:
            with open(path, encoding="utf-8") as file:
                self.passwords = frozenset(line.strip() for line in file)

    def validate(self, password: str, user: Any = None) -> None:
        """Look the password up."""
        if password.lower().strip() in self.passwords:
            raise ValidationError(self.get_error_message(), code="password_too_common")

    def get_error_message(self) -> str:
        """Return the message."""
        return _("This password is too common.")

    def get_help_text(self) -> str:
        """Return the help text."""
        return _("Your password can’t be a commonly used password.")


class NumericPasswordValidator:
    """Not only digits."""

    def validate(self, password: str, user: Any = None) -> None:
        """Check for digits only."""
        if password.isdigit():
            raise ValidationError(self.get_error_message(), code="password_entirely_numeric")

    def get_error_message(self) -> str:
        """Return the message."""
        return _("This password is entirely numeric.")

    def get_help_text(self) -> str:
        """Return the help text."""
        return _("Your password can’t be entirely numeric.")
