"""``AdminSite``: a registry of models with their admins, the index, login and logout."""

from __future__ import annotations

from functools import update_wrapper
from typing import Any
from weakref import WeakSet

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.contrib.admin import ModelAdmin, actions
from fastjango.contrib.admin.exceptions import AlreadyRegistered, NotRegistered
from fastjango.contrib.admin.views.autocomplete import AutocompleteJsonView
from fastjango.contrib.auth import REDIRECT_FIELD_NAME
from fastjango.contrib.auth.decorators import login_not_required
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.db.models.base import ModelBase
from fastjango.http import Http404, HttpResponsePermanentRedirect, HttpResponseRedirect
from fastjango.template.response import TemplateResponse
from fastjango.urls import NoReverseMatch, Resolver404, resolve, reverse, reverse_lazy
from fastjango.utils.decorators import method_decorator
from fastjango.utils.functional import LazyObject
from fastjango.utils.module_loading import import_string
from fastjango.utils.text import capfirst
from fastjango.utils.translation import gettext as _
from fastjango.utils.translation import gettext_lazy
from fastjango.views.decorators.cache import never_cache
from fastjango.views.decorators.common import no_append_slash
from fastjango.views.decorators.csrf import csrf_protect
from fastjango.views.i18n import JavaScriptCatalog

all_sites: WeakSet[Any] = WeakSet()


def _models(model_or_iterable: Any) -> list[Any]:
    """Return the models that are meant; of a plain SQLAlchemy class its twin among the models."""
    is_one = isinstance(model_or_iterable, type) and hasattr(model_or_iterable, "_meta")
    given: Any = [model_or_iterable] if is_one else model_or_iterable
    return [model if isinstance(model, ModelBase) else model._meta.model for model in given]


class AdminSite:
    """
    An admin. ``site`` is the usual one; a project may have more, or its own subclass.

        urlpatterns = [path("admin/", admin.site.urls)]
    """

    site_title: Any = gettext_lazy("FastJango site admin")
    site_header: Any = gettext_lazy("FastJango administration")
    index_title: Any = gettext_lazy("Site administration")
    site_url: Any = "/"
    enable_nav_sidebar = True
    empty_value_display: Any = "-"
    login_form: Any = None
    index_template: Any = None
    app_index_template: Any = None
    login_template: Any = None
    logout_template: Any = None
    password_change_template: Any = None
    password_change_done_template: Any = None
    final_catch_all_view = True

    def __init__(self, name: str = "admin") -> None:
        self._registry: dict[Any, Any] = {}
        self.name = name
        self._actions: dict[str, Any] = {"delete_selected": actions.delete_selected}
        self._global_actions = self._actions.copy()
        all_sites.add(self)

    def __repr__(self) -> str:
        return f"{self.__class__.__name__}(name={self.name!r})"

    def check(self, app_configs: Any) -> list[Any]:
        """Return what is wrong with the registered admins."""
        configs = apps.get_app_configs() if app_configs is None else app_configs
        wanted = set(configs)
        errors: list[Any] = []
        for modeladmin in self._registry.values():
            if modeladmin.model._meta.app_config in wanted:
                errors.extend(modeladmin.check())
        return errors

    # ------------------------------------------------------------ registry

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """
        Register models with an admin class; keyword arguments are options of it.

        Raises:
            AlreadyRegistered: A model is registered already.
            ImproperlyConfigured: A model is abstract.
        """
        admin_class = admin_class or ModelAdmin
        model_or_iterable = _models(model_or_iterable)
        for model in model_or_iterable:
            if model._meta.abstract:
                raise ImproperlyConfigured(
                    f"The model {model.__name__} is abstract, so it cannot be registered with admin."
                )
            if model._meta.is_composite_pk:
                raise ImproperlyConfigured(
                    f"The model {model.__name__} has a composite primary key, so it cannot be registered with admin."
                )
            if self.is_registered(model):
                registered_admin = str(self.get_model_admin(model))
                message = f"The model {model.__name__} is already registered "
                if registered_admin.endswith(".ModelAdmin"):
                    message += f"in app {registered_admin.removesuffix('.ModelAdmin')!r}."
                else:
                    message += f"with {registered_admin!r}."
                raise AlreadyRegistered(message)
            # A swapped-out model has no table.
            if model._meta.swapped:
                continue
            chosen = admin_class
            if options:
                options["__module__"] = __name__
                chosen = type(f"{model.__name__}Admin", (admin_class,), options)
            self._registry[model] = chosen(model, self)

    def unregister(self, model_or_iterable: Any) -> None:
        """Take models out; ``NotRegistered`` for one that is not in."""
        model_or_iterable = _models(model_or_iterable)
        for model in model_or_iterable:
            if not self.is_registered(model):
                raise NotRegistered(f"The model {model.__name__} is not registered")
            del self._registry[model]

    def is_registered(self, model: Any) -> bool:
        """Return whether a model is registered."""
        return model in self._registry

    def get_model_admin(self, model: Any) -> Any:
        """Return the admin of a model; ``NotRegistered`` when it has none."""
        try:
            return self._registry[model]
        except KeyError:
            raise NotRegistered(f"The model {model.__name__} is not registered.") from None

    # ------------------------------------------------------------ actions

    def add_action(self, action: Any, name: str | None = None) -> None:
        """Add an action to every list."""
        name = name or str(getattr(action, "__name__"))
        self._actions[name] = action
        self._global_actions[name] = action

    def disable_action(self, name: str) -> None:
        """Take an action from every list; ``KeyError`` when there is none."""
        del self._actions[name]

    def get_action(self, name: str) -> Any:
        """Return an action, also a disabled one."""
        return self._global_actions[name]

    @property
    def actions(self) -> Any:
        """The actions of every list, as ``(name, function)``."""
        return self._actions.items()

    # ------------------------------------------------------------ addresses

    def has_permission(self, request: Any) -> bool:
        """Return whether the user may see any page of the admin."""
        return bool(request.user.is_active and request.user.is_staff)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Wrap a view: login first, never cached, CSRF checked."""

        def inner(request: Any, *args: Any, **kwargs: Any) -> Any:
            if not self.has_permission(request):
                if request.path == reverse("admin:logout", current_app=self.name):
                    return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
                from fastjango.contrib.auth.views import redirect_to_login

                return redirect_to_login(request.get_full_path(), reverse("admin:login", current_app=self.name))
            return view(request, *args, **kwargs)

        if not cacheable:
            inner = never_cache(inner)
        # csrf_protect is of no use to the CSRF middleware's exempt views: those stay exempt.
        if not getattr(view, "csrf_exempt", False):
            inner = csrf_protect(inner)
        return update_wrapper(inner, view)

    def get_urls(self) -> list[Any]:
        """Return the patterns of all pages."""
        from fastjango.contrib.contenttypes import views as contenttype_views
        from fastjango.urls import include, path, re_path

        def wrap(view: Any, cacheable: bool = False) -> Any:
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                return self.admin_view(view, cacheable)(*args, **kwargs)

            wrapper.admin_site = self  # type: ignore[attr-defined]
            # The middleware that demands a login leaves it to the admin.
            wrapper.login_url = reverse_lazy("admin:login", current_app=self.name)  # type: ignore[attr-defined]
            return update_wrapper(wrapper, view)

        urlpatterns: list[Any] = [
            path("", wrap(self.index), name="index"),
            path("login/", self.login, name="login"),
            path("logout/", wrap(self.logout), name="logout"),
            path("password_change/", wrap(self.password_change, cacheable=True), name="password_change"),
            path("password_change/done/", wrap(self.password_change_done, cacheable=True), name="password_change_done"),
            path("autocomplete/", wrap(self.autocomplete_view), name="autocomplete"),
            path("jsi18n/", wrap(self.i18n_javascript, cacheable=True), name="jsi18n"),
            path("r/<path:content_type_id>/<path:object_id>/", wrap(contenttype_views.shortcut), name="view_on_site"),
        ]
        valid_app_labels = []
        for model, model_admin in self._registry.items():
            urlpatterns += [path(f"{model._meta.app_label}/{model._meta.model_name}/", include(model_admin.urls))]
            if model._meta.app_label not in valid_app_labels:
                valid_app_labels.append(model._meta.app_label)
        if valid_app_labels:
            regex = r"^(?P<app_label>" + "|".join(valid_app_labels) + ")/$"
            urlpatterns += [re_path(regex, wrap(self.app_index), name="app_list")]
        if self.final_catch_all_view:
            urlpatterns.append(re_path(r"(?P<url>.*)$", wrap(self.catch_all_view)))
        return urlpatterns

    @property
    def urls(self) -> tuple[list[Any], str, str]:
        """What stands in ``path("admin/", admin.site.urls)``."""
        return self.get_urls(), "admin", self.name

    def each_context(self, request: Any) -> dict[str, Any]:
        """Return what every page of the admin gets."""
        script_name = request.META["SCRIPT_NAME"]
        site_url = script_name if self.site_url == "/" and script_name else self.site_url
        return {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "site_url": site_url,
            "has_permission": self.has_permission(request),
            "available_apps": self.get_app_list(request),
            "is_popup": False,
            "is_nav_sidebar_enabled": self.enable_nav_sidebar,
            "log_entries": self.get_log_entries(request),
        }

    # ------------------------------------------------------------ pages

    def password_change(self, request: Any, extra_context: Any = None) -> Any:
        """Change one's own password."""
        from fastjango.contrib.admin.forms import AdminPasswordChangeForm
        from fastjango.contrib.auth.views import PasswordChangeView

        defaults: dict[str, Any] = {
            "form_class": AdminPasswordChangeForm,
            "success_url": reverse("admin:password_change_done", current_app=self.name),
            "extra_context": {**self.each_context(request), **(extra_context or {})},
        }
        if self.password_change_template is not None:
            defaults["template_name"] = self.password_change_template
        request.current_app = self.name
        return PasswordChangeView.as_view(**defaults)(request)

    def password_change_done(self, request: Any, extra_context: Any = None) -> Any:
        """Say that the password is changed."""
        from fastjango.contrib.auth.views import PasswordChangeDoneView

        defaults: dict[str, Any] = {"extra_context": {**self.each_context(request), **(extra_context or {})}}
        if self.password_change_done_template is not None:
            defaults["template_name"] = self.password_change_done_template
        request.current_app = self.name
        return PasswordChangeDoneView.as_view(**defaults)(request)

    def i18n_javascript(self, request: Any, extra_context: Any = None) -> Any:
        """Return the texts of the scripts in the current language."""
        return JavaScriptCatalog.as_view(packages=["fastjango.contrib.admin"])(request)

    def logout(self, request: Any, extra_context: Any = None) -> Any:
        """Log out."""
        from fastjango.contrib.auth.views import LogoutView

        defaults: dict[str, Any] = {
            "extra_context": {
                **self.each_context(request),
                # The page is shown to nobody in particular.
                "has_permission": False,
                **(extra_context or {}),
            }
        }
        if self.logout_template is not None:
            defaults["template_name"] = self.logout_template
        request.current_app = self.name
        return LogoutView.as_view(**defaults)(request)

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: Any, extra_context: Any = None) -> Any:
        """Show the login page; who is logged in already goes on to the index."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        # These import the user model.
        from fastjango.contrib.admin.forms import AdminAuthenticationForm
        from fastjango.contrib.auth.views import LoginView

        context: dict[str, Any] = {
            **self.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
        }
        if REDIRECT_FIELD_NAME not in request.GET and REDIRECT_FIELD_NAME not in request.POST:
            context[REDIRECT_FIELD_NAME] = reverse("admin:index", current_app=self.name)
        context.update(extra_context or {})
        defaults = {
            "extra_context": context,
            "authentication_form": self.login_form or AdminAuthenticationForm,
            "template_name": self.login_template or "admin/login.html",
        }
        request.current_app = self.name
        return LoginView.as_view(**defaults)(request)

    def autocomplete_view(self, request: Any) -> Any:
        """Answer the boxes that complete what is typed."""
        return AutocompleteJsonView.as_view(admin_site=self)(request)

    @no_append_slash
    def catch_all_view(self, request: Any, url: str) -> Any:
        """Redirect to the page with a slash, if there is one; 404 otherwise."""
        if settings.APPEND_SLASH and not url.endswith("/"):
            urlconf = getattr(request, "urlconf", None)
            try:
                match = resolve(f"{request.path_info}/", urlconf)
            except Resolver404:
                pass
            else:
                if getattr(match.func, "should_append_slash", True):
                    return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
        raise Http404

    def _build_app_dict(self, request: Any, label: str | None = None) -> dict[str, Any]:
        app_dict: dict[str, Any] = {}
        models = {m: a for m, a in self._registry.items() if m._meta.app_label == label} if label else self._registry
        for model, model_admin in models.items():
            app_label = model._meta.app_label
            if not model_admin.has_module_permission(request):
                continue
            perms = model_admin.get_model_perms(request)
            if True not in perms.values():
                continue
            entry = self._model_entry(model, perms)
            if app_label not in app_dict:
                app_dict[app_label] = {
                    "name": apps.get_app_config(app_label).verbose_name,
                    "app_label": app_label,
                    "app_url": reverse("admin:app_list", kwargs={"app_label": app_label}, current_app=self.name),
                    "has_module_perms": True,
                    "models": [],
                }
            app_dict[app_label]["models"].append(entry)
        return app_dict

    def _model_entry(self, model: Any, perms: dict[str, bool]) -> dict[str, Any]:
        info = (model._meta.app_label, model._meta.model_name)
        entry: dict[str, Any] = {
            "model": model,
            "name": capfirst(model._meta.verbose_name_plural),
            "object_name": model._meta.object_name,
            "perms": perms,
            "admin_url": None,
            "add_url": None,
        }
        if perms.get("change") or perms.get("view"):
            entry["view_only"] = not perms.get("change")
            try:
                entry["admin_url"] = reverse("admin:{}_{}_changelist".format(*info), current_app=self.name)
            except NoReverseMatch:
                pass
        if perms.get("add"):
            try:
                entry["add_url"] = reverse("admin:{}_{}_add".format(*info), current_app=self.name)
            except NoReverseMatch:
                pass
        return entry

    def get_app_list(self, request: Any, app_label: str | None = None) -> list[dict[str, Any]]:
        """Return the apps that the user may see, with their models, both sorted by name."""
        app_list = sorted(self._build_app_dict(request, app_label).values(), key=lambda app: str(app["name"]).lower())
        for app in app_list:
            app["models"].sort(key=lambda model: model["name"])
        return app_list

    def index(self, request: Any, extra_context: Any = None) -> Any:
        """Show all apps."""
        app_list = self.get_app_list(request)
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "subtitle": None,
            "app_list": app_list,
            **(extra_context or {}),
        }
        request.current_app = self.name
        return TemplateResponse(request, self.index_template or "admin/index.html", context)

    def app_index(self, request: Any, app_label: str, extra_context: Any = None) -> Any:
        """Show one app; 404 when the user may see nothing of it."""
        app_list = self.get_app_list(request, app_label)
        if not app_list:
            raise Http404("The requested admin page does not exist.")
        context = {
            **self.each_context(request),
            "title": _("%(app)s administration") % {"app": app_list[0]["name"]},
            "subtitle": None,
            "app_list": app_list,
            "app_label": app_label,
            **(extra_context or {}),
        }
        request.current_app = self.name
        templates = self.app_index_template or [f"admin/{app_label}/app_index.html", "admin/app_index.html"]
        return TemplateResponse(request, templates, context)

    def get_log_entries(self, request: Any) -> Any:
        """Return the entries of the log; the index shows the user's last ones."""
        from fastjango.contrib.admin.models import LogEntry

        return LogEntry.objects.select_related("content_type", "user")


class DefaultAdminSite(LazyObject):
    """``admin.site``: made when first used, of the class that the app's configuration names."""

    def _setup(self) -> None:
        site_class = import_string(apps.get_app_config("admin").default_site)  # type: ignore[attr-defined]
        self._wrapped = site_class()

    def __repr__(self) -> str:
        return repr(self._wrapped)


site: Any = DefaultAdminSite()

__all__ = ["AdminSite", "AlreadyRegistered", "NotRegistered", "all_sites", "site"]
