"""Our own repairs of findings that no tool mends by itself, where one edit is certain."""
