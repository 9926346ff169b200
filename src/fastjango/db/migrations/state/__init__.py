"""
The models of a project as values.

``model_state.py`` one model, ``project_state.py`` all of them and what operations do to them, ``apps.py`` the historical
model classes that are made from them.
"""

from fastjango.db.migrations.state.apps import AppConfigStub, StateApps
from fastjango.db.migrations.state.model_state import ModelState, get_related_models_recursive
from fastjango.db.migrations.state.project_state import ProjectState

__all__ = ["AppConfigStub", "ModelState", "ProjectState", "StateApps", "get_related_models_recursive"]
