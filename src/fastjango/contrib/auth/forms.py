"""Forms of login, sign-up and passwords."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterator
from typing import Any, cast

from fastjango import forms
from fastjango.contrib.auth import authenticate, get_user_model, password_validation
from fastjango.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, identify_hasher
from fastjango.contrib.auth.models import User
from fastjango.contrib.auth.tokens import default_token_generator
from fastjango.contrib.sites.shortcuts import get_current_site
from fastjango.core.exceptions import ValidationError
from fastjango.core.mail import EmailMultiAlternatives
from fastjango.template import loader
from fastjango.utils.encoding import force_bytes
from fastjango.utils.http import urlsafe_base64_encode
from fastjango.utils.text import capfirst
from fastjango.utils.translation import gettext
from fastjango.utils.translation import gettext_lazy as _
from fastjango.views.decorators.debug import sensitive_variables

UserModel = get_user_model()
logger = logging.getLogger("fastjango.contrib.auth")


def _unicode_ci_compare(s1: str, s2: str) -> bool:
    """Compare two addresses without case, in one Unicode form (UTS 36, section 2.11.2(B)(2))."""
    return unicodedata.normalize("NFKC", s1).casefold() == unicodedata.normalize("NFKC", s2).casefold()


class ReadOnlyPasswordHashWidget(forms.Widget):
    """Shows the parts of a hash, masked."""

    template_name = "auth/widgets/read_only_password_hash.html"
    read_only = True

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add the summary."""
        context = super().get_context(name, value, attrs)
        usable = bool(value) and not value.startswith(UNUSABLE_PASSWORD_PREFIX)
        summary: list[dict[str, Any]] = []
        if not usable:
            summary.append({"label": gettext("No password set.")})
        else:
            try:
                hasher = identify_hasher(value)
            except ValueError:
                summary.append({"label": gettext("Invalid password format or unknown hashing algorithm.")})
            else:
                summary += [{"label": gettext(key), "value": part} for key, part in hasher.safe_summary(value).items()]
        context["summary"] = summary
        context["button_label"] = _("Reset password") if usable else _("Set password")
        return context

    def id_for_label(self, id_: Any) -> Any:
        """No label: nothing can be typed here."""
        return None


class ReadOnlyPasswordHashField(forms.Field):
    """A field that cannot be changed."""

    widget = ReadOnlyPasswordHashWidget

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("disabled", True)
        super().__init__(*args, **kwargs)


class UsernameField(forms.CharField):
    """A user's name, in one Unicode form."""

    def to_python(self, value: Any) -> Any:
        """Normalize; a text longer than the field is left alone, so that its length is refused cheaply."""
        value = super().to_python(value)
        if self.max_length is not None and len(value) > self.max_length:
            return value
        return unicodedata.normalize("NFKC", value)

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        """Tell browsers and phones what this is."""
        return {**super().widget_attrs(widget), "autocapitalize": "none", "autocomplete": "username"}


class SetPasswordMixin:
    """Two entries of a new password."""

    error_messages: dict[str, Any] = {"password_mismatch": _("The two password fields didn’t match.")}

    @staticmethod
    def create_password_fields(
        label1: Any = _("Password"), label2: Any = _("Password confirmation")
    ) -> tuple[Any, Any]:
        """Return the two fields."""
        password1 = forms.CharField(
            label=label1,
            required=True,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            help_text=password_validation.password_validators_help_text_html(),
        )
        password2 = forms.CharField(
            label=label2,
            required=True,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            strip=False,
            help_text=_("Enter the same password as before, for verification."),
        )
        return password1, password2

    @sensitive_variables("password1", "password2")
    def validate_passwords(
        self, password1_field_name: str = "password1", password2_field_name: str = "password2"
    ) -> None:
        """Compare the two entries."""
        form: Any = self
        password1 = form.cleaned_data.get(password1_field_name)
        password2 = form.cleaned_data.get(password2_field_name)
        if password1 and password2 and password1 != password2:
            form.add_error(
                password2_field_name,
                ValidationError(self.error_messages["password_mismatch"], code="password_mismatch"),
            )

    @sensitive_variables("password")
    def validate_password_for_user(self, user: Any, password_field_name: str = "password2") -> None:
        """Ask the validators."""
        form: Any = self
        password = form.cleaned_data.get(password_field_name)
        if password:
            try:
                password_validation.validate_password(password, user)
            except ValidationError as error:
                form.add_error(password_field_name, error)

    def set_password_and_save(self, user: Any, password_field_name: str = "password1", commit: bool = True) -> Any:
        """Set the password."""
        form: Any = self
        user.set_password(form.cleaned_data[password_field_name])
        if commit:
            user.save()
        return user


class SetUnusablePasswordMixin:
    """The choice between a password and none."""

    usable_password_help_text = _(
        "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able to "
        "authenticate using other backends, such as Single Sign-On or LDAP."
    )

    @staticmethod
    def create_usable_password_field(help_text: Any = usable_password_help_text) -> Any:
        """Return the field."""
        return forms.ChoiceField(
            label=_("Password-based authentication"),
            required=False,
            initial="true",
            choices={"true": _("Enabled"), "false": _("Disabled")},
            widget=forms.RadioSelect(attrs={"class": "radiolist inline"}),
            help_text=help_text,
        )

    @sensitive_variables("password1", "password2")
    def validate_passwords(
        self,
        password1_field_name: str = "password1",
        password2_field_name: str = "password2",
        usable_password_field_name: str = "usable_password",
    ) -> None:
        """Ask for the two entries only where a password is wanted."""
        form: Any = self
        usable = form.cleaned_data.pop(usable_password_field_name, None) != "false"
        form.cleaned_data["set_usable_password"] = usable
        if not usable:
            return
        for name in (password1_field_name, password2_field_name):
            if not form.cleaned_data.get(name) and name not in form.errors:
                form.add_error(name, ValidationError(form.fields[name].error_messages["required"], code="required"))
        super().validate_passwords(password1_field_name, password2_field_name)  # type: ignore[misc]

    def validate_password_for_user(self, user: Any, password_field_name: str = "password2") -> None:
        """Ask the validators only where a password is wanted."""
        if self.cleaned_data["set_usable_password"]:  # type: ignore[attr-defined]
            super().validate_password_for_user(user, password_field_name)  # type: ignore[misc]

    def set_password_and_save(self, user: Any, password_field_name: str = "password1", commit: bool = True) -> Any:
        """Set the password, or make it unusable."""
        if self.cleaned_data["set_usable_password"]:  # type: ignore[attr-defined]
            return super().set_password_and_save(user, password_field_name, commit)  # type: ignore[misc]
        user.set_unusable_password()
        if commit:
            user.save()
        return user


class BaseUserCreationForm(SetPasswordMixin, forms.ModelForm):
    """A new user with a password."""

    password1, password2 = SetPasswordMixin.create_password_fields()

    class Meta:
        model = User
        fields = ("username",)
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = cast(Any, self._meta.model).USERNAME_FIELD
        if name in self.fields:
            self.fields[name].widget.attrs["autofocus"] = True

    def clean(self) -> Any:
        """Compare the passwords."""
        self.validate_passwords()
        return super().clean()

    def _post_clean(self) -> None:
        super()._post_clean()
        # The instance has its other values by now: the validators look at them.
        self.validate_password_for_user(self.instance)

    def save(self, commit: bool = True) -> Any:
        """Save the user."""
        user = super().save(commit=False)
        user = self.set_password_and_save(user, commit=commit)
        if commit and hasattr(self, "save_m2m"):
            self.save_m2m()
        return user


class UserCreationForm(BaseUserCreationForm):
    """The same; refuses a name that another user has in other case."""

    def clean_username(self) -> Any:
        """Look for the name without case."""
        username = self.cleaned_data.get("username")
        if username and cast(Any, self._meta.model).objects.filter(username__iexact=username).exists():
            self._update_errors(
                ValidationError({"username": self.instance.unique_error_message(self._meta.model, ["username"])})
            )
            return None
        return username


class UserChangeForm(forms.ModelForm):
    """A user's values; the password is shown masked, with a link to its own form."""

    password = ReadOnlyPasswordHashField(
        label=_("Password"),
        help_text=_("Raw passwords are not stored, so there is no way to see the user’s password."),
    )

    class Meta:
        model = User
        fields = "__all__"
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields.get("password")
        if password:
            if self.instance and not self.instance.has_usable_password():
                password.help_text = _("Enable password-based authentication for this user by setting a password.")
        user_permissions = self.fields.get("user_permissions")
        if user_permissions:
            user_permissions.queryset = user_permissions.queryset.select_related("content_type")


class AuthenticationForm(forms.Form):
    """Name and password."""

    username = UsernameField(widget=forms.TextInput(attrs={"autofocus": True}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": _(
            "Please enter a correct %(username)s and password. Note that both fields may be case-sensitive."
        ),
        "inactive": _("This account is inactive."),
    }

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        self.request = request
        self.user_cache: Any = None
        super().__init__(*args, **kwargs)
        self.username_field = UserModel._meta.get_field(UserModel.USERNAME_FIELD)
        username_max_length = self.username_field.max_length or 254
        self.fields["username"].max_length = username_max_length
        self.fields["username"].widget.attrs["maxlength"] = username_max_length
        if self.fields["username"].label is None:
            self.fields["username"].label = capfirst(self.username_field.verbose_name)

    @sensitive_variables()
    def clean(self) -> Any:
        """Ask the backends."""
        username = self.cleaned_data.get("username")
        password = self.cleaned_data.get("password")
        if username is not None and password:
            self.user_cache = authenticate(self.request, username=username, password=password)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse a user who may not log in; overridden by projects with other rules."""
        if not user.is_active:
            raise ValidationError(self.error_messages["inactive"], code="inactive")

    def get_user(self) -> Any:
        """Return who was found."""
        return self.user_cache

    def get_invalid_login_error(self) -> ValidationError:
        """Return the error for wrong credentials; it does not say which part was wrong."""
        return ValidationError(
            self.error_messages["invalid_login"],
            code="invalid_login",
            params={"username": self.username_field.verbose_name},
        )


class PasswordResetForm(forms.Form):
    """Sends a link to set a new password."""

    email = forms.EmailField(label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))

    def send_mail(
        self,
        subject_template_name: str,
        email_template_name: str,
        context: dict[str, Any],
        from_email: str | None,
        to_email: str,
        html_email_template_name: str | None = None,
    ) -> None:
        """Send the mail; a failure is logged and not told, so that it betrays no address."""
        # A subject is one line.
        subject = "".join(loader.render_to_string(subject_template_name, context).splitlines())
        body = loader.render_to_string(email_template_name, context)
        message = EmailMultiAlternatives(subject, body, from_email, [to_email])
        if html_email_template_name is not None:
            message.attach_alternative(loader.render_to_string(html_email_template_name, context), "text/html")
        try:
            message.send()
        except Exception:
            logger.exception("Failed to send password reset email to %s", context["user"].pk)

    def get_users(self, email: str) -> Iterator[Any]:
        """Yield the active users with this address and a usable password."""
        name = UserModel.get_email_field_name()
        active = UserModel._default_manager.filter(**{f"{name}__iexact": email, "is_active": True})
        return (
            user for user in active if user.has_usable_password() and _unicode_ci_compare(email, getattr(user, name))
        )

    def save(
        self,
        domain_override: str | None = None,
        subject_template_name: str = "registration/password_reset_subject.txt",
        email_template_name: str = "registration/password_reset_email.html",
        use_https: bool = False,
        token_generator: Any = default_token_generator,
        from_email: str | None = None,
        request: Any = None,
        html_email_template_name: str | None = None,
        extra_email_context: dict[str, Any] | None = None,
    ) -> None:
        """Send a link to every user with the address: to the address that is stored, never to the one typed."""
        email = self.cleaned_data["email"]
        if not domain_override:
            current_site = get_current_site(request)
            site_name, domain = current_site.name, current_site.domain
        else:
            site_name = domain = domain_override
        name = UserModel.get_email_field_name()
        for user in self.get_users(email):
            user_email = getattr(user, name)
            pk = UserModel._meta.pk.value_to_string(user)
            context = {
                "email": user_email,
                "domain": domain,
                "site_name": site_name,
                "uid": urlsafe_base64_encode(force_bytes(pk)),
                "user": user,
                "token": token_generator.make_token(user),
                "protocol": "https" if use_https else "http",
                **(extra_email_context or {}),
            }
            self.send_mail(
                subject_template_name,
                email_template_name,
                context,
                from_email,
                user_email,
                html_email_template_name=html_email_template_name,
            )


class SetPasswordForm(SetPasswordMixin, forms.Form):
    """A new password, without the old one."""

    new_password1, new_password2 = SetPasswordMixin.create_password_fields(
        label1=_("New password"), label2=_("New password confirmation")
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> Any:
        """Compare and validate."""
        self.validate_passwords("new_password1", "new_password2")
        self.validate_password_for_user(self.user, "new_password2")
        return super().clean()

    def save(self, commit: bool = True) -> Any:
        """Set the password."""
        return self.set_password_and_save(self.user, "new_password1", commit=commit)


class PasswordChangeForm(SetPasswordForm):
    """A new password, with the old one."""

    error_messages = {
        **SetPasswordForm.error_messages,
        "password_incorrect": _("Your old password was entered incorrectly. Please enter it again."),
    }
    old_password = forms.CharField(
        label=_("Old password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ["old_password", "new_password1", "new_password2"]

    @sensitive_variables("old_password")
    def clean_old_password(self) -> str:
        """Check the old password."""
        old_password: str = self.cleaned_data["old_password"]
        if not self.user.check_password(old_password):
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old_password


class AdminPasswordChangeForm(SetUnusablePasswordMixin, SetPasswordMixin, forms.Form):
    """A new password for another user, in the admin."""

    required_css_class = "required"
    usable_password_help_text = SetUnusablePasswordMixin.usable_password_help_text + (
        '<ul id="id_unusable_warning" class="messagelist"><li class="warning">If disabled, the current password for '
        "this user will be lost.</li></ul>"
    )
    password1, password2 = SetPasswordMixin.create_password_fields()

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password1"].widget.attrs["autofocus"] = True
        if self.user.has_usable_password():
            self.fields["password1"].required = False
            self.fields["password2"].required = False
            self.fields["usable_password"] = self.create_usable_password_field(self.usable_password_help_text)

    def clean(self) -> Any:
        """Compare and validate."""
        self.validate_passwords()
        self.validate_password_for_user(self.user)
        return super().clean()

    def save(self, commit: bool = True) -> Any:
        """Set the password, or make it unusable."""
        return self.set_password_and_save(self.user, commit=commit)

    @property
    def changed_data(self) -> list[str]:
        """Say ``password`` for the two fields of one value."""
        data = super().changed_data
        if "set_usable_password" in data or ("password1" in data and "password2" in data):
            return ["password"]
        return []


class AdminUserCreationForm(SetUnusablePasswordMixin, UserCreationForm):
    """A new user in the admin, with or without a password."""

    usable_password = SetUnusablePasswordMixin.create_usable_password_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].required = False
        self.fields["password2"].required = False
