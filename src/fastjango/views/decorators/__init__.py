"""Decorators for views, sync and async alike: http, csrf, cache, vary, gzip, clickjacking, common, debug."""
