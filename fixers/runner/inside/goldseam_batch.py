"""Screen many variants in one forked child: swap code, run the failing tests, put the code back.

Many times faster than a fork per variant, and only a screen. Between variants the
state of the project's modules is put back. Tests that cannot be run twice in one
process are found by a canary: the unchanged code must fail each of them the same way
twice at the start, and again at the end of the batch. Those that do not are left to
the forks; when none is left, the child says that the batch is not to be trusted.
"""

import signal
import time

import goldseam_inside
import goldseam_state

VARIANT_SECONDS = 0.3
ASKED = 8
"""Failing tests that screen, the fastest ones; what passes them meets all the others in a fork."""
WALL_FACTOR = 4
"""Real time a variant gets for each second of CPU time: machines are loaded, and tests may sleep."""


def screen(server, request, tell):
    """Tell one status per variant as they come; answer with all of them, or `untrusted` when the canary sang."""
    limit = max(VARIANT_SECONDS, 5 * request["seconds"])
    state = goldseam_state.State(server.request["tree"], server.items.values())
    bench = Bench(server, request["around"], limit, state)
    canary = bench.repeatable(goldseam_inside.in_order(server.items.values(), request["tests"])[:ASKED])
    if not canary:
        return {"status": "untrusted", "signature": "no failing test fails twice alike in one process"}
    statuses, over = [], time.monotonic() + request["wall"] - 2 * WALL_FACTOR * limit
    for variant in request["variants"]:
        statuses.append(bench.judge(variant, [item for item, _ in canary]))
        tell(one=statuses[-1])
        if statuses[-1] == "timeout" or time.monotonic() > over:
            # What was interrupted may have left anything behind, so this child ends here.
            return {"status": "screened", "statuses": statuses}
    if any(bench.failure_of(item) != before for item, before in canary) or not bench.still_steady():
        return {"status": "untrusted", "signature": "the tests do otherwise after the batch"}
    return {"status": "screened", "statuses": statuses}


class Bench:
    """Where variants are tried one after another in this process."""

    def __init__(self, server, around, limit, state):
        self.server, self.limit, self.state = server, limit, state
        self.around = around
        self.steady = {}

    def repeatable(self, items):
        """Return the tests that fail, and fail alike when they run again, each with how it fails."""
        found = []
        for item in items:
            first = self.failure_of(item)
            if first not in ("", "no end") and self.failure_of(item) == first:
                found.append((item, first))
        return found

    def judge(self, variant, failing):
        status = self.under(variant, failing, "fail")
        if status != "pass":
            return status
        return self.under(variant, self.steady_around(variant["around"]), "breaks")

    def steady_around(self, number):
        """Return the tests around a function that pass here with the code as it is; found when first needed."""
        if number not in self.steady:
            items = goldseam_inside.in_order(self.server.items.values(), self.around[number])
            self.steady[number] = [item for item in items if not self.failure_of(item)]
        return self.steady[number]

    def still_steady(self):
        return not any(self.failure_of(item) for items in self.steady.values() for item in items)

    def under(self, variant, items, bad):
        """Run tests under one variant and undo it."""
        changed = [(f, f.__code__) for f in self.server.touched(variant["path"], variant["swap"])]
        try:
            if self.server.swap(variant["path"], variant["swap"]):
                return "unsupported"
            with Alarm(self.limit):
                return bad if any(problem(item) for item in items) else "pass"
        except goldseam_inside.TestTimedOut:
            return "timeout"
        finally:
            for function, code in changed:
                function.__code__ = code
            self.state.restore()

    def failure_of(self, item):
        """Describe how a test fails, without addresses; empty when it passes, `no end` when it does not end."""
        try:
            with Alarm(self.limit):
                return problem(item)
        except goldseam_inside.TestTimedOut:
            return "no end"
        finally:
            self.state.restore()


def problem(item):
    """Run one test by pytest's own protocol; say how it failed, or nothing."""
    from _pytest.runner import runtestprotocol

    for report in runtestprotocol(item, log=False, nextitem=None):
        if report.failed:
            text = str(getattr(report.longrepr, "reprcrash", None) or report.longrepr)
            if "TestTimedOut" in text:
                raise goldseam_inside.TestTimedOut
            return goldseam_inside.ADDRESS.sub("0x", report.when + text)[:2000] or "failed"
    return ""


class Alarm:
    """Raises TestTimedOut in the block after some CPU time, or four times as much real time; never for 0 seconds."""

    def __init__(self, seconds):
        self.timers = ((signal.ITIMER_PROF, seconds), (signal.ITIMER_REAL, WALL_FACTOR * seconds))

    def __enter__(self):
        if not self.timers[0][1]:
            return
        signal.signal(signal.SIGPROF, _too_long)
        signal.signal(signal.SIGALRM, _too_long)
        for timer, seconds in self.timers:
            signal.setitimer(timer, seconds)

    def __exit__(self, *_):
        for timer, seconds in self.timers:
            if seconds:
                signal.setitimer(timer, 0)


def _too_long(signum, frame):
    raise goldseam_inside.TestTimedOut
