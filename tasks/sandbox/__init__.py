"""The only place that starts a process which can run repository code."""
