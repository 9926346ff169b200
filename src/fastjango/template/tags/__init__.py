"""
The built-in tags; ``defaulttags.py`` is their door.

registry.py   the library they are registered in
flow.py       for, if, ifchanged, with
text.py       autoescape, comment, csrf_token, filter, spaceless, templatetag, verbatim, lorem, now, debug
values.py     cycle, resetcycle, firstof, regroup, widthratio
links.py      url, querystring
loading.py    load
"""
