"""
``connection_created``: sent whenever a new connection to the database has been opened.

Its receivers get ``connection`` and ``raw``, the driver's connection, which the pool has not given to anyone yet.
"""

from fastjango.dispatch import Signal

connection_created = Signal()
