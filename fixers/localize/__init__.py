"""Fault localization: which statements may hold the fault, and why."""
