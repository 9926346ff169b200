"""Sessions: data that is kept for a visitor. ``backends/`` where it lies, ``middleware.py`` the cookie."""
