"""Expressions: what a query computes. ``base`` the tree, ``refs`` names, ``values`` values."""
