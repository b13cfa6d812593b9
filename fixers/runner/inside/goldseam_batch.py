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

VARIANT_SECONDS = 1.0
WALL_FACTOR = 4
"""Real time a variant gets for each second of CPU time: machines are loaded, and tests may sleep."""


def screen(server, request, tell):
    """Tell one status per variant as they come; answer with all of them, or `untrusted` when the canary sang."""
    limit = max(VARIANT_SECONDS, 5 * request["seconds"])
    state = goldseam_state.State(server.request["tree"], server.items.values())
    items = repeatable(goldseam_inside.in_order(server.items.values(), request["tests"]), limit, state)
    if not items:
        return {"status": "untrusted", "signature": "no failing test fails twice alike in one process"}
    before = [failure_of(item, limit, state) for item in items]
    statuses, over = [], time.monotonic() + request["wall"] - 2 * WALL_FACTOR * limit
    for variant in request["variants"]:
        statuses.append(judge(server, variant, items, limit))
        state.restore()
        tell(one=statuses[-1])
        if statuses[-1] == "timeout" or time.monotonic() > over:
            # What was interrupted may have left anything behind, so this child ends here.
            return {"status": "screened", "statuses": statuses}
    if [failure_of(item, limit, state) for item in items] != before:
        return {"status": "untrusted", "signature": "the tests fail in another way after the batch"}
    return {"status": "screened", "statuses": statuses}


def repeatable(items, limit, state):
    """Return the tests that fail, and fail alike when they run again."""
    found = []
    for item in items:
        first = failure_of(item, limit, state)
        if first and failure_of(item, limit, state) == first:
            found.append(item)
    return found


def judge(server, variant, items, limit):
    """Run the tests under one variant and undo it."""
    changed = [(f, f.__code__) for f in server.touched(variant["path"], variant["swap"])]
    try:
        if server.swap(variant["path"], variant["swap"]):
            return "unsupported"
        with Alarm(limit):
            return "fail" if any(problem(item) for item in items) else "pass"
    except goldseam_inside.TestTimedOut:
        return "timeout"
    finally:
        for function, code in changed:
            function.__code__ = code


def failure_of(item, limit, state):
    """Describe how a test fails, without addresses; empty when it passes or does not end."""
    try:
        with Alarm(limit):
            return problem(item)
    except goldseam_inside.TestTimedOut:
        return ""
    finally:
        state.restore()


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
    """Raises TestTimedOut in the block after some CPU time, or four times as much real time."""

    def __init__(self, seconds):
        self.timers = ((signal.ITIMER_PROF, seconds), (signal.ITIMER_REAL, WALL_FACTOR * seconds))

    def __enter__(self):
        signal.signal(signal.SIGPROF, _too_long)
        signal.signal(signal.SIGALRM, _too_long)
        for timer, seconds in self.timers:
            signal.setitimer(timer, seconds)

    def __exit__(self, *_):
        for timer, _seconds in self.timers:
            signal.setitimer(timer, 0)


def _too_long(signum, frame):
    raise goldseam_inside.TestTimedOut
