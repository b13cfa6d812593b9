"""Linters, formatters and type checkers of the project's own: run, mended by their own rules and by ours, proven."""
