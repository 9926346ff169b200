"""Checks of what changed from one version to the next."""
