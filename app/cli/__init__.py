"""The goldseam command, one verb a file."""
