"""Tokens: one secret per user, for ``TokenAuthentication``."""
