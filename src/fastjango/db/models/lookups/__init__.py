"""Lookups: what ``filter(name__lookup=value)`` may ask. One family per file."""
