"""Static gates: what a patch must not do, compared with the tree before it."""
