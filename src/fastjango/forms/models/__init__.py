"""
Forms made from models (Django's path ``forms.models``).

``build.py`` fields and initial data from a model, clean data back to an object; ``choice_fields.py`` fields
over querysets; ``model_form.py`` ModelForm; ``formsets.py`` formsets of rows; ``inline.py`` rows of one parent.
"""

from fastjango.forms.models.build import (
    ALL_FIELDS,
    apply_limit_choices_to_to_formfield,
    construct_instance,
    fields_for_model,
    model_to_dict,
)
from fastjango.forms.models.choice_fields import (
    InlineForeignKeyField,
    ModelChoiceField,
    ModelChoiceIterator,
    ModelChoiceIteratorValue,
    ModelMultipleChoiceField,
)
from fastjango.forms.models.formsets import BaseModelFormSet, modelformset_factory
from fastjango.forms.models.inline import BaseInlineFormSet, _get_foreign_key, inlineformset_factory
from fastjango.forms.models.model_form import (
    BaseModelForm,
    ModelForm,
    ModelFormMetaclass,
    ModelFormOptions,
    modelform_defines_fields,
    modelform_factory,
)

__all__ = [
    "ALL_FIELDS",
    "BaseInlineFormSet",
    "BaseModelForm",
    "BaseModelFormSet",
    "InlineForeignKeyField",
    "ModelChoiceField",
    "ModelChoiceIterator",
    "ModelChoiceIteratorValue",
    "ModelForm",
    "ModelFormMetaclass",
    "ModelFormOptions",
    "ModelMultipleChoiceField",
    "_get_foreign_key",
    "apply_limit_choices_to_to_formfield",
    "construct_instance",
    "fields_for_model",
    "inlineformset_factory",
    "model_to_dict",
    "modelform_defines_fields",
    "modelform_factory",
    "modelformset_factory",
]
