"""Fixtures that every layer uses."""
