"""Pages of the account."""

from typing import Any

from accounts.forms import ProfileForm, SignUpForm
from accounts.models import Profile

from fastjango.contrib import messages
from fastjango.contrib.auth import login
from fastjango.contrib.auth.mixins import LoginRequiredMixin
from fastjango.contrib.messages.views import SuccessMessageMixin
from fastjango.http import HttpResponse
from fastjango.urls import reverse_lazy
from fastjango.views.generic import CreateView, UpdateView


class SignUpView(CreateView):
    """Make an account and log its owner in."""

    form_class = SignUpForm
    template_name = "accounts/sign_up.html"
    success_url = reverse_lazy("catalogue:list")

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, log in, greet."""
        response = super().form_valid(form)
        login(self.request, self.object, backend="fastjango.contrib.auth.backends.ModelBackend")
        messages.success(self.request, f"Welcome, {self.object.username}!")
        return response


class ProfileView(LoginRequiredMixin, SuccessMessageMixin, UpdateView):
    """Let the customer change name and address."""

    form_class = ProfileForm
    template_name = "accounts/profile.html"
    success_url = reverse_lazy("accounts:profile")
    success_message = "Your profile was saved."

    def get_object(self, queryset: Any = None) -> Profile:
        """Return the profile of the user who asks."""
        return Profile.objects.select_related("user").get_or_create(user=self.request.user)[0]
