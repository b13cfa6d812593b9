"""Parsers: what a run printed becomes a list of failures.

Start at `read.py`. Everything that is read here is hostile: each reader takes
linear time, keeps bounded memory, and answers any bytes without raising.
"""

from fixers.failures.fingerprint import fingerprint, run_fingerprint
from fixers.failures.read import Report, read_junit, read_log, read_traceback
from fixers.failures.signature import signature

__all__ = ["Report", "fingerprint", "read_junit", "read_log", "read_traceback", "run_fingerprint", "signature"]
