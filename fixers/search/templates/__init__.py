"""One file for each kind of slip, or for two that are near kin."""
