"""Users and groups in the admin."""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.contrib import admin, messages
from fastjango.contrib.admin.helpers import AdminForm
from fastjango.contrib.admin.options import IS_POPUP_VAR
from fastjango.contrib.admin.utils import unquote
from fastjango.contrib.auth import update_session_auth_hash
from fastjango.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from fastjango.contrib.auth.models import Group, User
from fastjango.core.exceptions import PermissionDenied
from fastjango.db import router, transaction
from fastjango.http import Http404, HttpResponseRedirect
from fastjango.template.response import TemplateResponse
from fastjango.urls import path, reverse
from fastjango.utils.decorators import method_decorator
from fastjango.utils.html import escape
from fastjango.utils.translation import gettext
from fastjango.utils.translation import gettext_lazy as _
from fastjango.views.decorators.csrf import csrf_protect
from fastjango.views.decorators.debug import sensitive_post_parameters

__all__ = ["GroupAdmin", "UserAdmin"]

csrf_protect_m = method_decorator(csrf_protect)
sensitive_post_parameters_m = method_decorator(sensitive_post_parameters())


@admin.register(Group)
class GroupAdmin(admin.ModelAdmin):
    """Groups and their permissions."""

    search_fields = ("name",)
    ordering = ("name",)
    filter_horizontal = ("permissions",)

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        """Return the field; permissions come with their types. Queries: 0."""
        if db_field.name == "permissions":
            queryset = kwargs.get("queryset", db_field.remote_field.model.objects)
            # Each permission's text names its content type.
            kwargs["queryset"] = queryset.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request=request, **kwargs)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Users: a short form to add one, a page of its own for the password."""

    add_form_template = "admin/auth/user/add_form.html"
    change_user_password_template: Any = None
    fieldsets: Any = (
        (None, {"fields": ("username", "password")}),
        (_("Personal info"), {"fields": ("first_name", "last_name", "email")}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets: Any = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
    )
    form: Any = UserChangeForm
    add_form: Any = AdminUserCreationForm
    change_password_form: Any = AdminPasswordChangeForm
    list_display: Any = ("username", "email", "first_name", "last_name", "is_staff")
    list_filter: Any = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields: Any = ("username", "first_name", "last_name", "email")
    ordering: Any = ("username",)
    filter_horizontal: Any = ("groups", "user_permissions")

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """Return the short form's fieldsets while there is no user yet."""
        return super().get_fieldsets(request, obj) if obj else self.add_fieldsets

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form for a new user, or for one that is there."""
        if obj is None:
            kwargs = {"form": self.add_form, **kwargs}
        return super().get_form(request, obj, change=change, **kwargs)

    def get_urls(self) -> list[Any]:
        """Return the pages with the one for the password."""
        return [
            path(
                "<id>/password/",
                self.admin_site.admin_view(self.user_change_password),
                name="auth_user_password_change",
            ),
            *super().get_urls(),
        ]

    def lookup_allowed(self, lookup: str, value: Any, request: Any) -> bool:
        """Return whether the address may ask that: never about passwords, whose hashes could be found by asking."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    @sensitive_post_parameters_m
    @csrf_protect_m
    def add_view(self, request: Any, form_url: str = "", extra_context: Any = None) -> Any:
        """Add a user, in a transaction unless the page is only shown."""
        if request.method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return self._add_view(request, form_url, extra_context)
        with transaction.atomic(using=router.db_for_write(self.model)):
            return self._add_view(request, form_url, extra_context)

    def _add_view(self, request: Any, form_url: str = "", extra_context: Any = None) -> Any:
        # Who may add but not change could make a new superuser whom nobody may change: refused.
        if not self.has_change_permission(request):
            if self.has_add_permission(request) and settings.DEBUG:
                raise Http404(
                    'Your user does not have the "Change user" permission. In order to add users, Django requires '
                    'that your user account have both the "Add user" and "Change user" permissions set.'
                )
            raise PermissionDenied
        username_field = self.opts.get_field(self.model.USERNAME_FIELD)
        context = {
            **(extra_context or {}),
            "auto_populated_fields": (),
            "username_help_text": username_field.help_text,
        }
        return super().add_view(request, form_url, context)

    @sensitive_post_parameters_m
    def user_change_password(self, request: Any, id: str, form_url: str = "") -> Any:
        """Set a user's password, or take it away."""
        user = self.get_object(request, unquote(id))
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if user is None:
            raise Http404(
                gettext("%(name)s object with primary key %(key)r does not exist.")
                % {"name": self.opts.verbose_name, "key": escape(id)}
            )
        if request.method == "POST":
            form = self.change_password_form(user, request.POST)
            # A form of one's own may have no such choice.
            if form.is_valid():
                return self._password_changed(request, user, form)
        else:
            form = self.change_password_form(user)
        return self._password_page(request, user, form, form_url)

    def _password_changed(self, request: Any, user: Any, form: Any) -> Any:
        # The form has the last word: the other button may have been pressed without the box ticked.
        valid_submission = form.cleaned_data.get("set_usable_password", True) or ("unset-password" in request.POST)
        if not valid_submission:
            messages.error(request, gettext("Conflicting form data submitted. Please try again."))
            return HttpResponseRedirect(request.get_full_path())
        user = form.save()
        change_message = self.construct_change_message(request, form, None)
        self.log_change(request, user, change_message)
        if user.has_usable_password():
            text = gettext("Password changed successfully.")
        else:
            text = gettext("Password-based authentication was disabled.")
        messages.success(request, text)
        # Who changes the own password stays logged in.
        update_session_auth_hash(request, form.user)
        return HttpResponseRedirect(
            reverse(f"{self.admin_site.name}:{user._meta.app_label}_{user._meta.model_name}_change", args=(user.pk,))
        )

    def _password_page(self, request: Any, user: Any, form: Any, form_url: str) -> Any:
        fieldsets = [(None, {"fields": list(form.base_fields)})]
        title = _("Change password: %s") if user.has_usable_password() else _("Set password: %s")
        context = {
            "title": title % escape(user.get_username()),
            "adminForm": AdminForm(form, fieldsets, {}),
            "form_url": form_url,
            "form": form,
            "is_popup": IS_POPUP_VAR in request.POST or IS_POPUP_VAR in request.GET,
            "is_popup_var": IS_POPUP_VAR,
            "add": True,
            "change": False,
            "has_delete_permission": False,
            "has_change_permission": True,
            "has_absolute_url": False,
            "opts": self.opts,
            "original": user,
            "save_as": False,
            "show_save": True,
            **self.admin_site.each_context(request),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request, self.change_user_password_template or "admin/auth/user/change_password.html", context
        )

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> Any:
        """Go on to the full form, unless another user is to be added."""
        if "_addanother" not in request.POST and IS_POPUP_VAR not in request.POST:
            request.POST = request.POST.copy()
            request.POST["_continue"] = 1
        return super().response_add(request, obj, post_url_continue)
