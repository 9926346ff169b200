"""Filters of the list: what of ``list_filter`` is shown at its side, and what it does to the queryset."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from fastjango.contrib.admin.exceptions import DisallowedModelAdminLookup
from fastjango.contrib.admin.utils import (
    NotRelationField,
    build_q_object_from_lookup_parameters,
    get_last_value_from_parameters,
    get_model_from_relation,
    prepare_lookup_value,
    reverse_field_path,
)
from fastjango.core.exceptions import ImproperlyConfigured, ValidationError
from fastjango.db import models
from fastjango.utils import timezone
from fastjango.utils.translation import gettext_lazy as _


class IncorrectLookupParameters(Exception):
    """A parameter of the address is no valid lookup."""


class ListFilter:
    """A filter: a title, choices, and what a choice means."""

    title: Any = None
    template = "admin/filter.html"

    def __init__(self, request: Any, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        self.request = request
        # Parameters that this filter takes are removed from params.
        self.used_parameters: dict[str, Any] = {}
        if self.title is None:
            raise ImproperlyConfigured(f"The list filter '{self.__class__.__name__}' does not specify a 'title'.")

    def has_output(self) -> bool:
        """Return whether there is a choice at all."""
        raise NotImplementedError("subclasses of ListFilter must provide a has_output() method")

    def choices(self, changelist: Any) -> Any:
        """Yield the choices."""
        raise NotImplementedError("subclasses of ListFilter must provide a choices() method")

    def queryset(self, request: Any, queryset: Any) -> Any:
        """Return the filtered queryset."""
        raise NotImplementedError("subclasses of ListFilter must provide a queryset() method")

    def expected_parameters(self) -> list[Any]:
        """Return the parameters that this filter takes."""
        raise NotImplementedError("subclasses of ListFilter must provide an expected_parameters() method")


class FacetsMixin:
    """Counts beside the choices."""

    def get_facet_counts(self, pk_attname: str, filtered_qs: Any) -> dict[str, Any]:
        """Return aggregates, one per choice."""
        raise NotImplementedError("subclasses of FacetsMixin must provide a get_facet_counts() method.")

    def get_facet_queryset(self, changelist: Any) -> Any:
        """Return the counts. Queries: 1."""
        filtered_qs = changelist.get_queryset(self.request, exclude_parameters=self.expected_parameters())  # type: ignore[attr-defined]
        return filtered_qs.aggregate(**self.get_facet_counts(changelist.pk_attname, filtered_qs))


class SimpleListFilter(FacetsMixin, ListFilter):
    """A filter of one's own: ``lookups()`` gives the choices, ``queryset()`` says what ``value()`` means."""

    parameter_name: str | None = None

    def __init__(self, request: Any, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        if self.parameter_name is None:
            raise ImproperlyConfigured(
                f"The list filter '{self.__class__.__name__}' does not specify a 'parameter_name'."
            )
        if self.parameter_name in params:
            value = params.pop(self.parameter_name)
            self.used_parameters[self.parameter_name] = value[-1] if isinstance(value, list) else value
        lookup_choices = self.lookups(request, model_admin)
        self.lookup_choices = list(lookup_choices or ())

    def has_output(self) -> bool:
        return len(self.lookup_choices) > 0

    def value(self) -> Any:
        """Return the chosen value as text, or None."""
        return self.used_parameters.get(self.parameter_name or "")

    def lookups(self, request: Any, model_admin: Any) -> Any:
        """Return ``[(value, title)]``."""
        raise NotImplementedError(
            "The SimpleListFilter.lookups() method must be overridden to return a list of tuples (value, verbose value)."
        )

    def expected_parameters(self) -> list[Any]:
        return [self.parameter_name]

    def get_facet_counts(self, pk_attname: str, filtered_qs: Any) -> dict[str, Any]:
        original_value = self.used_parameters.get(self.parameter_name or "")
        counts: dict[str, Any] = {}
        for index, choice in enumerate(self.lookup_choices):
            self.used_parameters[self.parameter_name or ""] = choice[0]
            lookup_qs = self.queryset(self.request, filtered_qs)
            if lookup_qs is not None:
                counts[f"{index}__c"] = models.Count(pk_attname, filter=models.Q(pk__in=lookup_qs))
        self.used_parameters[self.parameter_name or ""] = original_value
        return counts

    def choices(self, changelist: Any) -> Any:
        add_facets = changelist.add_facets
        facet_counts = self.get_facet_queryset(changelist) if add_facets else None
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("All"),
        }
        pairs: Any = self.lookup_choices
        for index, (lookup, title) in enumerate(pairs):
            if facet_counts is not None:
                count = facet_counts.get(f"{index}__c", -1)
                title = f"{title} ({count})" if count != -1 else f"{title} (-)"
            yield {
                "selected": self.value() == str(lookup),
                "query_string": changelist.get_query_string({self.parameter_name: lookup}),
                "display": title,
            }


class FieldListFilter(FacetsMixin, ListFilter):
    """A filter for a field; the first registered class whose test is true is taken."""

    _field_list_filters: ClassVar[list[tuple[Any, Any]]] = []
    _take_priority_index = 0
    list_separator = ","

    def __init__(
        self, field: Any, request: Any, params: dict[str, Any], model: Any, model_admin: Any, field_path: str
    ) -> None:
        self.field = field
        self.field_path = field_path
        self.title = getattr(field, "verbose_name", field_path)
        super().__init__(request, params, model, model_admin)
        for parameter in self.expected_parameters():
            if parameter in params:
                value = params.pop(parameter)
                self.used_parameters[parameter] = prepare_lookup_value(parameter, value, self.list_separator)

    def has_output(self) -> bool:
        return True

    def queryset(self, request: Any, queryset: Any) -> Any:
        try:
            return queryset.filter(build_q_object_from_lookup_parameters(self.used_parameters))
        except (ValueError, ValidationError) as exc:
            raise IncorrectLookupParameters(exc) from exc

    @classmethod
    def register(cls, test: Any, list_filter_class: Any, take_priority: bool = False) -> None:
        """Use a class for fields for which *test* is true."""
        if take_priority:
            cls._field_list_filters.insert(cls._take_priority_index, (test, list_filter_class))
            cls._take_priority_index += 1
        else:
            cls._field_list_filters.append((test, list_filter_class))

    @classmethod
    def create(
        cls, field: Any, request: Any, params: dict[str, Any], model: Any, model_admin: Any, field_path: str
    ) -> Any:
        """Return the filter for a field."""
        for test, list_filter_class in cls._field_list_filters:
            if test(field):
                return list_filter_class(field, request, params, model, model_admin, field_path=field_path)
        return None


class RelatedFieldListFilter(FieldListFilter):
    """The objects on the other side."""

    def __init__(
        self, field: Any, request: Any, params: dict[str, Any], model: Any, model_admin: Any, field_path: str
    ) -> None:
        other_model = get_model_from_relation(field)
        self.lookup_kwarg = f"{field_path}__{field.target_field.name}__exact"
        self.lookup_kwarg_isnull = f"{field_path}__isnull"
        self.lookup_val = params.get(self.lookup_kwarg)
        self.lookup_val_isnull = (
            get_last_value_from_parameters(params, self.lookup_kwarg_isnull)
            if self.lookup_kwarg_isnull in params
            else None
        )
        super().__init__(field, request, params, model, model_admin, field_path)
        self.lookup_choices = self.field_choices(field, request, model_admin)
        self.lookup_title = field.verbose_name if hasattr(field, "verbose_name") else other_model._meta.verbose_name
        self.title = self.lookup_title
        self.empty_value_display = model_admin.get_empty_value_display()

    @property
    def include_empty_choice(self) -> bool:
        """Whether rows may have nothing on the other side."""
        return bool(self.field.null or (self.field.is_relation and self.field.many_to_many))

    def has_output(self) -> bool:
        return len(self.lookup_choices) + int(self.include_empty_choice) > 1

    def expected_parameters(self) -> list[Any]:
        return [self.lookup_kwarg, self.lookup_kwarg_isnull]

    def field_admin_ordering(self, field: Any, request: Any, model_admin: Any) -> Any:
        """Return the order in which the other side's admin shows its objects."""
        try:
            related_admin = model_admin.admin_site.get_model_admin(field.remote_field.model)
        except Exception:
            return ()
        return related_admin.get_ordering(request)

    def field_choices(self, field: Any, request: Any, model_admin: Any) -> Any:
        """Return the choices. Queries: 1."""
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(include_blank=False, ordering=ordering)

    def get_facet_counts(self, pk_attname: str, filtered_qs: Any) -> dict[str, Any]:
        counts: dict[str, Any] = {
            f"{pk_val}__c": models.Count(pk_attname, filter=models.Q(**{self.lookup_kwarg: pk_val}))
            for pk_val, _title in self.lookup_choices
        }
        if self.include_empty_choice:
            counts["__c"] = models.Count(pk_attname, filter=models.Q((self.lookup_kwarg_isnull, True)))
        return counts

    def choices(self, changelist: Any) -> Any:
        facet_counts = self.get_facet_queryset(changelist) if changelist.add_facets else None
        yield {
            "selected": self.lookup_val is None and not self.lookup_val_isnull,
            "query_string": changelist.get_query_string(remove=[self.lookup_kwarg, self.lookup_kwarg_isnull]),
            "display": _("All"),
        }
        for pk_val, val in self.lookup_choices:
            if facet_counts is not None:
                val = f"{val} ({facet_counts[f'{pk_val}__c']})"
            yield {
                "selected": self.lookup_val is not None and str(pk_val) in self.lookup_val,
                "query_string": changelist.get_query_string({self.lookup_kwarg: pk_val}, [self.lookup_kwarg_isnull]),
                "display": val,
            }
        if self.include_empty_choice:
            empty_title = self.empty_value_display
            if facet_counts is not None:
                empty_title = f"{empty_title} ({facet_counts['__c']})"
            yield {
                "selected": bool(self.lookup_val_isnull),
                "query_string": changelist.get_query_string({self.lookup_kwarg_isnull: "True"}, [self.lookup_kwarg]),
                "display": empty_title,
            }


FieldListFilter.register(lambda field: field.remote_field, RelatedFieldListFilter)


class BooleanFieldListFilter(FieldListFilter):
    """Yes, no, and unknown for fields that may be null."""

    def __init__(
        self, field: Any, request: Any, params: dict[str, Any], model: Any, model_admin: Any, field_path: str
    ) -> None:
        self.lookup_kwarg = f"{field_path}__exact"
        self.lookup_kwarg2 = f"{field_path}__isnull"
        self.lookup_val = (
            get_last_value_from_parameters(params, self.lookup_kwarg) if self.lookup_kwarg in params else None
        )
        self.lookup_val2 = (
            get_last_value_from_parameters(params, self.lookup_kwarg2) if self.lookup_kwarg2 in params else None
        )
        super().__init__(field, request, params, model, model_admin, field_path)
        if (
            self.used_parameters
            and self.lookup_kwarg in self.used_parameters
            and self.used_parameters[self.lookup_kwarg] in ("1", "0")
        ):
            self.used_parameters[self.lookup_kwarg] = bool(int(self.used_parameters[self.lookup_kwarg]))

    def expected_parameters(self) -> list[Any]:
        return [self.lookup_kwarg, self.lookup_kwarg2]

    def get_facet_counts(self, pk_attname: str, filtered_qs: Any) -> dict[str, Any]:
        return {
            "true__c": models.Count(pk_attname, filter=models.Q((self.field_path, True))),
            "false__c": models.Count(pk_attname, filter=models.Q((self.field_path, False))),
            "null__c": models.Count(pk_attname, filter=models.Q((self.lookup_kwarg2, True))),
        }

    def choices(self, changelist: Any) -> Any:
        field_choices = dict(self.field.flatchoices)
        facet_counts = self.get_facet_queryset(changelist) if changelist.add_facets else None
        for lookup, title, count_field in (
            (None, _("All"), None),
            ("1", field_choices.get(True, _("Yes")), "true__c"),
            ("0", field_choices.get(False, _("No")), "false__c"),
        ):
            if facet_counts is not None and count_field is not None:
                title = f"{title} ({facet_counts[count_field]})"
            yield {
                "selected": self.lookup_val == lookup and not self.lookup_val2,
                "query_string": changelist.get_query_string({self.lookup_kwarg: lookup}, [self.lookup_kwarg2]),
                "display": title,
            }
        if self.field.null:
            display = field_choices.get(None, _("Unknown"))
            if facet_counts is not None:
                display = f"{display} ({facet_counts['null__c']})"
            yield {
                "selected": self.lookup_val2 == "True",
                "query_string": changelist.get_query_string({self.lookup_kwarg2: "True"}, [self.lookup_kwarg]),
                "display": display,
            }


FieldListFilter.register(lambda field: isinstance(field, models.BooleanField), BooleanFieldListFilter)


class ChoicesFieldListFilter(FieldListFilter):
    """The field's choices."""

    def __init__(
        self, field: Any, request: Any, params: dict[str, Any], model: Any, model_admin: Any, field_path: str
    ) -> None:
        self.lookup_kwarg = f"{field_path}__exact"
        self.lookup_kwarg_isnull = f"{field_path}__isnull"
        self.lookup_val = params.get(self.lookup_kwarg)
        self.lookup_val_isnull = (
            get_last_value_from_parameters(params, self.lookup_kwarg_isnull)
            if self.lookup_kwarg_isnull in params
            else None
        )
        super().__init__(field, request, params, model, model_admin, field_path)

    def expected_parameters(self) -> list[Any]:
        return [self.lookup_kwarg, self.lookup_kwarg_isnull]

    def get_facet_counts(self, pk_attname: str, filtered_qs: Any) -> dict[str, Any]:
        return {
            f"{i}__c": models.Count(
                pk_attname,
                filter=models.Q((self.lookup_kwarg, value) if value is not None else (self.lookup_kwarg_isnull, True)),
            )
            for i, (value, _title) in enumerate(self.field.flatchoices)
        }

    def choices(self, changelist: Any) -> Any:
        facet_counts = self.get_facet_queryset(changelist) if changelist.add_facets else None
        yield {
            "selected": self.lookup_val is None,
            "query_string": changelist.get_query_string(remove=[self.lookup_kwarg, self.lookup_kwarg_isnull]),
            "display": _("All"),
        }
        none_title = ""
        for i, (lookup, title) in enumerate(self.field.flatchoices):
            if facet_counts is not None:
                title = f"{title} ({facet_counts[f'{i}__c']})"
            if lookup is None:
                none_title = title
                continue
            yield {
                "selected": self.lookup_val is not None and str(lookup) in self.lookup_val,
                "query_string": changelist.get_query_string({self.lookup_kwarg: lookup}, [self.lookup_kwarg_isnull]),
                "display": title,
            }
        if none_title:
            yield {
                "selected": bool(self.lookup_val_isnull),
                "query_string": changelist.get_query_string({self.lookup_kwarg_isnull: "True"}, [self.lookup_kwarg]),
                "display": none_title,
            }


FieldListFilter.register(lambda field: bool(field.choices), ChoicesFieldListFilter)


class DateFieldListFilter(FieldListFilter):
    """Today, the last week, this month, this year."""

    def __init__(
        self, field: Any, request: Any, params: dict[str, Any], model: Any, model_admin: Any, field_path: str
    ) -> None:
        self.field_generic = f"{field_path}__"
        self.date_params = {k: v[-1] for k, v in params.items() if k.startswith(self.field_generic)}
        now = timezone.now()
        if timezone.is_aware(now):
            # Dates are those of the person who looks.
            now = timezone.localtime(now)
        today: Any
        if isinstance(field, models.DateTimeField):
            today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        else:
            today = now.date()
        tomorrow = today + datetime.timedelta(days=1)
        next_month = (today.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
        next_year = today.replace(year=today.year + 1, month=1, day=1)
        self.lookup_kwarg_since = f"{field_path}__gte"
        self.lookup_kwarg_until = f"{field_path}__lt"
        since, until = self.lookup_kwarg_since, self.lookup_kwarg_until
        self.links: Any = (
            (_("Any date"), {}),
            (_("Today"), {since: today, until: tomorrow}),
            (_("Past 7 days"), {since: today - datetime.timedelta(days=7), until: tomorrow}),
            (_("This month"), {since: today.replace(day=1), until: next_month}),
            (_("This year"), {since: today.replace(month=1, day=1), until: next_year}),
        )
        if field.null:
            self.lookup_kwarg_isnull = f"{field_path}__isnull"
            self.links += (
                (_("No date"), {self.field_generic + "isnull": True}),
                (_("Has date"), {self.field_generic + "isnull": False}),
            )
        super().__init__(field, request, params, model, model_admin, field_path)

    def expected_parameters(self) -> list[Any]:
        params = [self.lookup_kwarg_since, self.lookup_kwarg_until]
        if self.field.null:
            params.append(self.lookup_kwarg_isnull)
        return params

    def get_facet_counts(self, pk_attname: str, filtered_qs: Any) -> dict[str, Any]:
        return {
            f"{i}__c": models.Count(pk_attname, filter=models.Q(**param_dict))
            for i, (_title, param_dict) in enumerate(self.links)
        }

    def choices(self, changelist: Any) -> Any:
        facet_counts = self.get_facet_queryset(changelist) if changelist.add_facets else None
        for i, (title, param_dict) in enumerate(self.links):
            texts = {key: str(value) for key, value in param_dict.items()}
            if facet_counts is not None:
                title = f"{title} ({facet_counts[f'{i}__c']})"
            yield {
                "selected": self.date_params == texts,
                "query_string": changelist.get_query_string(texts, [self.field_generic]),
                "display": title,
            }


FieldListFilter.register(lambda field: isinstance(field, models.DateField), DateFieldListFilter)


class AllValuesFieldListFilter(FieldListFilter):
    """Every value that occurs."""

    def __init__(
        self, field: Any, request: Any, params: dict[str, Any], model: Any, model_admin: Any, field_path: str
    ) -> None:
        self.lookup_kwarg = field_path
        self.lookup_kwarg_isnull = f"{field_path}__isnull"
        self.lookup_val = params.get(self.lookup_kwarg)
        self.lookup_val_isnull = (
            get_last_value_from_parameters(params, self.lookup_kwarg_isnull)
            if self.lookup_kwarg_isnull in params
            else None
        )
        self.empty_value_display = model_admin.get_empty_value_display()
        parent_model, _reverse_path = reverse_field_path(model, field_path)
        # The objects that this list shows, or those of the model at the end of the path.
        if model == parent_model:
            queryset = model_admin.get_queryset(request)
        else:
            queryset = parent_model._default_manager.all()
        self.lookup_choices = queryset.distinct().order_by(field.name).values_list(field.name, flat=True)
        super().__init__(field, request, params, model, model_admin, field_path)

    def expected_parameters(self) -> list[Any]:
        return [self.lookup_kwarg, self.lookup_kwarg_isnull]

    def get_facet_counts(self, pk_attname: str, filtered_qs: Any) -> dict[str, Any]:
        return {
            f"{i}__c": models.Count(
                pk_attname,
                filter=models.Q((self.lookup_kwarg, value) if value is not None else (self.lookup_kwarg_isnull, True)),
            )
            for i, value in enumerate(self.lookup_choices)
        }

    def choices(self, changelist: Any) -> Any:
        facet_counts = self.get_facet_queryset(changelist) if changelist.add_facets else None
        yield {
            "selected": self.lookup_val is None and self.lookup_val_isnull is None,
            "query_string": changelist.get_query_string(remove=[self.lookup_kwarg, self.lookup_kwarg_isnull]),
            "display": _("All"),
        }
        include_none = False
        empty_title = self.empty_value_display
        for i, val in enumerate(self.lookup_choices):
            count = f" ({facet_counts[f'{i}__c']})" if facet_counts is not None else ""
            if val is None:
                include_none = True
                empty_title = f"{empty_title}{count}"
                continue
            val = str(val)
            yield {
                "selected": self.lookup_val is not None and val in self.lookup_val,
                "query_string": changelist.get_query_string({self.lookup_kwarg: val}, [self.lookup_kwarg_isnull]),
                "display": f"{val}{count}",
            }
        if include_none:
            yield {
                "selected": bool(self.lookup_val_isnull),
                "query_string": changelist.get_query_string({self.lookup_kwarg_isnull: "True"}, [self.lookup_kwarg]),
                "display": empty_title,
            }


FieldListFilter.register(lambda field: True, AllValuesFieldListFilter)


class RelatedOnlyFieldListFilter(RelatedFieldListFilter):
    """Only those objects of the other side that occur."""

    def field_choices(self, field: Any, request: Any, model_admin: Any) -> Any:
        pk_qs = model_admin.get_queryset(request).distinct().values_list(f"{self.field_path}__pk", flat=True)
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(include_blank=False, limit_choices_to={"pk__in": pk_qs}, ordering=ordering)


class EmptyFieldListFilter(FieldListFilter):
    """Empty or not."""

    def __init__(
        self, field: Any, request: Any, params: dict[str, Any], model: Any, model_admin: Any, field_path: str
    ) -> None:
        if not field.empty_strings_allowed and not field.null:
            raise ImproperlyConfigured(
                f"The list filter '{self.__class__.__name__}' cannot be used with field '{field.name}' which doesn't "
                "allow empty strings and nulls."
            )
        self.lookup_kwarg = f"{field_path}__isempty"
        self.lookup_val = (
            get_last_value_from_parameters(params, self.lookup_kwarg) if self.lookup_kwarg in params else None
        )
        super().__init__(field, request, params, model, model_admin, field_path)

    def get_lookup_condition(self) -> Any:
        """Return the condition for empty."""
        lookup_conditions: list[tuple[str, Any]] = []
        if self.field.empty_strings_allowed:
            lookup_conditions.append((self.field_path, ""))
        if self.field.null:
            lookup_conditions.append((f"{self.field_path}__isnull", True))
        return models.Q.create(lookup_conditions, connector=models.Q.OR)

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.lookup_kwarg not in self.used_parameters:
            return queryset
        if self.lookup_val not in ("0", "1"):
            raise IncorrectLookupParameters
        condition = self.get_lookup_condition()
        return queryset.filter(condition) if self.lookup_val == "1" else queryset.exclude(condition)

    def expected_parameters(self) -> list[Any]:
        return [self.lookup_kwarg]

    def get_facet_counts(self, pk_attname: str, filtered_qs: Any) -> dict[str, Any]:
        condition = self.get_lookup_condition()
        return {
            "empty__c": models.Count(pk_attname, filter=condition),
            "not_empty__c": models.Count(pk_attname, filter=~condition),
        }

    def choices(self, changelist: Any) -> Any:
        facet_counts = self.get_facet_queryset(changelist) if changelist.add_facets else None
        for lookup, title, count_field in (
            (None, _("All"), None),
            ("1", _("Empty"), "empty__c"),
            ("0", _("Not empty"), "not_empty__c"),
        ):
            if facet_counts is not None and count_field is not None:
                title = f"{title} ({facet_counts[count_field]})"
            yield {
                "selected": self.lookup_val == lookup,
                "query_string": changelist.get_query_string({self.lookup_kwarg: lookup}),
                "display": title,
            }


__all__ = [
    "AllValuesFieldListFilter", "BooleanFieldListFilter", "ChoicesFieldListFilter", "DateFieldListFilter",
    "DisallowedModelAdminLookup", "EmptyFieldListFilter", "FieldListFilter", "IncorrectLookupParameters", "ListFilter",
    "NotRelationField", "RelatedFieldListFilter", "RelatedOnlyFieldListFilter", "SimpleListFilter",
]  # fmt: skip
