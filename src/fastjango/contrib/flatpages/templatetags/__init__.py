"""Template tags of the flat pages."""
