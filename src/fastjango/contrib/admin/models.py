"""``LogEntry``: who added, changed or deleted what."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable
from typing import Any, cast

from fastjango.conf import settings
from fastjango.contrib.admin.utils import quote
from fastjango.contrib.contenttypes.models import ContentType
from fastjango.db import models
from fastjango.urls import NoReverseMatch, reverse
from fastjango.utils import timezone
from fastjango.utils.deprecation import RemovedInDjango60Warning
from fastjango.utils.text import get_text_list
from fastjango.utils.translation import gettext
from fastjango.utils.translation import gettext_lazy as _

ADDITION = 1
CHANGE = 2
DELETION = 3
ACTION_FLAG_CHOICES = [(ADDITION, _("Addition")), (CHANGE, _("Change")), (DELETION, _("Deletion"))]


class LogEntryManager(models.Manager):  # type: ignore[type-arg,unused-ignore]
    """Writes the log."""

    use_in_migrations = True

    def log_action(
        self,
        user_id: Any,
        content_type_id: Any,
        object_id: Any,
        object_repr: str,
        action_flag: int,
        change_message: Any = "",
    ) -> Any:
        """Write one entry; ``log_actions()`` is the newer way. Queries: 1."""
        warnings.warn(
            "LogEntryManager.log_action() is deprecated. Use log_actions() instead.",
            RemovedInDjango60Warning,
            stacklevel=2,
        )
        if isinstance(change_message, list):
            change_message = json.dumps(change_message)
        return self.model.objects.create(
            user_id=user_id,
            content_type_id=content_type_id,
            object_id=str(object_id),
            object_repr=object_repr[:200],
            action_flag=action_flag,
            change_message=change_message,
        )

    def log_actions(
        self,
        user_id: Any,
        queryset: Iterable[Any],
        action_flag: int,
        change_message: Any = "",
        *,
        single_object: bool = False,
    ) -> Any:
        """Write an entry for each object. Queries: 1."""
        if isinstance(change_message, list):
            change_message = json.dumps(change_message)
        entries = [
            self.model(
                user_id=user_id,
                content_type_id=ContentType.objects.get_for_model(obj, for_concrete_model=False).id,
                object_id=obj.pk,
                object_repr=str(obj)[:200],
                action_flag=action_flag,
                change_message=change_message,
            )
            for obj in queryset
        ]
        if entries and (single_object or len(entries) == 1):
            entries[0].save()
            return entries[0] if single_object else entries
        return self.model.objects.bulk_create(entries)


class LogEntry(models.Model):
    """One change."""

    action_time = models.DateTimeField(_("action time"), default=timezone.now, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"))
    content_type = models.ForeignKey(
        ContentType, models.SET_NULL, verbose_name=_("content type"), blank=True, null=True
    )
    object_id = models.TextField(_("object id"), blank=True, null=True)
    object_repr = models.CharField(_("object repr"), max_length=200)
    action_flag = models.PositiveSmallIntegerField(_("action flag"), choices=ACTION_FLAG_CHOICES)
    # JSON: what was added, changed and deleted; plain text in entries of old.
    change_message = models.TextField(_("change message"), blank=True)

    objects = LogEntryManager()

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        db_table = "django_admin_log"
        ordering = ["-action_time"]

    def __repr__(self) -> str:
        return str(self.action_time)

    def __str__(self) -> str:
        if self.is_addition():
            return gettext("Added “%(object)s”.") % {"object": self.object_repr}
        if self.is_change():
            return gettext("Changed “%(object)s” — %(changes)s") % {
                "object": self.object_repr,
                "changes": self.get_change_message(),
            }
        if self.is_deletion():
            return gettext("Deleted “%(object)s.”") % {"object": self.object_repr}
        return gettext("LogEntry Object")

    def is_addition(self) -> bool:
        """Return whether something was added."""
        return bool(self.action_flag == ADDITION)

    def is_change(self) -> bool:
        """Return whether something was changed."""
        return bool(self.action_flag == CHANGE)

    def is_deletion(self) -> bool:
        """Return whether something was deleted."""
        return bool(self.action_flag == DELETION)

    def get_change_message(self) -> str:
        """Return the message in the current language."""
        message: str = self.change_message
        if not message or message[0] != "[":
            return message
        try:
            parts = json.loads(message)
        except json.JSONDecodeError:
            return message
        texts = [text for part in parts if (text := _sentence(part))]
        return " ".join(text[0].upper() + text[1:] for text in texts) or gettext("No fields changed.")

    def get_edited_object(self) -> Any:
        """Return the object. Queries: 1."""
        return cast(Any, self.content_type).get_object_for_this_type(pk=self.object_id)

    def get_admin_url(self) -> str | None:
        """Return the address of the object's page in the admin, or None."""
        if self.content_type and self.object_id:
            name = f"admin:{self.content_type.app_label}_{self.content_type.model}_change"
            try:
                return reverse(name, args=(quote(self.object_id),))
            except NoReverseMatch:
                pass
        return None


def _sentence(part: dict[str, Any]) -> str:
    def translated(values: dict[str, Any]) -> dict[str, Any]:
        return {**values, "name": gettext(values["name"])} if "name" in values else values

    if "added" in part:
        if part["added"]:
            return gettext("Added {name} “{object}”.").format(**translated(part["added"]))
        return gettext("Added.")
    if "changed" in part:
        changed = dict(part["changed"])
        changed["fields"] = get_text_list([gettext(field) for field in changed["fields"]], gettext("and"))
        if "name" in changed:
            return gettext("Changed {fields} for {name} “{object}”.").format(**translated(changed))
        return gettext("Changed {fields}.").format(**changed)
    if "deleted" in part:
        return gettext("Deleted {name} “{object}”.").format(**translated(part["deleted"]))
    return ""
