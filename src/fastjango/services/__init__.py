"""
Helpers for people who write services: create, read, update and delete without repeating oneself.

crud.py    CRUDService, with a sync and an async method for each step
router.py  crud_router: the five routes of a model, typed and documented
"""

from fastjango.services.crud import CRUDService
from fastjango.services.router import crud_router

__all__ = ["CRUDService", "crud_router"]
