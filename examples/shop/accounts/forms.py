"""Forms of the account pages."""

from typing import Any

from accounts.models import Profile, User

from fastjango import forms
from fastjango.contrib.auth.forms import UserCreationForm


class SignUpForm(UserCreationForm):
    """A new customer."""

    class Meta(UserCreationForm.Meta):
        model = User
        fields = ["username", "email", "newsletter"]


class ProfileForm(forms.ModelForm):
    """The customer's own data: the user's name and the profile in one form."""

    first_name = forms.CharField(max_length=150, required=False)
    last_name = forms.CharField(max_length=150, required=False)

    class Meta:
        model = Profile
        fields = ["first_name", "last_name", "address", "city", "phone", "birthday"]
        widgets = {
            "address": forms.Textarea(attrs={"rows": 3}),
            "birthday": forms.DateInput(attrs={"type": "date"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_name", "last_name"):
            self.fields[name].initial = getattr(self.instance.user, name)

    def save(self, commit: bool = True) -> Profile:
        """Save the profile and the name."""
        user = self.instance.user
        user.first_name = self.cleaned_data["first_name"]
        user.last_name = self.cleaned_data["last_name"]
        user.save(update_fields=["first_name", "last_name"])
        return super().save(commit)
