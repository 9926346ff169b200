"""Users, groups, permissions, passwords, and the doors that ask for them."""

from __future__ import annotations

import io
from typing import Any

import anyio
import pytest

from fastjango.contrib.auth import hashers
from fastjango.contrib.auth.decorators import login_required, permission_required, user_passes_test
from fastjango.contrib.auth.hashers import acheck_password, check_password, identify_hasher, make_password
from fastjango.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from fastjango.contrib.auth.models import AnonymousUser, Group, Permission, User
from fastjango.contrib.auth.password_validation import validate_password
from fastjango.contrib.contenttypes.models import ContentType
from fastjango.core.exceptions import PermissionDenied, ValidationError
from fastjango.core.management import CommandError, call_command
from fastjango.db import IntegrityError, transaction
from fastjango.http import HttpResponse
from fastjango.test import RequestFactory, TestCase, override_settings
from fastjango.views import View

rf = RequestFactory()
HASHERS = "fastjango.contrib.auth.hashers."
VALIDATORS = [
    {"NAME": "fastjango.contrib.auth.password_validation." + name}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each hash cost little; what it costs is not what these tests are about."""
    for name, attribute, value in (
        ("PBKDF2PasswordHasher", "iterations", 1000),
        ("PBKDF2SHA1PasswordHasher", "iterations", 1000),
        ("BCryptSHA256PasswordHasher", "rounds", 4),
        ("ScryptPasswordHasher", "work_factor", 2**4),
    ):
        monkeypatch.setattr(getattr(hashers, name), attribute, value)


def request_of(user: Any) -> Any:
    """Return a request of *user*."""
    request = rf.get("/secret/?page=2")
    request.user = user
    return request


class PermissionTests(TestCase):
    """Direct permissions, those of groups, and who needs none."""

    user: Any
    change: Any

    @classmethod
    def setUpTestData(cls) -> None:
        cls.user = User.objects.create_user("ada")
        cls.change = Permission.objects.get(codename="change_group")

    def test_every_model_has_four_permissions(self) -> None:
        content_type = ContentType.objects.get_for_model(Group)

        names = Permission.objects.filter(content_type=content_type).values_list("codename", flat=True)

        assert sorted(names) == ["add_group", "change_group", "delete_group", "view_group"]

    def test_permissions_come_from_the_user_and_from_groups(self) -> None:
        editors = Group.objects.create(name="editors")
        editors.permissions.add(Permission.objects.get(codename="add_group"))
        self.user.user_permissions.add(self.change)
        self.user.groups.add(editors)

        assert self.user.get_user_permissions() == {"auth.change_group"}
        assert self.user.get_group_permissions() == {"auth.add_group"}
        assert self.user.has_perms(["auth.add_group", "auth.change_group"])
        assert not self.user.has_perm("auth.delete_group")
        assert self.user.has_module_perms("auth")
        assert not self.user.has_module_perms("admin")

    async def test_the_async_twins(self) -> None:
        await self.user.user_permissions.aadd(self.change)

        assert await self.user.ahas_perm("auth.change_group")
        assert not await self.user.ahas_perm("auth.add_group")
        assert await self.user.aget_all_permissions() == {"auth.change_group"}

    def test_permissions_are_asked_for_once(self) -> None:
        self.user.user_permissions.add(self.change)
        self.user.has_perm("auth.change_group")

        with self.assertNumQueries(0):
            assert self.user.has_perm("auth.change_group")

    def test_a_superuser_may_everything_and_an_inactive_one_nothing(self) -> None:
        root = User.objects.create_superuser("root")
        assert root.has_perm("anything.at_all")

        root.is_active = False
        assert not root.has_perm("anything.at_all")
        assert AnonymousUser().has_perm("anything.at_all") is False

    def test_a_permission_for_one_object_is_not_one_for_all(self) -> None:
        self.user.user_permissions.add(self.change)

        assert self.user.has_perm("auth.change_group")
        assert not self.user.has_perm("auth.change_group", Group(name="x"))

    def test_users_can_be_found_by_permission(self) -> None:
        self.user.user_permissions.add(self.change)
        root = User.objects.create_superuser("root")

        assert list(User.objects.with_perm("auth.change_group").order_by("pk")) == [self.user, root]
        assert list(User.objects.with_perm("auth.change_group", include_superusers=False)) == [self.user]


class UserTests(TestCase):
    """Making users."""

    def test_names_and_addresses_are_normalised(self) -> None:
        # The ligature is one character that NFKC spells out.
        user = User.objects.create_user("ﬁnn", "Finn@EXAMPLE.com", "x")

        assert user.username == "finn"
        assert user.email == "Finn@example.com"

    def test_a_name_is_taken_once(self) -> None:
        User.objects.create_user("ada")

        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create_user("ada")

    def test_a_user_without_password_cannot_log_in_by_one(self) -> None:
        user = User.objects.create_user("ada")

        assert not user.has_usable_password()
        assert not user.check_password("")
        assert not user.check_password(user.password)

    def test_createsuperuser_takes_its_answers_from_the_command_line(self) -> None:
        out = io.StringIO()

        call_command("createsuperuser", interactive=False, username="root", email="r@example.com", stdout=out)

        root = User.objects.get(username="root")
        assert (root.is_staff, root.is_superuser, root.has_usable_password()) == (True, True, False)
        assert "Superuser created successfully." in out.getvalue()
        with pytest.raises(CommandError, match="That username is already taken"):
            call_command("createsuperuser", interactive=False, username="root", email="r@example.com")


@pytest.mark.parametrize("name", ["PBKDF2", "PBKDF2SHA1", "Scrypt", "BCryptSHA256", "MD5"])
def test_every_hasher_knows_its_own_hashes(name: str) -> None:
    with override_settings(PASSWORD_HASHERS=[f"{HASHERS}{name}PasswordHasher"]):
        encoded = make_password("lètmein")

        assert check_password("lètmein", encoded)
        assert not check_password("letmein", encoded)
        assert identify_hasher(encoded).algorithm == encoded.split("$")[0]
        assert make_password("lètmein") != encoded


def test_a_long_password_is_not_cut_to_its_beginning() -> None:
    with override_settings(PASSWORD_HASHERS=[HASHERS + "BCryptSHA256PasswordHasher"]):
        encoded = make_password("x" * 80)

        assert not check_password("x" * 79, encoded)


@pytest.mark.parametrize(
    "encoded", ["", "!", "plain", "md5$", "md5$salt", "pbkdf2_sha256$x$y$z", "unknown$1$2", "$" * 50]
)
def test_a_damaged_hash_matches_nothing(encoded: str) -> None:
    with override_settings(PASSWORD_HASHERS=[HASHERS + "PBKDF2PasswordHasher", HASHERS + "MD5PasswordHasher"]):
        assert check_password("x", encoded) is False


@pytest.mark.anyio
async def test_hashing_leaves_the_loop_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashers.PBKDF2PasswordHasher, "iterations", 200_000)
    with override_settings(PASSWORD_HASHERS=[HASHERS + "PBKDF2PasswordHasher"]):
        encoded = make_password("right")
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await anyio.sleep(0)
                ticks += 1

        async with anyio.create_task_group() as group:
            group.start_soon(tick)
            assert await acheck_password("right", encoded)
            group.cancel_scope.cancel()

    # A blocked loop would have ticked once or twice.
    assert ticks > 10


def test_more_iterations_than_the_settings_ask_for_are_kept() -> None:
    hasher = hashers.PBKDF2PasswordHasher()
    few = hasher.encode("x", "some-salt-of-22-letters", iterations=1)

    assert hasher.must_update(few)
    assert not hasher.must_update(hasher.encode("x", "some-salt-of-22-letters"))


@override_settings(AUTH_PASSWORD_VALIDATORS=VALIDATORS)
@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short1", "password_too_short"),
        ("password1", "password_too_common"),
        ("8372910456", "password_entirely_numeric"),
        ("lovelace99", "password_too_similar"),
    ],
)
def test_weak_passwords_are_refused_with_a_reason(password: str, code: str) -> None:
    user = User(username="ada", last_name="Lovelace")

    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)

    assert code in [error.code for error in refused.value.error_list]


@override_settings(AUTH_PASSWORD_VALIDATORS=VALIDATORS)
def test_a_good_password_passes() -> None:
    validate_password("correct horse battery", User(username="ada"))


def page(request: Any) -> HttpResponse:
    """Answer."""
    return HttpResponse("secret")


async def async_page(request: Any) -> HttpResponse:
    """Answer."""
    return HttpResponse("secret")


class DoorTests(TestCase):
    """Decorators and mixins."""

    user: Any

    @classmethod
    def setUpTestData(cls) -> None:
        cls.user = User.objects.create_user("ada")
        cls.user.user_permissions.add(Permission.objects.get(codename="change_group"))

    def test_strangers_are_sent_to_the_login_page_and_back(self) -> None:
        response: Any = login_required(page)(request_of(AnonymousUser()))

        assert response.url == "/accounts/login/?next=/secret/%3Fpage%3D2"
        assert login_required(page)(request_of(self.user)).content == b"secret"

    async def test_async_views_have_the_same_doors(self) -> None:
        request = request_of(AnonymousUser())

        async def auser() -> Any:
            return request.user

        request.auser = auser
        guarded: Any = login_required(async_page)

        assert (await guarded(request)).url.startswith("/accounts/login/")
        request.user = self.user
        assert (await guarded(request)).content == b"secret"

    def test_missing_permissions_are_an_error_where_asked(self) -> None:
        quiet = permission_required("auth.delete_group")(page)
        loud = permission_required("auth.delete_group", raise_exception=True)(page)
        open_door = permission_required(["auth.change_group"])(page)

        assert quiet(request_of(self.user)).status_code == 302
        with pytest.raises(PermissionDenied):
            loud(request_of(self.user))
        assert open_door(request_of(self.user)).content == b"secret"

    def test_any_test_of_the_user_will_do(self) -> None:
        guarded: Any = user_passes_test(lambda user: user.username == "ada", login_url="/other/")(page)

        assert guarded(request_of(self.user)).status_code == 200
        assert guarded(request_of(AnonymousUser())).url.startswith("/other/?next=")

    def test_classes_have_mixins(self) -> None:
        class Secret(LoginRequiredMixin, PermissionRequiredMixin, View):
            permission_required = "auth.delete_group"

            def get(self, request: Any) -> HttpResponse:
                return HttpResponse("secret")

        assert Secret.as_view()(request_of(AnonymousUser())).status_code == 302
        with pytest.raises(PermissionDenied):
            Secret.as_view()(request_of(self.user))
