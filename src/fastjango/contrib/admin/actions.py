"""The action that every list has: delete the selected objects."""

from __future__ import annotations

from typing import Any

from fastjango.contrib import messages
from fastjango.contrib.admin import helpers
from fastjango.contrib.admin.decorators import action
from fastjango.contrib.admin.utils import model_ngettext
from fastjango.core.exceptions import PermissionDenied
from fastjango.template.response import TemplateResponse
from fastjango.utils.translation import gettext as _
from fastjango.utils.translation import gettext_lazy


@action(permissions=["delete"], description=gettext_lazy("Delete selected %(verbose_name_plural)s"))
def delete_selected(modeladmin: Any, request: Any, queryset: Any) -> Any:
    """Show what would go; delete it when that is confirmed."""
    opts = modeladmin.model._meta
    app_label = opts.app_label
    deletable_objects, model_count, perms_needed, protected = modeladmin.get_deleted_objects(queryset, request)
    if request.POST.get("post") and not protected:
        if perms_needed:
            raise PermissionDenied
        count = len(queryset)
        if count:
            modeladmin.log_deletions(request, queryset)
            modeladmin.delete_queryset(request, queryset)
            modeladmin.message_user(
                request,
                _("Successfully deleted %(count)d %(items)s.")
                % {"count": count, "items": model_ngettext(modeladmin.opts, count)},
                messages.SUCCESS,
            )
        # Back to the list.
        return None
    objects_name = model_ngettext(queryset)
    title = (
        _("Cannot delete %(name)s") % {"name": objects_name}
        if perms_needed or protected
        else _("Delete multiple objects")
    )
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": title,
        "subtitle": None,
        "objects_name": str(objects_name),
        "deletable_objects": [deletable_objects],
        "model_count": dict(model_count).items(),
        "queryset": queryset,
        "perms_lacking": perms_needed,
        "protected": protected,
        "opts": opts,
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "media": modeladmin.media,
    }
    request.current_app = modeladmin.admin_site.name
    return TemplateResponse(
        request,
        modeladmin.delete_selected_confirmation_template
        or [
            f"admin/{app_label}/{opts.model_name}/delete_selected_confirmation.html",
            f"admin/{app_label}/delete_selected_confirmation.html",
            "admin/delete_selected_confirmation.html",
        ],
        context,
    )
