"""Date and number formats, from CLDR; ``get_format`` reads the names of this module."""

from fastjango.conf.locale.cldr import formats_of

globals().update(formats_of("fi"))
