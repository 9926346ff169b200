"""``engines`` machinery at Django's path: the handler of the setting ``TEMPLATES``, folders of apps."""

from fastjango.template.handler import EngineHandler, InvalidTemplateEngineError, get_app_template_dirs

__all__ = ["EngineHandler", "InvalidTemplateEngineError", "get_app_template_dirs"]
