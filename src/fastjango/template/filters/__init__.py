"""
The built-in filters; ``defaultfilters.py`` is their door.

registry.py   the library they are registered in, and ``stringfilter``
strings.py    words, case, width      html.py    escaping, links, line breaks
numbers.py    numbers and sizes       lists.py   sequences
dates.py      dates and times         logic.py   defaults, yes and no, plurals
"""
