"""``get_wsgi_application()`` at the path that projects' ``wsgi.py`` files import."""

from fastjango.core.handlers.wsgi import WSGIHandler, get_wsgi_application

__all__ = ["WSGIHandler", "get_wsgi_application"]
