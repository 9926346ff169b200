"""
Widgets: the HTML side of form fields (Django's path ``forms.widgets``).

``widget.py`` the base; ``assets.py``, ``media.py`` files a page must load; ``inputs.py`` one-element widgets;
``files.py`` uploads; ``choices.py`` select boxes and buttons; ``multi.py`` widgets of widgets;
``select_date.py`` a date in three boxes.
"""

from fastjango.forms.widgets.assets import MediaAsset, Script
from fastjango.forms.widgets.choices import (
    CheckboxSelectMultiple,
    ChoiceWidget,
    NullBooleanSelect,
    RadioSelect,
    Select,
    SelectMultiple,
)
from fastjango.forms.widgets.files import FILE_INPUT_CONTRADICTION, ClearableFileInput, FileInput
from fastjango.forms.widgets.inputs import (
    CheckboxInput,
    ColorInput,
    DateInput,
    DateTimeBaseInput,
    DateTimeInput,
    EmailInput,
    HiddenInput,
    Input,
    MultipleHiddenInput,
    NumberInput,
    PasswordInput,
    SearchInput,
    TelInput,
    Textarea,
    TextInput,
    TimeInput,
    URLInput,
    boolean_test,
)
from fastjango.forms.widgets.media import (
    MEDIA_TYPES,
    Media,
    MediaDefiningClass,
    MediaOrderConflictWarning,
    media_property,
)
from fastjango.forms.widgets.multi import MultiWidget, SplitDateTimeWidget, SplitHiddenDateTimeWidget
from fastjango.forms.widgets.select_date import SelectDateWidget
from fastjango.forms.widgets.widget import Widget

__all__ = [
    "FILE_INPUT_CONTRADICTION",
    "MEDIA_TYPES",
    "CheckboxInput",
    "CheckboxSelectMultiple",
    "ChoiceWidget",
    "ClearableFileInput",
    "ColorInput",
    "DateInput",
    "DateTimeBaseInput",
    "DateTimeInput",
    "EmailInput",
    "FileInput",
    "HiddenInput",
    "Input",
    "Media",
    "MediaAsset",
    "MediaDefiningClass",
    "MediaOrderConflictWarning",
    "MultiWidget",
    "MultipleHiddenInput",
    "NullBooleanSelect",
    "NumberInput",
    "PasswordInput",
    "RadioSelect",
    "Script",
    "SearchInput",
    "Select",
    "SelectDateWidget",
    "SelectMultiple",
    "SplitDateTimeWidget",
    "SplitHiddenDateTimeWidget",
    "TelInput",
    "TextInput",
    "Textarea",
    "TimeInput",
    "URLInput",
    "Widget",
    "boolean_test",
    "media_property",
]
