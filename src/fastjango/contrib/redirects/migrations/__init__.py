"""Migrations of the redirects."""
