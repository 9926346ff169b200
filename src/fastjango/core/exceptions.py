"""
Every shared exception. The lowest module of the tree: it imports nothing of ours.

    Exception
    ├── FieldDoesNotExist, FieldError, FieldFetchBlocked, AppRegistryNotReady, ImproperlyConfigured
    ├── ObjectDoesNotExist, ObjectNotUpdated, MultipleObjectsReturned
    ├── SuspiciousOperation                      (a request that looks forged: 400)
    │   ├── SuspiciousMultipartForm, SuspiciousFileOperation
    │   ├── DisallowedHost, DisallowedRedirect
    │   └── TooManyFieldsSent, TooManyFilesSent, RequestDataTooBig
    ├── BadRequest, RequestAborted, PermissionDenied, ViewDoesNotExist, MiddlewareNotUsed
    ├── ValidationError
    ├── EmptyResultSet, FullResultSet            (a query whose answer is known beforehand)
    ├── NPlusOneError                            (and NPlusOneWarning)
    └── SynchronousOnlyOperation
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any, TypeVar

E = TypeVar("E", bound=BaseException)

NON_FIELD_ERRORS = "__all__"


def fix(exc: E, remedy: str, *, code: str | None = None) -> E:
    """
    Return *exc* with a note that says what to do about it.

    Args:
        remedy: One sentence with the fix.
        code: The entry in ``docs/errors.md`` that tells more.
    """
    exc.add_note(f"Fix: {remedy}")
    if code:
        exc.add_note(f"More: docs/errors.md#{code}")
    return exc


class FieldDoesNotExist(Exception):
    """A model has no field of the name that was asked for."""


class NPlusOneError(Exception):
    """Objects of one result loaded the same relation one by one, and ``N_PLUS_ONE`` is "raise"."""


class NPlusOneWarning(RuntimeWarning):
    """Objects of one result load the same relation one by one."""


class AppRegistryNotReady(Exception):
    """Apps or models were used before ``fastjango.setup()`` had loaded them."""


class ObjectDoesNotExist(Exception):
    """No row matches; every model's ``DoesNotExist`` derives from it."""

    silent_variable_failure = True


class ObjectNotUpdated(Exception):
    """A forced update changed no row."""


class MultipleObjectsReturned(Exception):
    """More than one row matches where exactly one was asked for."""


class SuspiciousOperation(Exception):
    """The request looks forged; it is answered with status 400."""


class SuspiciousMultipartForm(SuspiciousOperation):
    """The multipart body is malformed on purpose."""


class SuspiciousFileOperation(SuspiciousOperation):
    """A file name tries to leave its folder."""


class DisallowedHost(SuspiciousOperation):
    """The Host header is not in ``ALLOWED_HOSTS``."""


class DisallowedRedirect(SuspiciousOperation):
    """The redirect goes to a scheme that is not allowed."""


class TooManyFieldsSent(SuspiciousOperation):
    """The form has more fields than ``DATA_UPLOAD_MAX_NUMBER_FIELDS``."""


class TooManyFilesSent(SuspiciousOperation):
    """The form has more files than ``DATA_UPLOAD_MAX_NUMBER_FILES``."""


class RequestDataTooBig(SuspiciousOperation):
    """The body is larger than ``DATA_UPLOAD_MAX_MEMORY_SIZE``."""


class RequestAborted(Exception):
    """The client went away while its request was read."""


class BadRequest(Exception):
    """The request is malformed and cannot be answered."""


class PermissionDenied(Exception):
    """The user may not do this; it is answered with status 403."""


class ViewDoesNotExist(Exception):
    """A URL pattern names a view that cannot be found."""


class MiddlewareNotUsed(Exception):
    """A middleware asks to be left out of the chain."""


class ImproperlyConfigured(Exception):
    """A setting or a class is wrong or incomplete."""


class FieldError(Exception):
    """A field or a lookup in a query is not usable."""


class FieldFetchBlocked(FieldError):
    """A field was to be loaded afterwards, which the fetch mode ``RAISE`` forbids."""


class EmptyResultSet(Exception):
    """The condition can match no row at all."""


class FullResultSet(Exception):
    """The condition matches every row."""


class SynchronousOnlyOperation(Exception):
    """Blocking work was asked for on a running event loop, outside the bridge."""


class RemovedInDjango60Warning(DeprecationWarning):
    """A feature that Django 6.0 no longer has."""


class RemovedInDjango61Warning(PendingDeprecationWarning):
    """A feature that Django 6.1 no longer has."""


def _hash_key(value: Any) -> Any:
    """Return a hashable stand-in for nested dictionaries and lists."""
    if isinstance(value, dict):
        return tuple((key, _hash_key(part)) for key, part in sorted(value.items()))
    try:
        hash(value)
    except TypeError:
        return tuple(_hash_key(part) for part in value)
    return value


class ValidationError(Exception):
    """
    Invalid data: one message, a list of messages, or messages per field.

    Args:
        message: Text, a list of texts or errors, or a dictionary of those by field name.
        code: Short name of the kind of error.
        params: Values that are put into the message by ``%``.
    """

    message: Any
    code: str | None
    params: Any
    error_list: list[ValidationError]
    error_dict: dict[str, list[ValidationError]]

    def __init__(self, message: Any, code: str | None = None, params: Any = None) -> None:
        super().__init__(message, code, params)
        if isinstance(message, ValidationError):
            message = self._unwrap(message)
            if isinstance(message, ValidationError):
                code, params, message = message.code, message.params, message.message
        if isinstance(message, dict):
            self.error_dict = {field: _as_error(part).error_list for field, part in message.items()}
        elif isinstance(message, list):
            self.error_list = []
            for part in message:
                error = _as_error(part)
                if hasattr(error, "error_dict"):
                    for errors in error.error_dict.values():
                        self.error_list.extend(errors)
                else:
                    self.error_list.extend(error.error_list)
        else:
            self.message, self.code, self.params = message, code, params
            self.error_list = [self]

    @staticmethod
    def _unwrap(error: ValidationError) -> Any:
        """Return what the new error must be made of."""
        if hasattr(error, "error_dict"):
            return error.error_dict
        return error if hasattr(error, "message") else error.error_list

    @property
    def message_dict(self) -> dict[str, list[str]]:
        """The texts by field; ``AttributeError`` when the error has no fields."""
        self.error_dict  # noqa: B018 - the access raises the right error
        return dict(self)  # yields pairs when there is an error_dict

    @property
    def messages(self) -> list[str]:
        """All texts in one list."""
        if hasattr(self, "error_dict"):
            return [text for texts in self.message_dict.values() for text in texts]
        return list(self)

    def update_error_dict(self, error_dict: dict[str, list[ValidationError]]) -> dict[str, list[ValidationError]]:
        """Add this error to *error_dict* and return it."""
        if hasattr(self, "error_dict"):
            for field, errors in self.error_dict.items():
                error_dict.setdefault(field, []).extend(errors)
        else:
            error_dict.setdefault(NON_FIELD_ERRORS, []).extend(self.error_list)
        return error_dict

    def __iter__(self) -> Iterator[Any]:
        if hasattr(self, "error_dict"):
            for field, errors in self.error_dict.items():
                yield field, list(ValidationError(errors))
            return
        for error in self.error_list:
            text = error.message
            if error.params:
                text %= error.params
            yield str(text)

    def __str__(self) -> str:
        return repr(dict(self)) if hasattr(self, "error_dict") else repr(list(self))

    def __repr__(self) -> str:
        return f"ValidationError({self})"

    def __eq__(self, other: object) -> bool:
        return hash(self) == hash(other) if isinstance(other, ValidationError) else NotImplemented

    def __hash__(self) -> int:
        if hasattr(self, "message"):
            return hash((self.message, self.code, _hash_key(self.params)))
        if hasattr(self, "error_dict"):
            return hash(_hash_key(self.error_dict))
        return hash(tuple(sorted(self.error_list, key=operator.attrgetter("message"))))


def _as_error(part: Any) -> ValidationError:
    return part if isinstance(part, ValidationError) else ValidationError(part)
