"""What a user name may look like."""

from __future__ import annotations

import re

from fastjango.core import validators
from fastjango.utils.deconstruct import deconstructible
from fastjango.utils.translation import gettext_lazy as _


@deconstructible
class ASCIIUsernameValidator(validators.RegexValidator):
    """English letters, numbers and @/./+/-/_."""

    regex = r"^[\w.@+-]+\Z"
    message = _(
        "Enter a valid username. This value may contain only unaccented lowercase a-z and uppercase A-Z letters, "
        "numbers, and @/./+/-/_ characters."
    )
    flags = re.ASCII


@deconstructible
class UnicodeUsernameValidator(validators.RegexValidator):
    """Letters of any language, numbers and @/./+/-/_."""

    regex = r"^[\w.@+-]+\Z"
    message = _("Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.")
    flags = 0
