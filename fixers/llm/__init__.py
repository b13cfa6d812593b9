"""The model as one more fixer, behind the same gates."""
