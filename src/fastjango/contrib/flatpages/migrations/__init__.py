"""Migrations of the flat pages."""
