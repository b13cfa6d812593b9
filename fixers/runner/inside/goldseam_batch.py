"""Screen many variants in one forked child: swap code, run the failing tests, put the code back.

Many times faster than a fork per variant, and only a screen. Between variants the
state of the project's modules is put back. Tests that cannot be run twice in one
process are found by a canary: the unchanged code must fail each of them the same way
twice at the start, and again at the end of the batch. Those that do not are left to
the forks; when none is left, the child says that nothing can be screened.
"""

import builtins
import signal
import time

import goldseam_inside
import goldseam_light
import goldseam_limit
import goldseam_loop
import goldseam_schemata
import goldseam_swap

SHORTEST, ENDLESS_SHORTEST = 0.1, 0.05
"""Seconds of processor time that the tests of a variant get at least; less where most variants use up all of it."""
LONGER = 5
"""How many times longer than with the code as it is the tests of a variant may run."""
ASKED = 8
"""Failing tests that screen, the fastest ones; what passes them meets all the others in a fork."""
GROUP = 32
"""Variants between two looks at all that the modules hold."""
WALL_FACTOR = 4
"""Real time a variant gets for each second of CPU time: machines are loaded, and tests may sleep."""
ENDLESS = "no end"


def screen(server, request, board):
    """Write a status per variant on the board; answer with all of them, or say why they cannot be believed."""
    goldseam_light.import_packages_once()
    setattr(builtins, goldseam_schemata.CHOICE, 0)
    bench = Bench(server, request["around"], request["durations"], request["bases"])
    asked = _asked(goldseam_inside.in_order(server.items.values(), request["tests"]), request["durations"])
    bench.failing = [test for test in map(bench.repeatable, asked) if test is not None and test.how]
    if not bench.failing:
        return {"status": "unscreenable", "signature": "no failing test fails twice alike in one process"}
    # Early enough for one more variant: a variant that the parent cut off would count as endless.
    longest = WALL_FACTOR * (SHORTEST + LONGER * sum(test.seconds for test in bench.failing))
    over = time.monotonic() + request["wall"] - 2 * longest
    variants = request["variants"]
    for start in range(0, len(variants), GROUP):
        group = range(start, min(start + GROUP, len(variants)))
        going = bench.judge(variants, group, board, over)
        if going and server.state.restore_all():
            # One of these changed what nobody looked after, and the others may have met it.
            board[start : group.stop] = bytes(len(group))
            going = bench.judge(variants, group, board, over, alone=True)
        if not going or time.monotonic() > over:
            return {"status": "screened", "statuses": goldseam_loop.read_board(board)}
    if not bench.steady():
        return {"status": "untrusted", "signature": "the tests do otherwise after the batch"}
    return {"status": "screened", "statuses": goldseam_loop.read_board(board)}


def _asked(items, durations):
    """Choose the tests that screen: of those without an end only one, for each takes the whole limit."""
    ending = [item for item in items if durations.get(item.nodeid) is not None]
    endless = [item for item in items if durations.get(item.nodeid) is None]
    return [*ending[: ASKED - 1], *endless[:1]]


class Test:
    """A test that ends alike each time it runs in this process, and the protocol that it needs for that."""

    def __init__(self, item, protocol, how, seconds):
        self.item, self.protocol, self.how, self.seconds = item, protocol, how, seconds


class Bench:
    """Where variants are tried one after another in this process."""

    def __init__(self, server, around, durations, bases):
        self.server, self.state = server, server.state
        self.bases, self.texts = {}, bases
        self.together = {}
        self.around, self.durations = around, durations
        self.failing, self.passing = [], {}

    def repeatable(self, item):
        """Return a test that ends alike when it runs again, None for one that does not."""
        seconds = self.durations.get(item.nodeid) or 0.0
        limit = SHORTEST + LONGER * seconds
        how = self.ending(item, goldseam_light.full, limit)
        light, full = goldseam_light.light, goldseam_light.full
        if how == ENDLESS:
            return Test(item, full, how, seconds)
        if all(self.ending(item, light, limit) == how for _ in "12"):
            return Test(item, light, how, seconds)
        return Test(item, full, how, seconds) if self.ending(item, full, limit) == how else None

    def ending(self, item, protocol, limit):
        """Say how a test fails with the code as it is; empty when it passes, `no end` when it does not end."""
        try:
            with Alarm(limit):
                return protocol(item)
        except goldseam_limit.TestTimedOut:
            return ENDLESS
        finally:
            self.state.restore_all()

    def judge(self, variants, group, board, over, *, alone=False):
        """Write the statuses of some variants on the board, until `over`; False when this process is of no use."""
        if not alone:
            self.put_together(variants, group)
        for number in group:
            if time.monotonic() > over:
                return True
            status = self.judged(variants[number], self.together.get(number))
            board[number] = goldseam_loop.STATUSES.index(status)
            if alone:
                self.state.restore_all()
            # What was interrupted may have left anything behind.
            if status == "timeout" and not self.unharmed():
                return False
        return True

    def put_together(self, variants, group):
        """Compile what a function is in several variants once; a variant that has to be alone is left out."""
        self.together = {}
        places = {}
        for number in group:
            variant = variants[number]
            cut = variant["swap"].get("cut")
            if cut and self.base(variant["swap"]["base"]).takes(cut):
                places.setdefault((variant["path"], variant["swap"]["base"]), []).append(number)
        for (path, base), numbers in places.items():
            if len(numbers) < goldseam_schemata.LEAST:
                continue
            cuts = [variants[number]["swap"]["cut"] for number in numbers]
            text, choices = goldseam_schemata.combined(self.base(base), cuts)
            code = self.server.compiled(path, dict(variants[numbers[0]]["swap"], source=text))
            if code is not None:
                self.together.update((number, (code, choices[index])) for index, number in enumerate(numbers))

    def base(self, number):
        """Return the text of a function that edits cut into; read when first needed."""
        if number not in self.bases:
            self.bases[number] = goldseam_schemata.Base(self.texts[number])
        return self.bases[number]

    def judged(self, variant, together):
        status = self.under(variant, together, self.failing, "fail")
        if status != "pass":
            return status
        return self.under(variant, together, self.passing_around(variant["around"]), "breaks")

    def install(self, variant, together):
        """Put a variant in place; return what stands in the way, or an empty string."""
        swap = variant["swap"]
        if together is not None:
            code, choice = together
            if not self.server.exchange(variant["path"], swap, code):
                setattr(builtins, goldseam_schemata.CHOICE, choice)
                return ""
        if "cut" in swap:
            swap = dict(swap, source=self.base(swap["base"]).spliced(swap["cut"]))
        return self.server.swap(variant["path"], swap)

    def under(self, variant, together, tests, bad):
        """Run tests under one variant and undo it."""
        before = goldseam_swap.pictures(self.server.touched(variant["path"], variant["swap"]))
        try:
            if self.install(variant, together):
                return "unsupported"
            shortest = ENDLESS_SHORTEST if any(test.how == ENDLESS for test in tests) else SHORTEST
            with Alarm(shortest + LONGER * sum(test.seconds for test in tests)):
                for number, test in enumerate(tests):
                    how = test.protocol(test.item)
                    if how:
                        later = number or goldseam_light.gets_further(how, test.how, test.item)
                        return "further" if bad == "fail" and later else bad
                return "pass"
        except goldseam_limit.TestTimedOut:
            return "timeout"
        except goldseam_swap.CannotImport:
            return "fail"
        finally:
            setattr(builtins, goldseam_schemata.CHOICE, 0)
            goldseam_swap.put_back(before)
            self.state.restore()

    def passing_around(self, number):
        """Return the tests around a function that pass here with the code as it is; found when first needed."""
        if number not in self.passing:
            items = goldseam_inside.in_order(self.server.items.values(), self.around[number])
            self.passing[number] = [test for test in map(self.passing_here, items) if test is not None]
        return self.passing[number]

    def passing_here(self, item):
        """Return a test that passes with the code as it is, None for one that does not."""
        seconds = self.durations.get(item.nodeid) or 0.0
        for protocol in (goldseam_light.light, goldseam_light.full):
            if not self.ending(item, protocol, SHORTEST + LONGER * seconds):
                return Test(item, protocol, "", seconds)
        return None

    def unharmed(self):
        """Say whether the failing tests still fail as they did; those without end are not asked."""
        self.state.restore_all()
        return all(self.is_as_before(test) for test in self.failing if test.how != ENDLESS)

    def steady(self):
        """Say whether every test still ends as it did before the variants; those without end are not asked."""
        around = [test for tests in self.passing.values() for test in tests]
        return all(self.is_as_before(test) for test in [*self.failing, *around] if test.how != ENDLESS)

    def is_as_before(self, test):
        return self.ending(test.item, test.protocol, SHORTEST + LONGER * test.seconds) == test.how


class Alarm:
    """Raises TestTimedOut in the block after some CPU time, or four times as much real time; never for 0 seconds.

    What runs on regardless, in a loop of C or behind an `except BaseException`, is
    killed by the kernel after twice as much and the process with it.
    """

    def __init__(self, seconds):
        self.timers = (
            (signal.ITIMER_PROF, seconds),
            (signal.ITIMER_REAL, WALL_FACTOR * seconds),
            (signal.ITIMER_VIRTUAL, 2 * seconds + SHORTEST),
        )
        self.limited = bool(seconds)

    def __enter__(self):
        if not self.limited:
            return
        signal.signal(signal.SIGPROF, _too_long)
        signal.signal(signal.SIGALRM, _too_long)
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        for timer, seconds in self.timers:
            signal.setitimer(timer, seconds)

    def __exit__(self, *_):
        if self.limited:
            for timer, _seconds in self.timers:
                signal.setitimer(timer, 0)


def _too_long(signum, frame):
    raise goldseam_limit.TestTimedOut
