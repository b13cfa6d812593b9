"""The loop, one stage a file."""
