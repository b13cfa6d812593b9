"""Exit codes of the server's processes, beside those of every command."""

OLD = 3
"""A newer version has changed the tables: start that one here."""
