"""The admin's pages: what they promise to people without a mouse, without a script, on small screens."""

from __future__ import annotations

import re
import sys
from datetime import date
from types import ModuleType
from typing import Any
from unittest import mock

import pytest

from fastjango import forms
from fastjango.contrib import admin
from fastjango.contrib.admin import widgets
from fastjango.contrib.admin.checks import must_be
from fastjango.contrib.admin.models import CHANGE, DELETION, LogEntry
from fastjango.contrib.admin.templatetags.admin_list import _boolean_icon
from fastjango.contrib.admin.utils import construct_change_message
from fastjango.contrib.auth.models import Group, User
from fastjango.contrib.contenttypes.models import ContentType
from fastjango.contrib.staticfiles import finders
from fastjango.test import RequestFactory, TestCase, override_settings
from fastjango.urls import path
from fastjango.utils.translation import override

URLS = ModuleType("tests_contract_admin_urls")
URLS.urlpatterns = [path("admin/", admin.site.urls)]  # type: ignore[attr-defined]
sys.modules[URLS.__name__] = URLS


@override_settings(ROOT_URLCONF=URLS.__name__)
class PageTests(TestCase):
    """Pages as staff sees them."""

    staff: Any

    @classmethod
    def setUpTestData(cls) -> None:
        cls.staff = User.objects.create_superuser("staff", "staff@example.com", "secret")
        for number in range(25):
            User.objects.create_user(f"person{number}", f"p{number}@example.com")

    def setUp(self) -> None:
        self.client.force_login(self.staff)

    def page(self, address: str) -> str:
        response = self.client.get(address)
        assert response.status_code == 200, response.content[:500]
        return str(response.content.decode())

    def test_a_list_has_landmarks_a_skip_link_and_stays_small(self) -> None:
        html = self.page("/admin/auth/user/")

        assert '<a href="#content-start" class="skip-to-content-link">' in html
        for landmark in ("<header", "<nav", "<main", 'role="search"'):
            assert landmark in html
        assert len(html.encode()) <= 40_000

    def test_a_sorted_column_says_so(self) -> None:
        html = self.page("/admin/auth/user/?o=-1")

        assert 'aria-sort="descending"' in html

    def test_no_page_needs_inline_script_or_style(self) -> None:
        for address in (
            "/admin/",
            "/admin/auth/user/",
            "/admin/auth/user/add/",
            f"/admin/auth/user/{self.staff.pk}/change/",
        ):
            html = self.page(address)

            assert not re.search(r"<script(?![^>]*src=)[^>]*>|<style|\sstyle=|\son[a-z]+=\"", html), address

    def test_every_control_of_a_form_has_a_name(self) -> None:
        html = self.page(f"/admin/auth/user/{self.staff.pk}/change/")

        for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", html):
            found = re.search(r'\bid="([^"]+)"', tag)
            if 'type="hidden"' in tag or 'type="submit"' in tag:
                continue
            assert found, tag
            assert f'for="{found[1]}"' in html or "aria-label" in tag, tag

    def test_an_empty_to_field_means_the_key(self) -> None:
        for kind in ("change", "delete"):
            self.page(f"/admin/auth/user/{self.staff.pk}/{kind}/?_to_field=")

    def test_autocompletion_takes_keys_where_no_script_runs(self) -> None:
        readers, editors = (Group.objects.create(name=name) for name in ("readers", "editors"))

        class Choice(forms.Form):
            groups = forms.ModelMultipleChoiceField(
                Group.objects.all(),
                widget=widgets.AutocompleteSelectMultiple(User._meta.get_field("groups"), admin.site),
            )

        with override_settings(ROOT_URLCONF=URLS.__name__):
            html = str(Choice(initial={"groups": [readers.pk]})["groups"])
        typed = Choice({"groups": [readers.pk], "groups-keys": f"{readers.pk}, {editors.pk}"})

        assert f'<noscript><input type="text" name="groups-keys" value="{readers.pk}"' in html
        assert '<a href="/admin/auth/group/"' in html
        assert typed.is_valid()
        assert set(typed.cleaned_data["groups"]) == {readers, editors}
        assert not Choice({"groups-keys": "x"}).is_valid()

    def test_autocompletion_shows_a_wrong_value_again_without_a_fall(self) -> None:
        class Choice(forms.Form):
            group = forms.ModelChoiceField(
                Group.objects.all(), widget=widgets.AutocompleteSelect(User._meta.get_field("groups"), admin.site)
            )

        for wrong in ("x", "a\0b", "9" * 5000, "1e999"):
            assert "<select" in str(Choice({"group": wrong})["group"])

    def test_an_action_on_what_is_no_key_is_a_bad_request(self) -> None:
        data = {"action": "delete_selected", "_selected_action": "a\0b", "index": "0"}

        assert self.client.post("/admin/auth/user/", data).status_code == 400

    def test_the_old_ways_to_log_still_work(self) -> None:
        kind = ContentType.objects.get_for_model(User)
        with pytest.warns(DeprecationWarning, match="log_action"):
            entry = LogEntry.objects.log_action(self.staff.pk, kind.pk, self.staff.pk, "staff", CHANGE, "x")
        request = RequestFactory().get("/")
        request.user = self.staff
        with pytest.warns(DeprecationWarning, match="log_deletion"):
            gone = admin.site._registry[User].log_deletion(request, self.staff, "staff")

        assert (entry.object_repr, gone.action_flag) == ("staff", DELETION)

    def test_a_list_counts_once_where_nothing_narrows_it(self) -> None:
        # Session, user, choices of the filter by group, count, rows.
        with self.assertNumQueries(5):
            self.page("/admin/auth/user/")

    def test_a_year_that_is_no_year_goes_back_to_the_list(self) -> None:
        with mock.patch.object(admin.site._registry[User], "date_hierarchy", "date_joined"):
            for year in ("9" * 30, str(2**31), "9999", "x"):
                response = self.client.get(f"/admin/auth/user/?date_joined__year={year}")

                assert response.status_code == 302, year

    def test_the_password_page_changes_the_password(self) -> None:
        person = User.objects.get(username="person1")

        response = self.client.post(
            f"/admin/auth/user/{person.pk}/password/",
            {
                "password1": "correct horse",
                "password2": "correct horse",
                "usable_password": "true",
                "set-password": "1",
            },
        )

        assert response.status_code == 302
        person.refresh_from_db()
        assert person.check_password("correct horse")

    def test_deleting_asks_first(self) -> None:
        group = Group.objects.create(name="Editors")

        html = self.page(f"/admin/auth/group/{group.pk}/delete/")

        assert "Are you sure you want to delete the group" in html
        assert Group.objects.filter(pk=group.pk).exists()

    def test_a_member_of_no_staff_is_shown_the_login(self) -> None:
        self.client.force_login(User.objects.get(username="person1"))

        response = self.client.get("/admin/")

        assert response.status_code == 302
        assert "/admin/login/" in response.headers["Location"]


def test_date_and_time_have_names_of_their_own_where_they_have_ids() -> None:
    html = widgets.AdminSplitDateTime().render("at", None, {"id": "id_at"})

    assert 'aria-label="Date"' in html
    assert 'aria-label="Time"' in html


def test_lookups_become_parameters() -> None:
    found = widgets.url_params_from_lookup_dict({"kind__in": ["a", "b"], "live": True, "name": lambda: "x"})

    assert found == {"kind__in": "a,b", "live": "1", "name": "x"}


@pytest.mark.parametrize(("value", "name"), [(True, "yes"), (False, "no"), (None, "unknown")])
def test_truth_has_a_picture_with_a_text(value: bool | None, name: str) -> None:
    html = _boolean_icon(value)

    assert f"icon-{name}.svg" in html
    assert f'alt="{value}"' in html


def test_a_check_names_the_option() -> None:
    (error,) = must_be("a boolean", option="save_as", obj=object(), id="admin.E101")

    assert error.msg == "The value of 'save_as' must be a boolean."


def test_first_visit_is_light() -> None:
    files = ["admin/css/admin.css", "admin/js/admin.js", "admin/js/theme.js", "admin/img/icons.svg"]

    sizes = []
    for name in files:
        found = finders.find(name)
        assert isinstance(found, str), name
        with open(found, "rb") as file:
            sizes.append(len(file.read()))

    assert sum(sizes) <= 100_000


def test_a_date_is_compared_as_the_language_of_the_form_writes_it() -> None:
    class Born(forms.Form):
        day = forms.DateField()

    with override("fr"):
        form = Born({"day": "12/03/2008"}, initial={"day": date(2008, 3, 12)})

        assert construct_change_message(form, None, add=False) == []
