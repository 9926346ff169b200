"""collectstatic, findstatic, runserver."""
