"""
Applications: what is installed, and which models each app has.

config.py    AppConfig: one installed app
registry.py  Apps: all of them; `apps`, the one of this process
"""

from fastjango.apps.config import AppConfig
from fastjango.apps.registry import apps

__all__ = ["AppConfig", "apps"]
