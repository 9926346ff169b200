"""The list of a model: columns, search, actions, editing in place."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastjango import forms
from fastjango.contrib import messages
from fastjango.contrib.admin import helpers
from fastjango.contrib.admin.filters import IncorrectLookupParameters
from fastjango.contrib.admin.model_admin.options import BaseModelAdmin
from fastjango.contrib.admin.utils import lookup_spawns_duplicates, model_format_dict, model_ngettext
from fastjango.core.exceptions import BadRequest, FieldDoesNotExist, PermissionDenied, ValidationError
from fastjango.core.paginator import Paginator
from fastjango.db import models, router, transaction
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.forms.models import modelform_defines_fields, modelform_factory, modelformset_factory
from fastjango.http import HttpResponseRedirect
from fastjango.http.response import HttpResponseBase
from fastjango.template.response import SimpleTemplateResponse, TemplateResponse
from fastjango.utils.text import smart_split, unescape_string_literal
from fastjango.utils.translation import gettext as _
from fastjango.utils.translation import ngettext

# First characters of an entry in ``search_fields`` and the lookups they stand for.
SEARCH_MARKS = {"^": "istartswith", "=": "iexact", "@": "search"}


def _search_lookup(opts: Any, spec: str) -> tuple[str, Any]:
    """Return the lookup of an entry in ``search_fields``, and the field whose type a word must have for it."""
    if mark := SEARCH_MARKS.get(spec[:1]):
        return f"{spec[1:]}__{mark}", None
    field = None
    for name in spec.split(LOOKUP_SEP):
        try:
            field = opts.get_field(opts.pk.name if name == "pk" else name)
        except FieldDoesNotExist:
            if field is not None and field.get_lookup(name):
                typed = name == "exact" and not isinstance(field, (models.CharField, models.TextField))
                return spec, field if typed else None
        else:
            if hasattr(field, "path_infos"):
                opts = field.path_infos[-1].to_opts
    return f"{spec}__icontains", None


def _match_word(word: str, lookups: list[tuple[str, Any]]) -> Any:
    """Return the condition that one of *lookups* finds *word*; those that cannot hold such a value are left out."""
    conditions: list[Any] = []
    for lookup, field in lookups:
        value: Any = word
        if field is not None:
            try:
                value = (field.formfield() or field).to_python(word)
            except ValidationError:
                continue
        conditions.append((lookup, value))
    return models.Q.create(conditions, connector=models.Q.OR) if conditions else models.Q(pk__in=[])


class ListPages(BaseModelAdmin):
    """The half of ``ModelAdmin`` that shows many objects."""

    list_display: Any = ("__str__",)
    list_display_links: Any = ()
    list_filter: Any = ()
    list_select_related: Any = False
    list_per_page = 100
    list_max_show_all = 200
    list_editable: Any = ()
    search_fields: Any = ()
    search_help_text: Any = None
    date_hierarchy: Any = None
    show_facets: Any
    paginator: Any = Paginator
    preserve_filters = True
    actions: Any = ()
    action_form: Any = helpers.ActionForm
    actions_on_top = True
    actions_on_bottom = False
    actions_selection_counter = True
    change_list_template: Any = None

    # ------------------------------------------------------------ options as hooks

    def get_list_display(self, request: Any) -> Any:
        """Return the columns."""
        return self.list_display

    def get_list_display_links(self, request: Any, list_display: Any) -> Any:
        """Return the columns that lead to the object; the first one when nothing is said."""
        if self.list_display_links or self.list_display_links is None or not list_display:
            return self.list_display_links
        return list(list_display)[:1]

    def get_list_filter(self, request: Any) -> Any:
        """Return the filters."""
        return self.list_filter

    def get_list_select_related(self, request: Any) -> Any:
        """Return the relations that are loaded with the rows."""
        return self.list_select_related

    def get_search_fields(self, request: Any) -> Any:
        """Return the fields that are searched."""
        return self.search_fields

    def get_paginator(
        self, request: Any, queryset: Any, per_page: Any, orphans: int = 0, allow_empty_first_page: bool = True
    ) -> Any:
        """Return the paginator of the list."""
        return self.paginator(queryset, per_page, orphans, allow_empty_first_page)

    def get_changelist(self, request: Any, **kwargs: Any) -> Any:
        """Return the class of the list."""
        from fastjango.contrib.admin.views.main import ChangeList

        return ChangeList

    def get_changelist_instance(self, request: Any) -> Any:
        """Return the list for this request. Queries: 2 or 3."""
        list_display = self.get_list_display(request)
        list_display_links = self.get_list_display_links(request, list_display)
        # A column with boxes to choose actions for.
        if self.get_actions(request):
            list_display = ["action_checkbox", *list_display]
        change_list_class = self.get_changelist(request)
        return change_list_class(
            request,
            self.model,
            list_display,
            list_display_links,
            self.get_list_filter(request),
            self.date_hierarchy,
            self.get_search_fields(request),
            self.get_list_select_related(request),
            self.list_per_page,
            self.list_max_show_all,
            self.list_editable,
            self,
            self.get_sortable_by(request),
            self.search_help_text,
        )

    def get_changelist_form(self, request: Any, **kwargs: Any) -> Any:
        """Return the class of the form of a row that is edited in place."""
        defaults = {"formfield_callback": partial(self.formfield_for_dbfield, request=request), **kwargs}
        if defaults.get("fields") is None and not modelform_defines_fields(defaults.get("form")):
            defaults["fields"] = forms.ALL_FIELDS
        return modelform_factory(self.model, **defaults)

    def get_changelist_formset(self, request: Any, **kwargs: Any) -> Any:
        """Return the class of the formset of rows that are edited in place."""
        defaults = {"formfield_callback": partial(self.formfield_for_dbfield, request=request), **kwargs}
        return modelformset_factory(
            self.model, self.get_changelist_form(request), extra=0, fields=self.list_editable, **defaults
        )

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Return the objects that match all words, and whether one may come twice."""
        search_fields = self.get_search_fields(request)
        if not (search_fields and search_term):
            return queryset, False
        lookups = [_search_lookup(queryset.model._meta, str(spec)) for spec in search_fields]
        words = [
            unescape_string_literal(word) if word[0] in "\"'" and word[0] == word[-1] and len(word) > 1 else word
            for word in smart_split(search_term)
        ]
        queryset = queryset.filter(models.Q.create([_match_word(word, lookups) for word in words]))
        return queryset, any(lookup_spawns_duplicates(self.opts, lookup) for lookup, _field in lookups)

    def get_preserved_filters(self, request: Any) -> str:
        """Return the list's parameters, for the way back to it."""
        from urllib.parse import urlencode

        match = request.resolver_match
        if not (self.preserve_filters and match):
            return ""
        current_url = f"{match.app_name}:{match.url_name}"
        changelist_url = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
        if current_url == changelist_url:
            preserved_filters = request.GET.urlencode()
        else:
            preserved_filters = request.GET.get("_changelist_filters")
        return urlencode({"_changelist_filters": preserved_filters}) if preserved_filters else ""

    # ------------------------------------------------------------ actions

    def action_checkbox(self, obj: Any) -> str:
        """Return the box that chooses a row."""
        attrs = {
            "class": "action-select",
            "aria-label": _("Select this object for an action - %s") % obj,
        }
        checkbox = forms.CheckboxInput(attrs, lambda value: False)
        return str(checkbox.render(helpers.ACTION_CHECKBOX_NAME, str(obj.pk)))

    action_checkbox.short_description = '<input type="checkbox" id="action-toggle">'  # type: ignore[attr-defined]

    @staticmethod
    def _get_action_description(func: Any, name: str) -> Any:
        from fastjango.utils.text import capfirst

        try:
            return func.short_description
        except AttributeError:
            return capfirst(name.replace("_", " "))

    def _get_base_actions(self) -> list[tuple[Any, str, Any]]:
        """Return the actions of the site, then those of this admin."""
        own = [action for action in map(self.get_action, self.actions or []) if action]
        taken = {name for _func, name, _description in own}
        general = [
            (func, name, self._get_action_description(func, name))
            for name, func in self.admin_site.actions
            if name not in taken
        ]
        return general + own

    def _filter_actions_by_permissions(self, request: Any, actions: list[Any]) -> list[Any]:
        filtered = []
        for action in actions:
            func = action[0]
            if not hasattr(func, "allowed_permissions"):
                filtered.append(action)
                continue
            permission_checks = (
                getattr(self, f"has_{permission}_permission") for permission in func.allowed_permissions
            )
            if any(has_permission(request) for has_permission in permission_checks):
                filtered.append(action)
        return filtered

    def get_actions(self, request: Any) -> dict[str, Any]:
        """Return ``{name: (function, name, description)}`` of the actions that the user may run."""
        from fastjango.contrib.admin.constants import IS_POPUP_VAR

        # None switches actions off; a popup only chooses.
        if self.actions is None or IS_POPUP_VAR in request.GET:
            return {}
        actions = self._filter_actions_by_permissions(request, self._get_base_actions())
        return {name: (func, name, desc) for func, name, desc in actions}

    def get_action_choices(self, request: Any, default_choices: Any = models.BLANK_CHOICE_DASH) -> list[Any]:
        """Return the choices of the box with actions."""
        choices = [*default_choices]
        for _func, name, description in self.get_actions(request).values():
            choices.append((name, description % model_format_dict(self.opts)))
        return choices

    def get_action(self, action: Any) -> Any:
        """Return ``(function, name, description)`` of a function, a method's name or a site's action; or None."""
        if callable(action):
            func = action
            action = action.__name__
        elif hasattr(self.__class__, action):
            func = getattr(self.__class__, action)
        else:
            try:
                func = self.admin_site.get_action(action)
            except KeyError:
                return None
        return func, action, self._get_action_description(func, action)

    def response_action(self, request: Any, queryset: Any) -> Any:
        """Run the chosen action on the chosen objects; None when nothing was chosen."""
        # There may be two bars, above and below.
        try:
            action_index = int(request.POST.get("index", 0))
        except ValueError:
            action_index = 0
        data = request.POST.copy()
        data.pop(helpers.ACTION_CHECKBOX_NAME, None)
        data.pop("index", None)
        try:
            data.update({"action": data.getlist("action")[action_index]})
        except IndexError:
            # The form says that the action is missing.
            pass
        action_form = self.action_form(data, auto_id=None)
        action_form.fields["action"].choices = self.get_action_choices(request)
        if not action_form.is_valid():
            self.message_user(request, _("No action selected."), messages.WARNING)  # type: ignore[attr-defined]
            return None
        action = action_form.cleaned_data["action"]
        select_across = action_form.cleaned_data["select_across"]
        func = self.get_actions(request)[action][0]
        selected = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        if not selected and not select_across:
            self.message_user(  # type: ignore[attr-defined]
                request,
                _("Items must be selected in order to perform actions on them. No items have been changed."),
                messages.WARNING,
            )
            return None
        if not select_across:
            queryset = queryset.filter(pk__in=self._keys(selected))
        response = func(self, request, queryset)
        return response if isinstance(response, HttpResponseBase) else HttpResponseRedirect(request.get_full_path())

    def _keys(self, selected: list[str]) -> list[str]:
        """Return the keys of a selection; ``BadRequest`` if one of them can be no key."""
        try:
            for key in selected:
                self.opts.pk.to_python(key)
        except (ValidationError, ValueError, OverflowError) as exc:
            raise BadRequest("The selection names something that is no key.") from exc
        return selected

    # ------------------------------------------------------------ the page

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        """Show the list; run actions; save rows that were edited in place."""
        from fastjango.contrib.admin.views.main import ERROR_FLAG

        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        try:
            cl = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            # A wild parameter: the list without it, unless that is wild as well.
            if ERROR_FLAG in request.GET:
                return SimpleTemplateResponse("admin/invalid_setup.html", {"title": _("Database error")})
            return HttpResponseRedirect(request.path + "?" + ERROR_FLAG + "=1")
        action_failed = False
        actions = self.get_actions(request)
        has_selection = helpers.ACTION_CHECKBOX_NAME in request.POST
        if actions and request.method == "POST" and "index" in request.POST and "_save" not in request.POST:
            if has_selection:
                response = self.response_action(request, queryset=cl.get_queryset(request))
                if response:
                    return response
                action_failed = True
            else:
                self.message_user(  # type: ignore[attr-defined]
                    request,
                    _("Items must be selected in order to perform actions on them. No items have been changed."),
                    messages.WARNING,
                )
                action_failed = True
        # A page of confirmation sends the action without a bar.
        if (
            actions
            and request.method == "POST"
            and has_selection
            and "index" not in request.POST
            and "_save" not in request.POST
        ):
            response = self.response_action(request, queryset=cl.get_queryset(request))
            if response:
                return response
            action_failed = True
        if action_failed:
            return HttpResponseRedirect(request.get_full_path())
        formset = cl.formset = None
        if request.method == "POST" and cl.list_editable and "_save" in request.POST:
            if not self.has_change_permission(request):
                raise PermissionDenied
            formset_class = self.get_changelist_formset(request)
            modified_objects = self._get_list_editable_queryset(request, formset_class.get_default_prefix())
            formset = cl.formset = formset_class(request.POST, request.FILES, queryset=modified_objects)
            if formset.is_valid():
                self._save_rows(request, formset)
                return HttpResponseRedirect(request.get_full_path())
        elif cl.list_editable and self.has_change_permission(request):
            formset_class = self.get_changelist_formset(request)
            formset = cl.formset = formset_class(queryset=cl.result_list)
        return self._render_list(request, cl, formset, actions, extra_context)

    def _save_rows(self, request: Any, formset: Any) -> None:
        changecount = 0
        with transaction.atomic(using=router.db_for_write(self.model)):
            for form in formset.forms:
                if form.has_changed():
                    if form.instance._state.adding:
                        raise BadRequest("list_editable does not allow adding.")
                    obj = self.save_form(request, form, change=True)  # type: ignore[attr-defined]
                    self.save_model(request, obj, form, change=True)  # type: ignore[attr-defined]
                    self.save_related(request, form, formsets=[], change=True)  # type: ignore[attr-defined]
                    change_msg = self.construct_change_message(request, form, None)  # type: ignore[attr-defined]
                    self.log_change(request, obj, change_msg)  # type: ignore[attr-defined]
                    changecount += 1
        if changecount:
            msg = ngettext(
                "%(count)s %(name)s was changed successfully.",
                "%(count)s %(name)s were changed successfully.",
                changecount,
            ) % {"count": changecount, "name": model_ngettext(self.opts, changecount)}
            self.message_user(request, msg, messages.SUCCESS)  # type: ignore[attr-defined]

    def _get_edited_object_pks(self, request: Any, prefix: str) -> list[str]:
        """Return the keys that the form sends."""
        import re

        pk_pattern = re.compile(rf"{re.escape(prefix)}-\d+-{self.opts.pk.name}$")
        return [value for key, value in request.POST.items() if pk_pattern.match(key)]

    def _get_list_editable_queryset(self, request: Any, prefix: str) -> Any:
        """Return the objects that the form sends; all of them when a key is not valid."""
        object_pks = self._get_edited_object_pks(request, prefix)
        queryset = self.get_queryset(request)
        validate = queryset.model._meta.pk.to_python
        try:
            for pk in object_pks:
                validate(pk)
        except Exception:
            return queryset
        return queryset.filter(pk__in=object_pks)

    def _render_list(self, request: Any, cl: Any, formset: Any, actions: Any, extra_context: Any) -> Any:
        media = self.media + formset.media if formset else self.media  # type: ignore[attr-defined]
        if actions:
            action_form = self.action_form(auto_id=None)
            action_form.fields["action"].choices = self.get_action_choices(request)
            media += action_form.media
        else:
            action_form = None
        selection_note_all = ngettext("%(total_count)s selected", "All %(total_count)s selected", cl.result_count)
        context = {
            **self.admin_site.each_context(request),
            "module_name": str(self.opts.verbose_name_plural),
            "selection_note": _("0 of %(cnt)s selected") % {"cnt": len(cl.result_list)},
            "selection_note_all": selection_note_all % {"total_count": cl.result_count},
            "title": cl.title,
            "subtitle": None,
            "is_popup": cl.is_popup,
            "to_field": cl.to_field,
            "cl": cl,
            "media": media,
            "has_add_permission": self.has_add_permission(request),
            "opts": cl.opts,
            "action_form": action_form,
            "actions_on_top": self.actions_on_top,
            "actions_on_bottom": self.actions_on_bottom,
            "actions_selection_counter": self.actions_selection_counter,
            "preserved_filters": self.get_preserved_filters(request),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        app_label, model_name = self.opts.app_label, self.opts.model_name
        return TemplateResponse(
            request,
            self.change_list_template
            or [
                f"admin/{app_label}/{model_name}/change_list.html",
                f"admin/{app_label}/change_list.html",
                "admin/change_list.html",
            ],
            context,
        )
