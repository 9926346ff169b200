"""
Flat pages: simple HTML pages kept in the database, found by their URL.

``models.py`` FlatPage; ``views.py`` the page; ``middleware.py`` pages where no other URL fits; ``forms.py`` and
``admin.py`` editing; ``sitemaps.py`` the pages for search engines; ``templatetags/`` lists of pages.
"""
