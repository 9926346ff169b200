"""
Which operations lead from one state to another.

``detector.py`` the walk, ``models.py`` created, deleted and renamed models, ``fields.py`` fields, ``options.py`` indexes,
constraints and options, ``dependency.py`` what must come first, ``arrange.py`` operations sorted into migrations.
"""

from fastjango.db.migrations.detect.detector import MigrationAutodetector

__all__ = ["MigrationAutodetector"]
