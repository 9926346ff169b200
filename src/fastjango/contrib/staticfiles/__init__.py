"""
Static files: found in the apps, served in development, collected for production.

``finders.py`` where files lie; ``storage.py`` where they are collected; ``hashing.py`` and ``manifest.py`` names
with a hash of the content; ``views.py``, ``handlers.py``, ``urls.py`` serving; ``checks.py`` settings;
``testing.py`` a live server for tests; ``management/`` collectstatic, findstatic, runserver.
"""
