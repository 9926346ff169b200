"""
Templates as generated functions.

writer.py     what nodes write their code with: text, expressions, scopes, captured output
conditions.py the code of an {% if %} condition
runtime.py    the few functions the code calls
program.py    from a list of nodes to a function
"""

from fastjango.template.codegen.program import compile_nodelist, program_source
from fastjango.template.codegen.writer import ANY_NAME, CodeWriter, knows_itself

__all__ = ["ANY_NAME", "CodeWriter", "compile_nodelist", "knows_itself", "program_source"]
