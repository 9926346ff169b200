"""
What is done with one model.

``options.py`` options and hooks that admins and inlines share, ``model_admin.py`` the admin, ``lists.py`` its list,
``changes.py`` adding and changing, ``responses.py`` what follows, ``inlines.py`` objects edited with their parent.
"""
