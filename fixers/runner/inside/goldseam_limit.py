"""The time that a test may take, which tests that hang at the same place share.

A function that never comes back makes many tests hang. Each would take the whole limit, so
once a test has hung in a function, another one that is still in it after a few seconds hangs too.
"""

import signal

import goldseam_errors

SOON = 2.0
"""Seconds after which a test is looked at when one before it has hung."""


class TestTimedOut(BaseException):
    """Raised inside a test that outlived its limit; no `except Exception` may swallow it."""


class Limit:
    """Ends tests of which each may take some seconds of real time; 0 is no limit."""

    def __init__(self, seconds):
        self.seconds, self.left = seconds, 0.0
        self.hung = set()

    def begin(self):
        """Let the time of a test begin."""
        if self.seconds:
            signal.signal(signal.SIGALRM, self._over)
            self._wait(min(SOON, self.seconds) if self.hung else self.seconds, self.seconds)

    def end(self):
        """Let a test go on for as long as it likes."""
        if self.seconds:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _wait(self, now, left):
        self.left = left - now
        signal.setitimer(signal.ITIMER_REAL, now)

    def _over(self, signum, frame):
        places = _places(frame)
        if self.left > 0 and self.hung.isdisjoint(places):
            self._wait(self.left, self.left)
            return
        self.hung.update(places[:1])
        raise TestTimedOut("the test outlived its time limit")


def _places(frame):
    """List the functions of the project that are running, the innermost first."""
    found = []
    while frame is not None:
        if goldseam_errors.in_tree(frame.f_code.co_filename):
            found.append((frame.f_code.co_filename, frame.f_code.co_firstlineno))
        frame = frame.f_back
    return found
