"""Screen many variants in one forked child: swap code, run the failing tests, put the code back.

Many times faster than a fork per variant, and only a screen. Tests that cannot be
run twice in one process are found by a canary: the unchanged code must fail the same
way at the start, again, and at the end of the batch. Otherwise the child says that
the batch is not to be trusted, and every variant gets a fork of its own.
"""

import signal
import time

import goldseam_inside

VARIANT_SECONDS = 1.0


def screen(server, request):
    """Answer with one status per variant, or `untrusted` when the canary sang."""
    items = chosen(server, request["tests"])
    if not items:
        return {"status": "untrusted", "signature": "none of the tests was collected"}
    before = failure_of(items)
    if not before or failure_of(items) != before:
        return {"status": "untrusted", "signature": "the tests do not fail twice alike in one process"}
    limit = max(VARIANT_SECONDS, 5 * request["seconds"])
    statuses, over = [], time.monotonic() + request["wall"] - 2 * limit
    for variant in request["variants"]:
        status = judge(server, variant, items, limit)
        statuses.append(status)
        if status == "timeout" or time.monotonic() > over:
            # What was interrupted may have left anything behind, so this child ends here.
            return {"status": "screened", "statuses": statuses}
    if failure_of(items) != before:
        return {"status": "untrusted", "signature": "the tests fail in another way after the batch"}
    return {"status": "screened", "statuses": statuses}


def chosen(server, tests):
    asked = frozenset(tests)
    return [item for name, item in server.items.items() if goldseam_inside.is_wanted(name, asked)]


def judge(server, variant, items, limit):
    """Run the tests under one variant and undo it."""
    changed = [(f, f.__code__) for f in server.touched(variant["path"], variant["swap"])]
    try:
        if server.swap(variant["path"], variant["swap"]):
            return "unsupported"
        return run(items, limit)
    finally:
        for function, code in changed:
            function.__code__ = code


def run(items, limit):
    signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        for item, following in zip(items, [*items[1:], None]):
            if problem(item, following):
                return "fail"
    except goldseam_inside.TestTimedOut:
        return "timeout"
    else:
        return "pass"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def failure_of(items):
    """Describe how the tests fail, without addresses; empty when they pass."""
    for item, following in zip(items, [*items[1:], None]):
        found = problem(item, following)
        if found:
            return found
    return ""


def problem(item, following):
    """Run one test by pytest's own protocol; say how it failed, or nothing."""
    import goldseam_replay
    from _pytest.runner import runtestprotocol

    reports = runtestprotocol(item, log=False, nextitem=following)
    for report in reports:
        if report.failed:
            text = str(getattr(report.longrepr, "reprcrash", None) or report.longrepr)
            if "TestTimedOut" in text:
                raise goldseam_inside.TestTimedOut
            return goldseam_replay.ADDRESS.sub("0x", report.when + text)[:2000] or "failed"
    return ""


def _too_long(signum, frame):
    raise goldseam_inside.TestTimedOut
