"""``ModelSerializer`` and ``HyperlinkedModelSerializer``: fields, validators and saving from a model."""

from __future__ import annotations

import copy
import traceback
from collections.abc import Iterable, Iterator
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.db import models
from fastjango.rest.serializers import build, recipes
from fastjango.rest.serializers.choices import ChoiceField
from fastjango.rest.serializers.composite import FileField, HStoreField, ImageField, JSONField, ListField
from fastjango.rest.serializers.field import ModelField, ReadOnlyField
from fastjango.rest.serializers.nested import raise_errors_on_nested_writes
from fastjango.rest.serializers.numbers import BigIntegerField, DecimalField, FloatField, IntegerField
from fastjango.rest.serializers.relations import (
    HyperlinkedIdentityField,
    HyperlinkedRelatedField,
    PrimaryKeyRelatedField,
    SlugRelatedField,
)
from fastjango.rest.serializers.serializer import Serializer
from fastjango.rest.serializers.temporal import DateField, DateTimeField, DurationField, TimeField
from fastjango.rest.serializers.text import (
    BooleanField,
    CharField,
    EmailField,
    FilePathField,
    IPAddressField,
    SlugField,
    URLField,
    UUIDField,
)
from fastjango.rest.settings import api_settings
from fastjango.rest.utils import model_meta
from fastjango.rest.utils.field_mapping import (
    ClassLookupDict,
    get_field_kwargs,
    get_nested_relation_kwargs,
    get_relation_kwargs,
    get_url_kwargs,
)

_CHOICE_KWARGS = frozenset(
    [
        "read_only",
        "write_only",
        "required",
        "default",
        "initial",
        "source",
        "label",
        "help_text",
        "style",
        "error_messages",
        "validators",
        "allow_null",
        "allow_blank",
        "choices",
    ]
)

_POSTGRES_FIELDS: dict[str, Any] = {"ArrayField": ListField, "HStoreField": HStoreField}


class ModelSerializer(Serializer):
    """
    A serializer of the fields of a model.

    ``Meta`` has: ``model``; ``fields`` (names or ``"__all__"``) or ``exclude``; ``read_only_fields``, ``extra_kwargs``, ``depth``
    (relations as nested objects, so many levels), ``validators``, ``list_serializer_class``.
    """

    serializer_field_mapping: dict[Any, Any] = {
        models.AutoField: IntegerField,
        models.BigIntegerField: BigIntegerField,
        models.BooleanField: BooleanField,
        models.CharField: CharField,
        models.CommaSeparatedIntegerField: CharField,
        models.DateField: DateField,
        models.DateTimeField: DateTimeField,
        models.DecimalField: DecimalField,
        models.DurationField: DurationField,
        models.EmailField: EmailField,
        models.Field: ModelField,
        models.FileField: FileField,
        models.FloatField: FloatField,
        models.ImageField: ImageField,
        models.IntegerField: IntegerField,
        models.NullBooleanField: BooleanField,
        models.PositiveIntegerField: IntegerField,
        models.PositiveSmallIntegerField: IntegerField,
        models.SlugField: SlugField,
        models.SmallIntegerField: IntegerField,
        models.TextField: CharField,
        models.TimeField: TimeField,
        models.URLField: URLField,
        models.UUIDField: UUIDField,
        models.GenericIPAddressField: IPAddressField,
        models.FilePathField: FilePathField,
        models.JSONField: JSONField,
    }
    serializer_related_field: Any = PrimaryKeyRelatedField
    serializer_related_to_field: Any = SlugRelatedField
    serializer_url_field: Any = HyperlinkedIdentityField
    serializer_choice_field: Any = ChoiceField
    #: Name of the field with the object's own address; the setting's when ``None``.
    url_field_name: str | None = None

    # ------------------------------------------------------------ saving

    def create(self, validated_data: dict[str, Any]) -> Any:
        """Create the object, then set its many-to-many relations."""
        raise_errors_on_nested_writes("create", self, validated_data)
        model = self.Meta.model  # type: ignore[attr-defined]  # what check_meta() demands
        info = model_meta.get_field_info(model)
        many = {
            name: validated_data.pop(name)
            for name, relation in info.relations.items()
            if relation.to_many and name in validated_data
        }
        try:
            instance = model._default_manager.create(**validated_data)
        except TypeError as exc:
            name, manager = model.__name__, model._default_manager.name
            call = f"{name}.{manager}.create()"
            raise TypeError(
                f"Got a `TypeError` when calling `{call}`. This may be because you have a writable field on the "
                f"serializer class that is not a valid argument to `{call}`. You may need to make the field read-only, or "
                f"override the {type(self).__name__}.create() method to handle this correctly.\nOriginal exception was:\n "
                f"{traceback.format_exc()}"
            ) from exc
        for name, value in many.items():
            getattr(instance, name).set(value)
        return instance

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """Change and save the object, then set its many-to-many relations."""
        raise_errors_on_nested_writes("update", self, validated_data)
        info = model_meta.get_field_info(instance)
        many = []
        for attr, value in validated_data.items():
            if attr in info.relations and info.relations[attr].to_many:
                many.append((attr, value))
            else:
                setattr(instance, attr, value)
        instance.save()
        # After saving: that may fail, and these cannot be taken back.
        for attr, value in many:
            getattr(instance, attr).set(value)
        return instance

    # ------------------------------------------------------------ fields

    def get_fields(self) -> dict[str, Any]:
        """Return the declared fields, and those that the model gives, in the order of ``Meta.fields``."""
        if self.url_field_name is None:
            self.url_field_name = api_settings.URL_FIELD_NAME
        build.check_meta(self)
        known = recipes.known_fields(self)
        if known is not None:
            return known
        declared = copy.deepcopy(self._declared_fields)
        model = self.Meta.model  # type: ignore[attr-defined]
        depth = getattr(self.Meta, "depth", 0)  # type: ignore[attr-defined]
        info = model_meta.get_field_info(model)
        names = self.get_field_names(declared, info)
        extra = self.get_extra_kwargs()
        extra, hidden = self.get_uniqueness_extra_kwargs(names, declared, extra)
        fields: dict[str, Any] = {}
        recipe: recipes.Recipe = []
        for name in names:
            if name in declared:
                fields[name] = declared[name]
                build.check_default(self, name, declared[name], info)
                recipe.append((name, None, {}))
                continue
            given = extra.get(name, {})
            source = given.get("source", "*")
            if source == "*":
                source = name
            field_class, kwargs = self.build_field(source, info, model, depth)
            kwargs = self.include_extra_kwargs(kwargs, given)
            recipe.append((name, field_class, dict(kwargs)))
            fields[name] = field_class(**kwargs)
        if not hidden:
            recipes.keep_recipe(self, recipe)
        fields.update(hidden)
        return fields

    def get_field_names(self, declared_fields: dict[str, Any], info: Any) -> Iterable[str]:
        """Return the names of the fields."""
        return build.field_names(self, declared_fields, info)

    def get_default_field_names(self, declared_fields: dict[str, Any], model_info: Any) -> list[str]:
        """Return the names for ``"__all__"``."""
        return list(
            dict.fromkeys([model_info.pk.name, *declared_fields, *model_info.fields, *model_info.forward_relations])
        )

    def build_field(
        self, field_name: str, info: Any, model_class: Any, nested_depth: int
    ) -> tuple[Any, dict[str, Any]]:
        """Return class and arguments of the field for a name."""
        if field_name in info.fields_and_pk:
            return self.build_standard_field(field_name, info.fields_and_pk[field_name])
        if field_name in info.relations:
            relation = info.relations[field_name]
            if not nested_depth:
                return self.build_relational_field(field_name, relation)
            return self.build_nested_field(field_name, relation, nested_depth)
        if hasattr(model_class, field_name):
            return self.build_property_field(field_name, model_class)
        if field_name == self.url_field_name:
            return self.build_url_field(field_name, model_class)
        return self.build_unknown_field(field_name, model_class)

    def build_standard_field(self, field_name: str, model_field: Any) -> tuple[Any, dict[str, Any]]:
        """Return class and arguments for a plain model field."""
        mapping = ClassLookupDict(self.serializer_field_mapping)
        field_class = mapping[model_field]
        if field_class is ModelField:
            # By name: the classes would load PostgreSQL's driver.
            field_class = _POSTGRES_FIELDS.get(model_field.get_internal_type(), ModelField)
        kwargs = get_field_kwargs(field_name, model_field)
        if model_field.one_to_one and model_field.primary_key:
            # The key of a child table is a relation.
            field_class = self.serializer_related_field
            kwargs["queryset"] = model_field.related_model.objects
        if "choices" in kwargs:
            field_class = self.serializer_choice_field
            kwargs = {key: value for key, value in kwargs.items() if key in _CHOICE_KWARGS}
        if not issubclass(field_class, ModelField):
            kwargs.pop("model_field", None)
        if not issubclass(field_class, CharField) and not issubclass(field_class, ChoiceField):
            kwargs.pop("allow_blank", None)
        if isinstance(model_field, models.JSONField) and "choices" not in kwargs and issubclass(field_class, JSONField):
            kwargs["encoder"] = getattr(model_field, "encoder", None)
            kwargs["decoder"] = getattr(model_field, "decoder", None)
        base_field = getattr(model_field, "base_field", None)
        if base_field is not None and "child" not in kwargs and model_field.get_internal_type() == "ArrayField":
            child_class, child_kwargs = self.build_standard_field("child", base_field)
            kwargs["child"] = child_class(**child_kwargs)
        return field_class, kwargs

    def build_relational_field(self, field_name: str, relation_info: Any) -> tuple[Any, dict[str, Any]]:
        """Return class and arguments for a relation."""
        field_class = self.serializer_related_field
        kwargs = get_relation_kwargs(field_name, relation_info)
        to_field = kwargs.pop("to_field", None)
        is_forward = to_field and not relation_info.reverse
        if is_forward and not relation_info.related_model._meta.get_field(to_field).primary_key:
            kwargs["slug_field"] = to_field
            field_class = self.serializer_related_to_field
        # Only addresses have a view.
        if not issubclass(field_class, HyperlinkedRelatedField):
            kwargs.pop("view_name", None)
        return field_class, kwargs

    _nested_base: Any = None

    def build_nested_field(self, field_name: str, relation_info: Any, nested_depth: int) -> tuple[Any, dict[str, Any]]:
        """Return class and arguments for a relation shown as nested objects."""
        options = {"model": relation_info.related_model, "depth": nested_depth - 1, "fields": "__all__"}
        nested = type(
            "NestedSerializer",
            (self._nested_base or ModelSerializer,),
            {"Meta": type("Meta", (), options), "__module__": __name__},
        )
        return nested, get_nested_relation_kwargs(relation_info)

    def build_property_field(self, field_name: str, model_class: Any) -> tuple[Any, dict[str, Any]]:
        """Return class and arguments for a property or method of the model."""
        return ReadOnlyField, {}

    def build_url_field(self, field_name: str, model_class: Any) -> tuple[Any, dict[str, Any]]:
        """Return class and arguments for the object's own address."""
        return self.serializer_url_field, get_url_kwargs(model_class)

    def build_unknown_field(self, field_name: str, model_class: Any) -> tuple[Any, dict[str, Any]]:
        """Refuse a name that the model does not know."""
        raise ImproperlyConfigured(
            f"Field name `{field_name}` is not valid for model `{model_class.__name__}` in "
            f"`{type(self).__module__}.{type(self).__name__}`."
        )

    def include_extra_kwargs(self, kwargs: dict[str, Any], extra_kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of a field with those of ``extra_kwargs``."""
        return build.include_extra_kwargs(kwargs, extra_kwargs)

    def get_extra_kwargs(self) -> dict[str, Any]:
        """Return the arguments that ``Meta`` adds, by field."""
        return build.extra_kwargs(self)

    # ------------------------------------------------------------ uniqueness

    def get_unique_together_constraints(self, model: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the constraints across fields of a model and its parents."""
        return build.unique_together_constraints(model)

    def get_uniqueness_extra_kwargs(
        self, field_names: Iterable[str], declared_fields: dict[str, Any], extra_kwargs: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return *extra_kwargs* with what uniqueness asks, and hidden fields."""
        return build.uniqueness_extra_kwargs(self, field_names, declared_fields, extra_kwargs)

    def _get_model_fields(
        self, field_names: Iterable[str], declared_fields: dict[str, Any], extra_kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        return build.model_fields(self, field_names, declared_fields, extra_kwargs)

    def get_validators(self) -> list[Any]:
        """Return the validators of ``Meta``, or those of the model's constraints."""
        validators = getattr(getattr(self, "Meta", None), "validators", None)
        if validators is not None:
            return list(validators)
        return self.get_unique_together_validators() + self.get_unique_for_date_validators()

    def get_unique_together_validators(self) -> list[Any]:
        """Return validators for uniqueness across fields."""
        return build.unique_together_validators(self)

    def get_unique_for_date_validators(self) -> list[Any]:
        """Return validators for uniqueness in a day, month or year."""
        return build.unique_for_date_validators(self)


class HyperlinkedModelSerializer(ModelSerializer):
    """A model serializer whose relations, and the object itself, are addresses."""

    serializer_related_field = HyperlinkedRelatedField

    def get_default_field_names(self, declared_fields: dict[str, Any], model_info: Any) -> list[str]:
        """Return the names for ``"__all__"``: the address in place of the key."""
        return list(
            dict.fromkeys(
                [
                    self.url_field_name or api_settings.URL_FIELD_NAME,
                    *declared_fields,
                    *model_info.fields,
                    *model_info.forward_relations,
                ]
            )
        )


HyperlinkedModelSerializer._nested_base = HyperlinkedModelSerializer

__all__ = ["HyperlinkedModelSerializer", "ModelSerializer"]
