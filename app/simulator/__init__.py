"""A stand-in GitHub on loopback, for trying Goldseam and for its tests."""
