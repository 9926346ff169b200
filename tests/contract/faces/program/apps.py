"""The app of the program, under a short label."""

from __future__ import annotations

from fastjango.apps import AppConfig


class ProgramConfig(AppConfig):
    name = "tests.contract.faces.program"
    label = "program"
    default_auto_field = "fastjango.db.models.BigAutoField"
