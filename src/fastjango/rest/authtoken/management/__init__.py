"""Part of fastjango.rest."""
