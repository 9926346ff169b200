"""
From the server to the view and back.

``app.py`` the ASGI application, ``pipeline.py`` middleware around the view, ``mount.py`` FastAPI routes inside it,
``errors.py`` exceptions to responses, ``sending.py`` responses to the client, ``docs.py`` the API docs pages,
``asgi.py`` / ``wsgi.py`` / ``base.py`` / ``exception.py`` Django's names.
"""
