"""
Files: uploads, storages, locks, safe moves and names.

base.py, images.py           File, ContentFile, ImageFile
uploadedfile.py, uploadhandler.py  what an upload becomes
storage/                     where files are kept
locks.py, move.py, temp.py, utils.py  the small tools below
"""

from fastjango.core.files.base import File

__all__ = ["File"]
