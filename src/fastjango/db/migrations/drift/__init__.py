"""
Does the live database look as the applied migrations say?

``twin.py`` makes the tables that there should be in a place that is thrown away, ``facts.py`` asks a database what its
tables look like, ``compare.py`` says what differs. ``migrate --drift`` prints it.
"""

from fastjango.db.migrations.drift.compare import Difference, drift

__all__ = ["Difference", "drift"]
