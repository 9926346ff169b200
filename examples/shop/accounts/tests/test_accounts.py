"""Users, profiles and the account pages."""

from accounts.models import Profile, User

from fastjango.core import mail
from fastjango.test import TestCase
from fastjango.urls import reverse


class ProfileTests(TestCase):
    """The profile that comes with a user."""

    def test_a_new_user_has_a_profile(self) -> None:
        user = User.objects.create_user("ada", "ada@example.com", "correct horse")

        self.assertEqual(str(user.profile), "Profile of ada")

    def test_saving_a_user_again_makes_no_second_profile(self) -> None:
        user = User.objects.create_user("ada", "ada@example.com", "correct horse")
        user.first_name = "Ada"
        user.save()

        self.assertEqual(Profile.objects.filter(user=user).count(), 1)


class AccountPageTests(TestCase):
    """Sign up, log in, log out, profile."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.user = User.objects.create_user("ada", "ada@example.com", "correct horse")

    def test_signing_up_logs_in(self) -> None:
        data = {
            "username": "bob",
            "email": "bob@example.com",
            "password1": "a-long-secret",
            "password2": "a-long-secret",
        }

        response = self.client.post(reverse("accounts:sign-up"), data, follow=True)

        self.assertRedirects(response, "/")
        self.assertContains(response, "Welcome, bob!")
        self.assertEqual(int(self.client.session["_auth_user_id"]), User.objects.get(username="bob").pk)

    def test_signing_up_with_a_taken_address_is_refused(self) -> None:
        data = {
            "username": "bob",
            "email": "ada@example.com",
            "password1": "a-long-secret",
            "password2": "a-long-secret",
        }

        response = self.client.post(reverse("accounts:sign-up"), data)

        self.assertFormError(response.context["form"], "email", "User with this Email address already exists.")

    def test_signing_up_with_different_passwords_is_refused(self) -> None:
        data = {
            "username": "bob",
            "email": "b@example.com",
            "password1": "a-long-secret",
            "password2": "another-secret",
        }

        response = self.client.post(reverse("accounts:sign-up"), data)

        self.assertContains(response, "The two password fields didn’t match.")
        self.assertFalse(User.objects.filter(username="bob").exists())

    def test_logging_in_goes_to_the_page_that_asked(self) -> None:
        url = reverse("accounts:login") + "?next=/orders/"

        response = self.client.post(url, {"username": "ada", "password": "correct horse"})

        self.assertRedirects(response, "/orders/")

    def test_logging_in_with_a_wrong_password_says_so(self) -> None:
        response = self.client.post(reverse("accounts:login"), {"username": "ada", "password": "wrong"})

        self.assertContains(response, "Please enter a correct username and password.")

    def test_logging_out_needs_a_post(self) -> None:
        self.client.force_login(self.user)

        self.assertEqual(self.client.get(reverse("accounts:logout")).status_code, 405)
        self.assertRedirects(self.client.post(reverse("accounts:logout")), "/")
        self.assertNotIn("_auth_user_id", self.client.session)

    def test_the_profile_needs_a_login(self) -> None:
        self.assertRedirects(self.client.get("/accounts/profile/"), "/accounts/login/?next=/accounts/profile/")

    def test_the_profile_is_saved(self) -> None:
        self.client.force_login(self.user)

        response = self.client.post("/accounts/profile/", {"first_name": "Ada", "city": "Lagos"}, follow=True)

        self.assertContains(response, "Your profile was saved.")
        self.user.refresh_from_db()
        self.assertEqual((self.user.first_name, self.user.profile.city), ("Ada", "Lagos"))
        self.assertEqual(mail.outbox, [])
