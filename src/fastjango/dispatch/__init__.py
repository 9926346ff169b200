"""
Signals: tell any number of receivers that something happened.

signal.py    Signal, receiver
references.py how receivers are held: by identity, weakly
"""

from fastjango.dispatch.signal import Signal, receiver

__all__ = ["Signal", "receiver"]
