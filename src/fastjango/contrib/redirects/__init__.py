"""
Redirects kept in the database: where a page is not found, its new address is looked up.

``models.py`` Redirect; ``middleware.py`` the look-up after a 404.
"""
