"""Real output of each tool, and the failures it must become: the parsers' documentation and their tests."""
