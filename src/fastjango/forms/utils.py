"""
The door at Django's path ``forms.utils``: errors, rendering mixins, attributes and local time.

``attributes.py`` HTML attributes; ``rendering.py`` the mixins; ``errors.py`` ErrorDict and ErrorList;
``local_time.py`` aware and naive date-times.
"""

from fastjango.forms.attributes import flatatt, pretty_name
from fastjango.forms.errors import ErrorDict, ErrorList
from fastjango.forms.local_time import from_current_timezone, to_current_timezone
from fastjango.forms.rendering import (
    RenderableErrorMixin,
    RenderableFieldMixin,
    RenderableFormMixin,
    RenderableMixin,
)

__all__ = [
    "ErrorDict",
    "ErrorList",
    "RenderableErrorMixin",
    "RenderableFieldMixin",
    "RenderableFormMixin",
    "RenderableMixin",
    "flatatt",
    "from_current_timezone",
    "pretty_name",
    "to_current_timezone",
]
