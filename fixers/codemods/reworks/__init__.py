"""Rewritings of a library's classes and statements that are more than one expression."""
