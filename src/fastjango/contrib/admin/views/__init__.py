"""The list, the boxes that complete, and a decorator."""
