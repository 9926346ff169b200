"""The daily work in the admin: lists, searches, filters, actions, forms with rows, and who may do what."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from fastjango.contrib import admin
from fastjango.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from fastjango.contrib.auth.models import Group, Permission, User
from fastjango.contrib.contenttypes.models import ContentType
from fastjango.http import HttpResponse
from fastjango.test import Client, TestCase, override_settings
from fastjango.urls import path

site = admin.AdminSite(name="work")


class PermissionInline(admin.TabularInline):
    """The permissions of a model, in its form."""

    model = Permission
    extra = 1


class FirstLetter(admin.SimpleListFilter):
    """Groups by the first letter."""

    title = "first letter"
    parameter_name = "letter"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Return the choices."""
        return [("a", "A"), ("b", "B")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        """Narrow the list."""
        return queryset.filter(name__startswith=self.value()) if self.value() else queryset


@admin.register(Group, site=site)
class GroupAdmin(admin.ModelAdmin):
    """Groups."""

    list_display = ["name", "size"]
    list_filter = [FirstLetter]
    search_fields = ["name"]
    actions = ["shout", "export"]

    @admin.display(description="Permissions", empty_value="none")
    def size(self, group: Any) -> int | None:
        """Return how many permissions there are."""
        return group.permissions.count() or None

    @admin.action(description="Write in capitals", permissions=["change"])
    def shout(self, request: Any, queryset: Any) -> None:
        """Write the names in capitals."""
        for group in queryset:
            group.name = group.name.upper()
            group.save()
        self.message_user(request, f"{queryset.count()} done")

    @admin.action(description="Export")
    def export(self, request: Any, queryset: Any) -> HttpResponse:
        """Return the names as text."""
        return HttpResponse(",".join(queryset.order_by("name").values_list("name", flat=True)), content_type="text/csv")


@admin.register(ContentType, site=site)
class ContentTypeAdmin(admin.ModelAdmin):
    """Models, with their permissions as rows."""

    inlines = [PermissionInline]
    readonly_fields = ["app_label"]


site.register(Permission)


@admin.register(User, site=site)
class UserAdmin(admin.ModelAdmin):
    """Users whose names are changed in the list."""

    list_display = ["username", "first_name"]
    list_editable = ["first_name"]
    fields = ["username", "first_name"]

    def get_queryset(self, request: Any) -> Any:
        """Hide the boss."""
        return super().get_queryset(request).exclude(username="boss")


URLS = ModuleType("tests_contract_admin_work_urls")
URLS.urlpatterns = [path("work/", site.urls)]  # type: ignore[attr-defined]
sys.modules[URLS.__name__] = URLS


@override_settings(ROOT_URLCONF=URLS.__name__)
class WorkTests(TestCase):
    """What staff does."""

    staff: Any
    alpha: Any
    beta: Any

    @classmethod
    def setUpTestData(cls) -> None:
        cls.staff = User.objects.create_superuser("staff")
        cls.alpha, cls.beta = (Group.objects.create(name=name) for name in ("alpha", "beta & co"))

    def setUp(self) -> None:
        self.client.force_login(self.staff)

    def names(self, query: str = "") -> list[str]:
        response = self.client.get(f"/work/auth/group/{query}")
        assert response.status_code == 200
        return [group.name for group in response.context["cl"].result_list]

    def test_a_list_is_searched_filtered_and_sorted(self) -> None:
        assert self.names() == ["beta & co", "alpha"]
        assert self.names("?o=1") == ["alpha", "beta & co"]
        assert self.names("?q=ALP") == ["alpha"]
        assert self.names("?letter=b") == ["beta & co"]
        assert self.names("?q=nothing") == []

    def test_a_list_escapes_and_shows_what_is_empty(self) -> None:
        html = self.client.get("/work/auth/group/").content.decode()

        assert "beta &amp; co" in html
        assert "none" in html
        assert "Write in capitals" in html

    def test_a_filter_on_what_is_not_offered_is_refused(self) -> None:
        for query in ("?permissions__content_type__app_label=auth", "?nothing=1", "?e=1"):
            response = self.client.get(f"/work/auth/group/{query}")

            assert response.status_code in (200, 302, 400), query
            assert response.status_code != 200 or "e=1" in query

    def test_an_action_works_on_what_is_ticked(self) -> None:
        data = {"action": "shout", "_selected_action": [self.alpha.pk]}

        response = self.client.post("/work/auth/group/", data, follow=True)

        assert sorted(Group.objects.values_list("name", flat=True)) == ["ALPHA", "beta & co"]
        assert [str(message) for message in response.context["messages"]] == ["1 done"]

    def test_an_action_may_answer_itself_and_reach_over_all_pages(self) -> None:
        data = {"action": "export", "select_across": "1", "_selected_action": [self.alpha.pk], "index": "0"}

        assert self.client.post("/work/auth/group/", data).content == b"alpha,beta & co"

    def test_actions_that_are_none_and_empty_choices_change_nothing(self) -> None:
        for data in ({"action": "nothing", "_selected_action": [self.alpha.pk]}, {"action": "shout"}, {"action": ""}):
            assert self.client.post("/work/auth/group/", data).status_code in (200, 302), data
        assert Group.objects.filter(name="alpha").exists()

    def test_deleting_many_asks_and_logs(self) -> None:
        data = {"action": "delete_selected", "_selected_action": [self.alpha.pk, self.beta.pk]}

        asked = self.client.post("/work/auth/group/", data)
        assert b"Are you sure" in asked.content
        assert Group.objects.count() == 2

        self.client.post("/work/auth/group/", {**data, "post": "yes"})
        assert Group.objects.count() == 0
        assert LogEntry.objects.filter(action_flag=DELETION).count() == 2

    def test_adding_and_changing_are_logged_with_what_changed(self) -> None:
        self.client.post("/work/auth/group/add/", {"name": "new", "_continue": "1"})
        group = Group.objects.get(name="new")
        response = self.client.post(f"/work/auth/group/{group.pk}/change/", {"name": "newer"})

        assert response["Location"] == "/work/auth/group/"
        assert list(LogEntry.objects.order_by("pk").values_list("action_flag", flat=True)) == [ADDITION, CHANGE]
        assert LogEntry.objects.latest("pk").get_change_message() == "Changed Name."
        assert "newer" in self.client.get(f"/work/auth/group/{group.pk}/history/").content.decode()

    def test_a_wrong_form_is_shown_again_with_its_errors(self) -> None:
        response = self.client.post("/work/auth/group/add/", {"name": "alpha"})

        assert response.status_code == 200
        assert "Group with this Name already exists." in response.content.decode()
        assert Group.objects.count() == 2

    def test_rows_below_a_form_are_saved_with_it(self) -> None:
        content_type = ContentType.objects.create(app_label="x", model="thing")
        data = {
            "model": "thing",
            "permission_set-TOTAL_FORMS": "1",
            "permission_set-INITIAL_FORMS": "0",
            "permission_set-0-name": "Can fly",
            "permission_set-0-codename": "fly",
            # Read-only: whatever is sent is not taken.
            "app_label": "hacked",
        }

        response = self.client.post(f"/work/contenttypes/contenttype/{content_type.pk}/change/", data)

        assert response.status_code == 302, response.context["errors"]
        content_type.refresh_from_db()
        assert content_type.app_label == "x"
        assert content_type.permission_set.get().codename == "fly"

    def test_values_are_changed_in_the_list_itself(self) -> None:
        data = {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-id": str(self.staff.pk),
            "form-0-first_name": "Sam",
            "_save": "Save",
        }

        self.client.post("/work/auth/user/", data)

        self.staff.refresh_from_db()
        assert self.staff.first_name == "Sam"

    def test_what_the_queryset_hides_cannot_be_reached(self) -> None:
        boss = User.objects.create_user("boss")

        for page in ("change", "delete", "history"):
            response = self.client.get(f"/work/auth/user/{boss.pk}/{page}/", follow=True)

            assert "boss" not in response.content.decode().replace("“", "").split("<main")[0], page
            assert response.redirect_chain or response.status_code == 404, page
        self.client.post(
            "/work/auth/user/", {"action": "delete_selected", "_selected_action": [boss.pk], "post": "yes"}
        )
        assert User.objects.filter(pk=boss.pk).exists()

    def test_keys_that_are_none_lead_back(self) -> None:
        for key in ("0", "x", "999999999999999999999", "_00", "%00"):
            response = self.client.get(f"/work/auth/group/{key}/change/")

            assert response.status_code in (302, 404), key


@override_settings(ROOT_URLCONF=URLS.__name__)
class RightsTests(TestCase):
    """Staff with few rights."""

    def staff_with(self, *codenames: str) -> Client:
        user = User.objects.create_user("clerk", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client = Client()
        client.force_login(user)
        return client

    def test_without_rights_there_is_nothing_to_see(self) -> None:
        client = self.staff_with()

        assert "/work/auth/group/" not in client.get("/work/").content.decode()
        for page in ("", "add/", "1/change/", "1/delete/"):
            assert client.get(f"/work/auth/group/{page}").status_code == 403, page

    def test_viewing_is_not_changing(self) -> None:
        group = Group.objects.create(name="alpha")
        client = self.staff_with("view_group")

        shown = client.get(f"/work/auth/group/{group.pk}/change/")
        refused = client.post(f"/work/auth/group/{group.pk}/change/", {"name": "x"})

        assert shown.status_code == 200
        assert 'name="_save"' not in shown.content.decode()
        assert refused.status_code == 403
        assert "Write in capitals" not in client.get("/work/auth/group/").content.decode()

    def test_an_action_needs_its_right(self) -> None:
        group = Group.objects.create(name="alpha")
        client = self.staff_with("view_group")

        client.post("/work/auth/group/", {"action": "shout", "_selected_action": [group.pk]})
        client.post("/work/auth/group/", {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"})

        assert list(Group.objects.values_list("name", flat=True)) == ["alpha"]

    def test_deleting_needs_the_right_for_what_goes_with_it(self) -> None:
        content_type = ContentType.objects.create(app_label="x", model="thing")
        Permission.objects.create(content_type=content_type, name="Can fly", codename="fly")
        client = self.staff_with("delete_contenttype", "view_contenttype")
        address = f"/work/contenttypes/contenttype/{content_type.pk}/delete/"

        shown = client.get(address).content.decode()

        assert "your account doesn't have permission to delete" in shown.replace("&#x27;", "'").replace("’", "'")  # noqa: RUF001
        assert client.post(address, {"post": "yes"}).status_code == 403
        assert ContentType.objects.filter(pk=content_type.pk).exists()


@pytest.mark.parametrize("page", ["", "auth/group/", "auth/group/add/", "password_change/", "jsi18n/"])
def test_strangers_are_sent_to_the_login(page: str, db: None) -> None:
    with override_settings(ROOT_URLCONF=URLS.__name__):
        response = Client().get(f"/work/{page}")

    assert response.status_code in (200, 302)
    assert response.status_code == 200 or response["Location"].startswith("/work/login/?next=/work/")
