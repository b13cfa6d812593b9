"""What is missing or unsafe, each with the command that mends it: one module a place that is looked at."""
