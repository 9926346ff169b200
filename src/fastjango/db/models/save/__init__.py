"""Saving an instance: arguments, related objects, the statements per table, order columns.

``arguments`` checks what ``save()`` was given; ``related`` what the instance refers to;
``tables`` writes, parents first; ``ordering`` keeps ``order_with_respect_to``.
"""
