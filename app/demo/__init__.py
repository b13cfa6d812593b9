"""The whole server at work on this machine, with a simulated GitHub: scripts that tell what happens."""
