"""The batteries: apps that a project may install."""
