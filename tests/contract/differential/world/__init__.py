"""The app whose models both frameworks load: `models.py`, written once."""
