"""The app ``humanize``."""

from fastjango.apps import AppConfig
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["HumanizeConfig"]


class HumanizeConfig(AppConfig):
    """The app ``humanize``."""

    name = "fastjango.contrib.humanize"
    verbose_name = _("Humanize")
