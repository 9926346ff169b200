"""
Several sites from one database: a row with domain and name each.

``models.py`` Site and its cache; ``managers.py`` objects of the current site; ``middleware.py`` ``request.site``;
``shortcuts.py`` the current site; ``requests.py`` a site without a database; ``management.py`` the first row.
"""
