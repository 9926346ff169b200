"""``connection_created``: sent with ``connection`` whenever a new connection to the database has been opened."""

from fastjango.dispatch import Signal

connection_created = Signal()
