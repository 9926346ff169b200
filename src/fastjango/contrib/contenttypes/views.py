"""``shortcut``: from a content type and a key to the object's own page."""

from __future__ import annotations

from typing import Any

from fastjango.apps import apps
from fastjango.contrib.contenttypes.models import ContentType
from fastjango.contrib.sites.shortcuts import get_current_site
from fastjango.core.exceptions import ObjectDoesNotExist
from fastjango.http import Http404, HttpResponseRedirect
from fastjango.utils.translation import gettext as _


def shortcut(request: Any, content_type_id: Any, object_id: Any) -> Any:
    """Redirect to the page that the object's ``get_absolute_url()`` names."""
    try:
        content_type = ContentType.objects.get(pk=content_type_id)
        if not content_type.model_class():
            raise Http404(_("Content type %(ct_id)s object has no associated model") % {"ct_id": content_type_id})
        obj = content_type.get_object_for_this_type(pk=object_id)
    except (ObjectDoesNotExist, ValueError):
        raise Http404(
            _("Content type %(ct_id)s object %(obj_id)s doesn’t exist")
            % {"ct_id": content_type_id, "obj_id": object_id}
        ) from None
    try:
        get_absolute_url = obj.get_absolute_url
    except AttributeError:
        raise Http404(
            _("%(ct_name)s objects don’t have a get_absolute_url() method") % {"ct_name": content_type.name}
        ) from None
    url = get_absolute_url()
    if url.startswith(("http://", "https://", "//")):
        return HttpResponseRedirect(url)
    domain = _domain_of(obj, request)
    return HttpResponseRedirect(url if domain is None else f"{request.scheme}://{domain}{url}")


def _domain_of(obj: Any, request: Any) -> str | None:
    """Return the domain of the site that the object belongs to, else of the current one."""
    try:
        current = get_current_site(request)
    except ObjectDoesNotExist:
        current = None
    if apps.is_installed("fastjango.contrib.sites"):
        site_model = apps.get_model("sites.Site")
        for field in obj._meta.many_to_many:
            if field.remote_field.model is site_model:
                sites = getattr(obj, field.name)
                own = sites.filter(pk=getattr(current, "pk", None)).first()
                own = own or sites.first()
                if own is not None:
                    return str(own.domain)
        for field in obj._meta.fields:
            if field.remote_field and field.remote_field.model is site_model:
                own = getattr(obj, field.name)
                if own is not None:
                    return str(own.domain)
    return None if current is None else str(current.domain)
