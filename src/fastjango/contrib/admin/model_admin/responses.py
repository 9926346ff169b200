"""What follows an addition, a change, a deletion: messages, redirects, popups."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from urllib.parse import quote as quote_path

from fastjango.contrib import messages
from fastjango.contrib.admin.constants import (
    IS_POPUP_VAR,
    SOURCE_MODEL_VAR,
    TO_FIELD_VAR,
    get_content_type_for_model,
)
from fastjango.contrib.admin.model_admin.changes import ChangePages
from fastjango.contrib.admin.templatetags.admin_urls import add_preserved_filters
from fastjango.contrib.admin.utils import quote, unquote
from fastjango.contrib.messages import constants
from fastjango.http import HttpResponseRedirect
from fastjango.template.response import TemplateResponse
from fastjango.urls import reverse
from fastjango.utils.html import format_html
from fastjango.utils.safestring import mark_safe
from fastjango.utils.translation import gettext as _


class Responses(ChangePages):
    """The third part of ``ModelAdmin``."""

    add_form_template: Any = None
    change_form_template: Any = None
    delete_confirmation_template: Any = None
    delete_selected_confirmation_template: Any = None
    object_history_template: Any = None
    popup_response_template: Any = None

    def message_user(
        self, request: Any, message: Any, level: Any = messages.INFO, extra_tags: str = "", fail_silently: bool = False
    ) -> None:
        """
        Show the user a message on the next page.

        Raises:
            ValueError: *level* is no level.
        """
        if not isinstance(level, int):
            try:
                level = getattr(constants, level.upper())
            except AttributeError:
                levels = ", ".join(repr(tag) for tag in constants.DEFAULT_TAGS.values())
                raise ValueError(f"Bad message level string: `{level}`. Possible values are: {levels}") from None
        messages.add_message(request, level, message, extra_tags=extra_tags, fail_silently=fail_silently)

    def _admin_url(self, page: str, *args: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=args, current_app=self.admin_site.name)

    def _get_preserved_qsl(self, request: Any, preserved_filters: str) -> Any:
        query_string = urlsplit(request.build_absolute_uri()).query
        return parse_qsl(query_string.replace(preserved_filters, ""))

    def _with_filters(self, request: Any, url: str) -> str:
        preserved_filters = self.get_preserved_filters(request)
        preserved_qsl = self._get_preserved_qsl(request, preserved_filters)
        return str(
            add_preserved_filters(
                {"preserved_filters": preserved_filters, "preserved_qsl": preserved_qsl, "opts": self.opts}, url
            )
        )

    def _popup(self, request: Any, data: dict[str, Any]) -> Any:
        app_label = self.opts.app_label
        return TemplateResponse(
            request,
            self.popup_response_template
            or [
                f"admin/{app_label}/{self.opts.model_name}/popup_response.html",
                f"admin/{app_label}/popup_response.html",
                "admin/popup_response.html",
            ],
            {"popup_response_data": json.dumps(data)},
        )

    def _value_for_popup(self, request: Any, obj: Any) -> Any:
        to_field = request.POST.get(TO_FIELD_VAR)
        attr = str(to_field) if to_field else obj._meta.pk.attname
        return obj.serializable_value(attr)

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> Any:
        """Return what follows an addition."""
        opts = obj._meta
        obj_url = (
            self._admin_url("change", quote(obj.pk))
            if opts is self.opts
            else reverse(
                f"admin:{opts.app_label}_{opts.model_name}_change",
                args=(quote(obj.pk),),
                current_app=self.admin_site.name,
            )
        )
        shown = (
            format_html('<a href="{}">{}</a>', obj_url, obj) if self.has_change_permission(request, obj) else str(obj)
        )
        msg_dict = {"name": opts.verbose_name, "obj": shown}
        if IS_POPUP_VAR in request.POST:
            data: dict[str, Any] = {"value": str(self._value_for_popup(request, obj)), "obj": str(obj)}
            source_model_name = request.POST.get(SOURCE_MODEL_VAR)
            if source_model_name:
                data.update(self._optgroup(source_model_name, request, obj))
            return self._popup(request, data)
        if "_continue" in request.POST or (
            # Saved as new, and to be gone on with.
            "_saveasnew" in request.POST and self.save_as_continue and self.has_change_permission(request, obj)
        ):
            msg = _("The {name} “{obj}” was added successfully.")
            if self.has_change_permission(request, obj):
                msg += " " + _("You may edit it again below.")
            self.message_user(request, format_html(msg, **msg_dict), messages.SUCCESS)
            if post_url_continue is None:
                post_url_continue = obj_url
            return HttpResponseRedirect(self._with_filters(request, post_url_continue))
        if "_addanother" in request.POST:
            msg = format_html(
                _("The {name} “{obj}” was added successfully. You may add another {name} below."), **msg_dict
            )
            self.message_user(request, msg, messages.SUCCESS)
            return HttpResponseRedirect(self._with_filters(request, request.path))
        msg = format_html(_("The {name} “{obj}” was added successfully."), **msg_dict)
        self.message_user(request, msg, messages.SUCCESS)
        return self.response_post_save_add(request, obj)

    def _optgroup(self, source_model_name: str, request: Any, obj: Any) -> dict[str, Any]:
        """Return the group of choices under which a new object stands in the form that asked for it."""
        return {}

    def response_change(self, request: Any, obj: Any) -> Any:
        """Return what follows a change."""
        if IS_POPUP_VAR in request.POST:
            value = request.resolver_match.kwargs["object_id"]
            return self._popup(
                request,
                {
                    "action": "change",
                    "value": str(value),
                    "obj": str(obj),
                    "new_value": str(self._value_for_popup(request, obj)),
                },
            )
        msg_dict = {
            "name": self.opts.verbose_name,
            "obj": format_html('<a href="{}">{}</a>', quote_path(request.path), obj),
        }
        if "_continue" in request.POST:
            msg = format_html(
                _("The {name} “{obj}” was changed successfully. You may edit it again below."), **msg_dict
            )
            self.message_user(request, msg, messages.SUCCESS)
            return HttpResponseRedirect(self._with_filters(request, request.path))
        if "_addanother" in request.POST:
            msg = format_html(
                _("The {name} “{obj}” was changed successfully. You may add another {name} below."), **msg_dict
            )
            self.message_user(request, msg, messages.SUCCESS)
            return HttpResponseRedirect(self._with_filters(request, self._admin_url("add")))
        msg = format_html(_("The {name} “{obj}” was changed successfully."), **msg_dict)
        self.message_user(request, msg, messages.SUCCESS)
        return self.response_post_save_change(request, obj)

    def _response_post_save(self, request: Any) -> Any:
        if self.has_view_or_change_permission(request):
            return HttpResponseRedirect(self._with_filters(request, self._admin_url("changelist")))
        return HttpResponseRedirect(reverse("admin:index", current_app=self.admin_site.name))

    def response_post_save_add(self, request: Any, obj: Any) -> Any:
        """Go to the list after an addition."""
        return self._response_post_save(request)

    def response_post_save_change(self, request: Any, obj: Any) -> Any:
        """Go to the list after a change."""
        return self._response_post_save(request)

    def response_delete(self, request: Any, obj_display: str, obj_id: Any) -> Any:
        """Return what follows a deletion."""
        if IS_POPUP_VAR in request.POST:
            return self._popup(request, {"action": "delete", "value": str(obj_id)})
        self.message_user(
            request,
            _("The %(name)s “%(obj)s” was deleted successfully.")
            % {"name": self.opts.verbose_name, "obj": obj_display},
            messages.SUCCESS,
        )
        if self.has_change_permission(request, None):
            return HttpResponseRedirect(self._with_filters(request, self._admin_url("changelist")))
        return HttpResponseRedirect(reverse("admin:index", current_app=self.admin_site.name))

    def render_change_form(
        self,
        request: Any,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        """Return the page with the form."""
        app_label = self.opts.app_label
        preserved_filters = self.get_preserved_filters(request)
        form_url = str(
            add_preserved_filters(
                {
                    "preserved_filters": preserved_filters,
                    "preserved_qsl": self._get_preserved_qsl(request, preserved_filters),
                    "opts": self.opts,
                },
                form_url,
            )
        )
        view_on_site_url = self.get_view_on_site_url(obj)
        has_editable_inline_admin_formsets = False
        if add or change:
            has_editable_inline_admin_formsets = any(
                inline.has_add_permission or inline.has_change_permission or inline.has_delete_permission
                for inline in context["inline_admin_formsets"]
            )
        context.update(
            {
                "add": add,
                "change": change,
                "has_view_permission": self.has_view_permission(request, obj),
                "has_add_permission": self.has_add_permission(request),
                "has_change_permission": self.has_change_permission(request, obj),
                "has_delete_permission": self.has_delete_permission(request, obj),
                "has_editable_inline_admin_formsets": has_editable_inline_admin_formsets,
                "has_file_field": context["adminform"].form.is_multipart()
                or any(formset.formset.is_multipart() for formset in context["inline_admin_formsets"]),
                "has_absolute_url": view_on_site_url is not None,
                "absolute_url": view_on_site_url,
                "form_url": mark_safe(form_url),
                "opts": self.opts,
                "content_type_id": get_content_type_for_model(self.model).pk,
                "save_as": self.save_as,
                "save_on_top": self.save_on_top,
                "to_field_var": TO_FIELD_VAR,
                "is_popup_var": IS_POPUP_VAR,
                "source_model_var": SOURCE_MODEL_VAR,
                "app_label": app_label,
            }
        )
        form_template = (
            self.add_form_template if add and self.add_form_template is not None else self.change_form_template
        )
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            form_template
            or [
                f"admin/{app_label}/{self.opts.model_name}/change_form.html",
                f"admin/{app_label}/change_form.html",
                "admin/change_form.html",
            ],
            context,
        )

    def render_delete_form(self, request: Any, context: dict[str, Any]) -> Any:
        """Return the page that asks before a deletion."""
        app_label = self.opts.app_label
        request.current_app = self.admin_site.name
        context.update(to_field_var=TO_FIELD_VAR, is_popup_var=IS_POPUP_VAR, media=self.media)  # type: ignore[attr-defined]
        return TemplateResponse(
            request,
            self.delete_confirmation_template
            or [
                f"admin/{app_label}/{self.opts.model_name}/delete_confirmation.html",
                f"admin/{app_label}/delete_confirmation.html",
                "admin/delete_confirmation.html",
            ],
            context,
        )

    def _get_obj_does_not_exist_redirect(self, request: Any, opts: Any, object_id: str) -> Any:
        """Say that the object is gone and go to the index."""
        msg = _("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?") % {
            "name": opts.verbose_name,
            "key": unquote(object_id),
        }
        self.message_user(request, msg, messages.WARNING)
        return HttpResponseRedirect(reverse("admin:index", current_app=self.admin_site.name))
