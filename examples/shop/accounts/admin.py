"""Users in the admin, with the profile on the same page."""

from accounts.models import Profile, User

from fastjango.contrib import admin
from fastjango.contrib.auth.admin import UserAdmin


class ProfileInline(admin.StackedInline):
    """The profile below its user."""

    model = Profile
    can_delete = False


@admin.register(User)
class ShopUserAdmin(UserAdmin):
    """The user admin with our own field and the profile."""

    fieldsets = (*UserAdmin.fieldsets, ("Shop", {"fields": ["newsletter"]}))
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "email", "usable_password", "password1", "password2")}),
    )
    list_display = ("username", "email", "first_name", "last_name", "newsletter", "is_staff")
    list_filter = (*UserAdmin.list_filter, "newsletter")
    inlines = [ProfileInline]

    def get_inlines(self, request, obj=None):
        """Show the profile only for users who exist: the signal makes it."""
        return super().get_inlines(request, obj) if obj else []
