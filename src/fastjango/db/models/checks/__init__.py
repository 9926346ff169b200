"""
What ``check`` says about models. Fields and relations check themselves in their rooms.

fields.py    clashes of fields, columns, properties and model names
keys.py      primary keys, default and composite
options.py   ordering, unique_together, swappable, comments
schema.py    indexes and constraints
project.py   all models together: table, index and constraint names, lazy references
"""

from fastjango.core.checks import Tags, register
from fastjango.db.models.check_slot import register_model_checks
from fastjango.db.models.checks.model import check_model
from fastjango.db.models.checks.project import check_all_models, check_lazy_references, find_lazy_references

# The name that Django's tests and tools use.
_check_lazy_references = find_lazy_references

register_model_checks(check_model)
register(Tags.models)(check_all_models)
register(Tags.models)(check_lazy_references)

__all__ = ["check_all_models", "check_lazy_references", "check_model", "find_lazy_references"]
