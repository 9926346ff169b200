"""Filters that show numbers and dates as people say them: ``{% load humanize %}``."""
