"""Forms: shown, checked, saved; and objects that are deleted after a question."""

from __future__ import annotations

import warnings
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.forms import Form
from fastjango.forms import models as model_forms
from fastjango.http import HttpResponseRedirect
from fastjango.views.generic.base import ContextMixin, TemplateResponseMixin, View
from fastjango.views.generic.detail import BaseDetailView, SingleObjectMixin, SingleObjectTemplateResponseMixin


class FormMixin(ContextMixin):
    """Makes a form for the request, and says where to go after it."""

    initial: dict[str, Any] = {}
    form_class: Any = None
    success_url: Any = None
    prefix: str | None = None
    request: Any

    def get_initial(self) -> dict[str, Any]:
        """Return what the form shows at first."""
        return self.initial.copy()

    def get_prefix(self) -> str | None:
        """Return what the names of the form's fields begin with."""
        return self.prefix

    def get_form_class(self) -> Any:
        """Return the form's class."""
        return self.form_class

    def get_form(self, form_class: Any = None) -> Any:
        """Return the form of this request."""
        if form_class is None:
            form_class = self.get_form_class()
        return form_class(**self.get_form_kwargs())

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return what the form is made with."""
        kwargs: dict[str, Any] = {"initial": self.get_initial(), "prefix": self.get_prefix()}
        if self.request.method in ("POST", "PUT"):
            kwargs.update({"data": self.request.POST, "files": self.request.FILES})
        return kwargs

    def get_success_url(self) -> str:
        """Return where to go after a valid form."""
        if not self.success_url:
            raise ImproperlyConfigured("No URL to redirect to. Provide a success_url.")
        # It may be lazy.
        return str(self.success_url)

    def form_valid(self, form: Any) -> Any:
        """Answer a valid form: redirect."""
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: Any) -> Any:
        """Answer an invalid form: show it with its errors."""
        return self.render_to_response(self.get_context_data(form=form))  # type: ignore[attr-defined]  # of a mixin

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context, with the form."""
        if "form" not in kwargs:
            kwargs["form"] = self.get_form()
        return super().get_context_data(**kwargs)


class ModelFormMixin(FormMixin, SingleObjectMixin):
    """Makes a form for a model, and saves its object."""

    fields: Any = None

    def get_form_class(self) -> Any:
        """Return the form's class, made from the model's ``fields`` where none is given."""
        if self.fields is not None and self.form_class:
            raise ImproperlyConfigured("Specifying both 'fields' and 'form_class' is not permitted.")
        if self.form_class:
            return self.form_class
        if self.model is not None:
            model = self.model
        elif getattr(self, "object", None) is not None:
            model = type(self.object)
        else:
            model = self.get_queryset().model
        if self.fields is None:
            raise ImproperlyConfigured(
                f"Using ModelFormMixin (base class of {type(self).__name__}) without the 'fields' attribute is "
                "prohibited."
            )
        return model_forms.modelform_factory(model, fields=self.fields)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return what the form is made with, the object included."""
        kwargs = super().get_form_kwargs()
        if hasattr(self, "object"):
            kwargs["instance"] = self.object
        return kwargs

    def get_success_url(self) -> str:
        """Return ``success_url`` with the object's fields put in, or the object's own address."""
        if self.success_url:
            return str(self.success_url).format(**self.object.__dict__)
        try:
            url: str = self.object.get_absolute_url()
        except AttributeError:
            raise ImproperlyConfigured(
                "No URL to redirect to.  Either provide a url or define a get_absolute_url method on the Model."
            ) from None
        return url

    def form_valid(self, form: Any) -> Any:
        """Save the object and redirect."""
        self.object = form.save()
        return super().form_valid(form)


class ProcessFormView(View):
    """Shows a form on GET, takes it on POST and PUT."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer with an empty form."""
        return self.render_to_response(self.get_context_data())  # type: ignore[attr-defined]  # of mixins

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Check the form and go on by the result."""
        form = self.get_form()  # type: ignore[attr-defined]  # of mixins
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)  # type: ignore[attr-defined]

    def put(self, *args: Any, **kwargs: Any) -> Any:
        """Do as for POST."""
        return self.post(*args, **kwargs)


class BaseFormView(FormMixin, ProcessFormView):
    """Shows and takes a form; the template is left to others."""


class FormView(TemplateResponseMixin, BaseFormView):
    """Shows and takes a form."""


class BaseCreateView(ModelFormMixin, ProcessFormView):
    """Makes an object; the template is left to others."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer with an empty form."""
        self.object = None
        return super().get(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Make the object, or show the errors."""
        self.object = None
        return super().post(request, *args, **kwargs)


class CreateView(SingleObjectTemplateResponseMixin, BaseCreateView):
    """Makes an object from a form."""

    template_name_suffix = "_form"


class BaseUpdateView(ModelFormMixin, ProcessFormView):
    """Changes an object; the template is left to others."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer with the object's form."""
        self.object = self.get_object()
        return super().get(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Change the object, or show the errors."""
        self.object = self.get_object()
        return super().post(request, *args, **kwargs)


class UpdateView(SingleObjectTemplateResponseMixin, BaseUpdateView):
    """Changes an object by a form."""

    template_name_suffix = "_form"


class DeletionMixin:
    """Deletes the object and redirects."""

    success_url: Any = None
    object: Any

    def delete(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Delete the object."""
        self.object = self.get_object()  # type: ignore[attr-defined]  # of the mixin that finds it
        success_url = self.get_success_url()
        self.object.delete()
        return HttpResponseRedirect(success_url)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Delete the object; browsers' forms know no DELETE."""
        return self.delete(request, *args, **kwargs)

    def get_success_url(self) -> str:
        """Return where to go when the object is gone."""
        if not self.success_url:
            raise ImproperlyConfigured("No URL to redirect to. Provide a success_url.")
        return str(self.success_url).format(**self.object.__dict__)


class DeleteViewCustomDeleteWarning(Warning):
    """A delete view has its own ``delete()``, which POST no longer calls."""


class BaseDeleteView(DeletionMixin, FormMixin, BaseDetailView):
    """Deletes an object after a question; the template is left to others."""

    form_class = Form

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if type(self).delete is not DeletionMixin.delete:
            warnings.warn(
                "DeleteView uses FormMixin to handle POST requests. As a consequence, any custom deletion logic in "
                f"{type(self).__name__}.delete() handler should be moved to form_valid().",
                DeleteViewCustomDeleteWarning,
                stacklevel=2,
            )
        super().__init__(*args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Check the form, which most often has no fields, and delete."""
        self.object = self.get_object()
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def form_valid(self, form: Any) -> Any:
        """Delete the object."""
        success_url = self.get_success_url()
        self.object.delete()
        return HttpResponseRedirect(success_url)


class DeleteView(SingleObjectTemplateResponseMixin, BaseDeleteView):
    """Deletes an object after a question."""

    template_name_suffix = "_confirm_delete"


__all__ = [
    "BaseCreateView",
    "BaseDeleteView",
    "BaseFormView",
    "BaseUpdateView",
    "CreateView",
    "DeleteView",
    "DeleteViewCustomDeleteWarning",
    "DeletionMixin",
    "FormMixin",
    "FormView",
    "ModelFormMixin",
    "ProcessFormView",
    "UpdateView",
]
