"""
Feeds: RSS and Atom from a class that says what is in them.

``views.py`` Feed; the XML is written by ``fastjango.utils.feedgenerator``.
"""
