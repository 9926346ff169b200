"""The commands of static files."""
