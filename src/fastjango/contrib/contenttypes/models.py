"""``ContentType``: the row of a model, cached per database for the life of the process."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from fastjango.apps import apps
from fastjango.db import models
from fastjango.db.models import Q
from fastjango.db.models.lookups.registry import bump_epoch
from fastjango.utils.translation import gettext_lazy as _


class ContentTypeManager(models.Manager):  # type: ignore[type-arg,unused-ignore]
    """Finds and makes the rows. What was found is kept: the number of models bounds the cache."""

    use_in_migrations = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cache: dict[str, dict[Any, Any]] = {}

    def get_by_natural_key(self, app_label: str, model: str) -> Any:
        """Return the row of a model's name. Queries: 0 or 1."""
        try:
            return self._cache[self.db][(app_label, model)]
        except KeyError:
            found = self.get(app_label=app_label, model=model)
            self._add_to_cache(self.db, found)
            return found

    def _get_opts(self, model: Any, for_concrete_model: bool) -> Any:
        return model._meta.concrete_model._meta if for_concrete_model else model._meta

    def _get_from_cache(self, opts: Any) -> Any:
        return self._cache[self.db][(opts.app_label, opts.model_name)]

    def get_for_model(self, model: Any, for_concrete_model: bool = True) -> Any:
        """Return the row of a model; made when there is none. Queries: 0, or up to 2."""
        opts = self._get_opts(model, for_concrete_model)
        try:
            return self._get_from_cache(opts)
        except KeyError:
            pass
        try:
            # Read first: most databases that are read from cannot be written to.
            found = self.get(app_label=opts.app_label, model=opts.model_name)
        except self.model.DoesNotExist:
            found, _created = self.get_or_create(app_label=opts.app_label, model=opts.model_name)
        self._add_to_cache(self.db, found)
        return found

    def get_for_models(self, *models: Any, for_concrete_models: bool = True) -> dict[Any, Any]:
        """Return ``{model: row}``. Queries: 0 or 1, and 1 for each row that is missing."""
        results: dict[Any, Any] = {}
        needed_models: dict[str, set[str]] = defaultdict(set)
        needed_opts: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for model in models:
            opts = self._get_opts(model, for_concrete_models)
            try:
                results[model] = self._get_from_cache(opts)
            except KeyError:
                needed_models[opts.app_label].add(opts.model_name)
                needed_opts[(opts.app_label, opts.model_name)].append(model)
        if needed_opts:
            condition = Q()
            for app_label, names in needed_models.items():
                condition |= Q(app_label=app_label, model__in=names)
            for found in self.filter(condition):
                for model in needed_opts.pop((found.app_label, found.model), []):
                    results[model] = found
                self._add_to_cache(self.db, found)
        for (app_label, model_name), waiting in needed_opts.items():
            made = self.create(app_label=app_label, model=model_name)
            self._add_to_cache(self.db, made)
            for model in waiting:
                results[model] = made
        return results

    def get_for_id(self, id: Any) -> Any:
        """Return the row with a key. Queries: 0 or 1."""
        try:
            return self._cache[self.db][id]
        except KeyError:
            found = self.get(pk=id)
            self._add_to_cache(self.db, found)
            return found

    def clear_cache(self) -> None:
        """Forget what was found; plans that hold keys of content types are of the past."""
        self._cache.clear()
        bump_epoch()

    def _add_to_cache(self, using: str, found: Any) -> None:
        key = (found.app_label, found.model)
        self._cache.setdefault(using, {})[key] = found
        self._cache.setdefault(using, {})[found.id] = found


class ContentType(models.Model):
    """A model, as data."""

    app_label = models.CharField(max_length=100)
    model = models.CharField(_("python model class name"), max_length=100)

    objects = ContentTypeManager()

    class Meta:
        verbose_name = _("content type")
        verbose_name_plural = _("content types")
        db_table = "django_content_type"
        unique_together = [["app_label", "model"]]

    def __str__(self) -> str:
        return self.app_labeled_name

    @property
    def name(self) -> str:
        """The model's verbose name; its stored name when the model is gone."""
        model = self.model_class()
        return str(model._meta.verbose_name) if model else self.model

    @property
    def app_labeled_name(self) -> str:
        """``App | model``."""
        model = self.model_class()
        if not model:
            return self.model
        return f"{model._meta.app_config.verbose_name} | {model._meta.verbose_name}"

    def model_class(self) -> Any:
        """Return the model, or None when it is gone."""
        try:
            return apps.get_model(self.app_label, self.model)
        except LookupError:
            return None

    def get_object_for_this_type(self, using: Any = None, **kwargs: Any) -> Any:
        """Return the object of this model that the arguments describe. Queries: 1."""
        return self.model_class()._base_manager.using(using).get(**kwargs)

    def get_all_objects_for_this_type(self, **kwargs: Any) -> Any:
        """Return the objects of this model that the arguments describe."""
        return self.model_class()._base_manager.filter(**kwargs)

    def natural_key(self) -> tuple[str, str]:
        """Return app and model, as fixtures refer to a row."""
        return (self.app_label, self.model)
