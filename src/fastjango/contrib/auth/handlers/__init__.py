"""Answers for servers that check logins themselves: ``modwsgi.py`` for Apache."""
