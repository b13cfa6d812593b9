"""The doors: web, command line, simulator."""
