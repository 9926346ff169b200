"""
Random programs from a seed, as data; knows no framework.

`values.py` values and paths, `terms.py` expressions, `conditions.py` lookups and Q trees, `querysets.py` steps, `programs.py` whole
programs with their endings, `variants.py` the same programs with other values.
"""

from tests.contract.differential.generate.programs import program
from tests.contract.differential.generate.variants import variant

__all__ = ["program", "variant"]
