"""Running the target's tests: the protocol of sandboxes, and what runs inside."""
