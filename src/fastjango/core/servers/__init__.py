"""
The application that a server of the project's own should run.

basehttp.py  what ``WSGI_APPLICATION`` names
"""
