"""
The template engines a project may configure.

base.py     what they share            django.py   the Django template language
jinja2.py   Jinja2                     dummy.py    string.Template, the example of a backend
utils.py    the CSRF field, lazily
"""
