"""Modules that nothing installs: found, named by their distribution, and offered as an edit of the manifest."""
