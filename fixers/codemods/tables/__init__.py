"""Knowledge that no signature tells: what was removed, renamed or moved, and when."""
