"""Deterministic repairs, keyed on the kind of failure."""
