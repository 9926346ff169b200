"""
Where templates come from.

base.py            what a loader must have
filesystem.py      folders; app_directories.py: the folder templates of each app
locmem.py          a dictionary; cached.py: keeps what other loaders find
"""
