"""
Validators: callables that raise ``ValidationError`` for a value that is not acceptable.

regex.py      patterns, whole numbers, slugs
addresses.py  domain names, addresses, mail addresses; ip.py: IP addresses
limits.py     values, lengths, steps, digits
files.py      names of files, null characters
"""

from typing import Any

from fastjango.core.validators.addresses import (
    DomainNameValidator,
    EmailValidator,
    URLValidator,
    validate_domain_name,
    validate_email,
)
from fastjango.core.validators.files import (
    FileExtensionValidator,
    ProhibitNullCharactersValidator,
    get_available_image_extensions,
    validate_image_file_extension,
)
from fastjango.core.validators.ip import (
    ip_address_validator_map,
    ip_address_validators,
    validate_ipv4_address,
    validate_ipv6_address,
    validate_ipv46_address,
)
from fastjango.core.validators.limits import (
    BaseValidator,
    DecimalValidator,
    MaxLengthValidator,
    MaxValueValidator,
    MinLengthValidator,
    MinValueValidator,
    StepValueValidator,
)
from fastjango.core.validators.regex import (
    RegexValidator,
    int_list_validator,
    integer_validator,
    slug_re,
    slug_unicode_re,
    validate_comma_separated_integer_list,
    validate_integer,
    validate_slug,
    validate_unicode_slug,
)

# None, the empty text and the empty containers: what a required field refuses.
EMPTY_VALUES: tuple[Any, ...] = (None, "", [], (), {})

__all__ = [
    "EMPTY_VALUES",
    "BaseValidator",
    "DecimalValidator",
    "DomainNameValidator",
    "EmailValidator",
    "FileExtensionValidator",
    "MaxLengthValidator",
    "MaxValueValidator",
    "MinLengthValidator",
    "MinValueValidator",
    "ProhibitNullCharactersValidator",
    "RegexValidator",
    "StepValueValidator",
    "URLValidator",
    "get_available_image_extensions",
    "int_list_validator",
    "integer_validator",
    "ip_address_validator_map",
    "ip_address_validators",
    "slug_re",
    "slug_unicode_re",
    "validate_comma_separated_integer_list",
    "validate_domain_name",
    "validate_email",
    "validate_image_file_extension",
    "validate_integer",
    "validate_ipv4_address",
    "validate_ipv6_address",
    "validate_ipv46_address",
    "validate_slug",
    "validate_unicode_slug",
]

# Shown and pickled by the path that people know, not by the file in this room.
for _name in __all__:
    if isinstance(globals()[_name], type):
        globals()[_name].__module__ = __name__
