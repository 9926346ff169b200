"""Documentation of the project in its admin: template tags and filters, models, views. ``views.py`` makes the pages."""
