"""Pages of login, logout and passwords."""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.contrib.auth import REDIRECT_FIELD_NAME, get_user_model, update_session_auth_hash
from fastjango.contrib.auth import login as auth_login
from fastjango.contrib.auth import logout as auth_logout
from fastjango.contrib.auth.decorators import login_not_required, login_required
from fastjango.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, PasswordResetForm, SetPasswordForm
from fastjango.contrib.auth.redirects import redirect_to_login as redirect_to_login
from fastjango.contrib.auth.tokens import default_token_generator
from fastjango.contrib.sites.shortcuts import get_current_site
from fastjango.core.exceptions import ImproperlyConfigured, ValidationError
from fastjango.http import HttpResponseRedirect
from fastjango.shortcuts import resolve_url
from fastjango.urls import reverse_lazy
from fastjango.utils.decorators import method_decorator
from fastjango.utils.http import url_has_allowed_host_and_scheme, urlsafe_base64_decode
from fastjango.utils.translation import gettext_lazy as _
from fastjango.views.decorators.cache import never_cache
from fastjango.views.decorators.csrf import csrf_protect
from fastjango.views.decorators.debug import sensitive_post_parameters
from fastjango.views.generic.base import TemplateView
from fastjango.views.generic.edit import FormView

UserModel = get_user_model()
INTERNAL_RESET_SESSION_TOKEN = "_password_reset_token"


class RedirectURLMixin:
    """Where a form goes next: the ``next`` parameter, if it stays on an allowed host."""

    next_page: Any = None
    redirect_field_name = REDIRECT_FIELD_NAME
    success_url_allowed_hosts: set[str] = set()
    request: Any

    def get_success_url(self) -> str:
        """Return the parameter, or the default page."""
        return self.get_redirect_url() or self.get_default_redirect_url()

    def get_redirect_url(self, next_page: Any = None) -> str:
        """Return the address of the parameter, or an empty text when it is not safe."""
        redirect_to: str = next_page or self.request.POST.get(
            self.redirect_field_name, self.request.GET.get(self.redirect_field_name)
        )
        url_is_safe = url_has_allowed_host_and_scheme(
            url=redirect_to,
            allowed_hosts=self.get_success_url_allowed_hosts(),
            require_https=self.request.is_secure(),
        )
        return redirect_to if url_is_safe else ""

    def get_success_url_allowed_hosts(self) -> set[str]:
        """Return the hosts that a redirect may go to."""
        return {self.request.get_host(), *self.success_url_allowed_hosts}

    def get_default_redirect_url(self) -> str:
        """Return ``next_page``."""
        if self.next_page:
            return resolve_url(self.next_page)
        raise ImproperlyConfigured("No URL to redirect to. Provide a next_page.")


@method_decorator([sensitive_post_parameters(), csrf_protect, never_cache, login_not_required], name="dispatch")
class LoginView(RedirectURLMixin, FormView):
    """Asks for name and password."""

    form_class: Any = AuthenticationForm
    authentication_form: Any = None
    template_name = "registration/login.html"
    redirect_authenticated_user = False
    extra_context: Any = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Send on who has logged in already, where that is asked for."""
        if self.redirect_authenticated_user and self.request.user.is_authenticated:
            redirect_to = self.get_success_url()
            if redirect_to == self.request.path:
                raise ValueError(
                    "Redirection loop for authenticated user detected. Check that your LOGIN_REDIRECT_URL doesn't point "
                    "to a login page."
                )
            return HttpResponseRedirect(redirect_to)
        return super().dispatch(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        """Return ``next_page``, or ``LOGIN_REDIRECT_URL``."""
        return resolve_url(self.next_page or settings.LOGIN_REDIRECT_URL)

    def get_form_class(self) -> Any:
        """Return the form."""
        return self.authentication_form or self.form_class

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the request."""
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> Any:
        """Log in."""
        auth_login(self.request, form.get_user())
        return HttpResponseRedirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the site and the parameter."""
        context = super().get_context_data(**kwargs)
        current_site = get_current_site(self.request)
        context.update(
            {
                self.redirect_field_name: self.get_redirect_url(),
                "site": current_site,
                "site_name": current_site.name,
                **(self.extra_context or {}),
            }
        )
        return context


@method_decorator([csrf_protect, never_cache], name="dispatch")
class LogoutView(RedirectURLMixin, TemplateView):
    """Logs out, on POST."""

    http_method_names = ["post", "options"]
    template_name = "registration/logged_out.html"
    extra_context: Any = None

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Log out and go on."""
        auth_logout(request)
        redirect_to = self.get_success_url()
        if redirect_to != request.get_full_path():
            return HttpResponseRedirect(redirect_to)
        return super().get(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        """Return ``next_page``, ``LOGOUT_REDIRECT_URL`` or this page."""
        if self.next_page:
            return resolve_url(self.next_page)
        if settings.LOGOUT_REDIRECT_URL:
            return resolve_url(settings.LOGOUT_REDIRECT_URL)
        return str(self.request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the site."""
        context = super().get_context_data(**kwargs)
        current_site = get_current_site(self.request)
        context.update(
            {
                "site": current_site,
                "site_name": current_site.name,
                "title": _("Logged out"),
                "subtitle": None,
                **(self.extra_context or {}),
            }
        )
        return context


def logout_then_login(request: Any, login_url: Any = None) -> Any:
    """Log out and show the login page."""
    return LogoutView.as_view(next_page=resolve_url(login_url or settings.LOGIN_URL))(request)


class PasswordContextMixin:
    """Title of the password pages."""

    extra_context: Any = None
    title: Any = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the title."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        context.update({"title": self.title, "subtitle": None, **(self.extra_context or {})})
        return context


@method_decorator([csrf_protect, login_not_required], name="dispatch")
class PasswordResetView(PasswordContextMixin, FormView):
    """Asks for an address to send a link to."""

    email_template_name = "registration/password_reset_email.html"
    extra_email_context: Any = None
    form_class: Any = PasswordResetForm
    from_email: Any = None
    html_email_template_name: Any = None
    subject_template_name = "registration/password_reset_subject.txt"
    success_url: Any = reverse_lazy("password_reset_done")
    template_name = "registration/password_reset_form.html"
    title = _("Password reset")
    token_generator: Any = default_token_generator

    def form_valid(self, form: Any) -> Any:
        """Send the link; the answer is the same whether there is such a user or not."""
        form.save(
            use_https=self.request.is_secure(),
            token_generator=self.token_generator,
            from_email=self.from_email,
            email_template_name=self.email_template_name,
            subject_template_name=self.subject_template_name,
            request=self.request,
            html_email_template_name=self.html_email_template_name,
            extra_email_context=self.extra_email_context,
        )
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class PasswordResetDoneView(PasswordContextMixin, TemplateView):
    """Says that a mail is on its way."""

    template_name = "registration/password_reset_done.html"
    title = _("Password reset sent")


@method_decorator([sensitive_post_parameters(), never_cache, login_not_required], name="dispatch")
class PasswordResetConfirmView(PasswordContextMixin, FormView):
    """Takes the new password of a link. The token moves into the session, so that no Referer header carries it."""

    form_class: Any = SetPasswordForm
    post_reset_login = False
    post_reset_login_backend: Any = None
    reset_url_token = "set-password"
    success_url: Any = reverse_lazy("password_reset_complete")
    template_name = "registration/password_reset_confirm.html"
    title = _("Enter new password")
    token_generator: Any = default_token_generator

    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        """Check the link."""
        if "uidb64" not in kwargs or "token" not in kwargs:
            raise ImproperlyConfigured("The URL path must contain 'uidb64' and 'token' parameters.")
        self.validlink = False
        self.user = self.get_user(kwargs["uidb64"])
        if self.user is not None:
            token = kwargs["token"]
            if token == self.reset_url_token:
                session_token = self.request.session.get(INTERNAL_RESET_SESSION_TOKEN)
                if self.token_generator.check_token(self.user, session_token):
                    self.validlink = True
                    return super().dispatch(*args, **kwargs)
            elif self.token_generator.check_token(self.user, token):
                self.request.session[INTERNAL_RESET_SESSION_TOKEN] = token
                return HttpResponseRedirect(self.request.path.replace(token, self.reset_url_token))
        return self.render_to_response(self.get_context_data())

    def get_user(self, uidb64: str) -> Any:
        """Return the user of the link, or None."""
        try:
            pk = UserModel._meta.pk.to_python(urlsafe_base64_decode(uidb64).decode())
            return UserModel._default_manager.get(pk=pk)
        except (TypeError, ValueError, OverflowError, UserModel.DoesNotExist, ValidationError):
            return None

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the user."""
        return {**super().get_form_kwargs(), "user": self.user}

    def form_valid(self, form: Any) -> Any:
        """Set the password; log in, where that is asked for."""
        user = form.save()
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        if self.post_reset_login:
            auth_login(self.request, user, self.post_reset_login_backend)
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether the link is good."""
        context = super().get_context_data(**kwargs)
        if self.validlink:
            context["validlink"] = True
        else:
            context.update({"form": None, "title": _("Password reset unsuccessful"), "validlink": False})
        return context


@method_decorator(login_not_required, name="dispatch")
class PasswordResetCompleteView(PasswordContextMixin, TemplateView):
    """Says that the new password is set."""

    template_name = "registration/password_reset_complete.html"
    title = _("Password reset complete")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the login page."""
        return {**super().get_context_data(**kwargs), "login_url": resolve_url(settings.LOGIN_URL)}


@method_decorator([sensitive_post_parameters(), csrf_protect, login_required], name="dispatch")
class PasswordChangeView(PasswordContextMixin, FormView):
    """Takes old and new password; the session goes on."""

    form_class: Any = PasswordChangeForm
    success_url: Any = reverse_lazy("password_change_done")
    template_name = "registration/password_change_form.html"
    title = _("Password change")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the user."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: Any) -> Any:
        """Set the password and keep this session."""
        form.save()
        update_session_auth_hash(self.request, form.user)
        return super().form_valid(form)


@method_decorator(login_required, name="dispatch")
class PasswordChangeDoneView(PasswordContextMixin, TemplateView):
    """Says that the password is changed."""

    template_name = "registration/password_change_done.html"
    title = _("Password change successful")
