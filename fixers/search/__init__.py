"""Search templates: edits of suspicious statements, tried by running tests."""
