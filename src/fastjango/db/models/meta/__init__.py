"""The parts of ``Options``: its fields, its parents, its constraints."""
