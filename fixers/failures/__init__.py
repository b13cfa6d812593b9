"""Parsers: what a run printed becomes a list of failures."""
