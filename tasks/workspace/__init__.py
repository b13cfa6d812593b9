"""Copies of repositories on this machine: bare mirrors that only we write, and plain trees exported from them."""
