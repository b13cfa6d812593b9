"""The fork server: try many variants against tests that were collected once.

`collected` mode collects the target's tests and forks one child per variant, which
swaps the code of live functions and runs the tests. `zygote` mode has only pytest
imported; each child overrides module sources, collects and runs. One fork per
variant keeps variants apart: whatever a child breaks is gone with it.

Requests are JSON lines on standard input, `n` comes back with the answer.
"""

import gc
import importlib.machinery
import math
import os
import time

import goldseam_batch
import goldseam_errors
import goldseam_inside
import goldseam_loop
import goldseam_replay
import goldseam_rerun
import goldseam_state
import goldseam_swap
import goldseam_warm
import goldseam_watch


def serve(request, rest, answers):
    """Serve variants until standard input ends."""
    import pytest

    # pytest's capture puts /dev/null on descriptor 0, so the requests move elsewhere first.
    requests = os.dup(0)
    goldseam_inside.enter(request)
    if request["mode"] == "zygote":
        runner = Zygote(request)
        goldseam_warm.warm(request["tree"])
        answers.send(event="ready")
        goldseam_loop.Loop(answers, runner, request["jobs"], requests, rest).run()
        return
    plugin = Collected(request, requests, rest, answers)
    arguments = [*goldseam_inside.pytest_arguments(request), "--assert=plain", "--tb=no", "-q"]
    code = int(pytest.main(arguments, plugins=[goldseam_inside.StandIns(), plugin]))
    if not plugin.served:
        answers.send(event="broken", code=code)


class Watcher:
    """A pytest plug-in for children: keeps outcomes and the first failure's signature."""

    def __init__(self):
        self.failing, self.passed, self.signature = [], 0, ""
        self.trouble = []

    def pytest_collectreport(self, report):
        if report.failed:
            self.trouble.append(report.nodeid)
            self.signature = self.signature or "collection: " + str(report.longrepr)[-200:]

    def pytest_runtest_makereport(self, item, call):
        if call.excinfo is not None and not self.signature and call.excinfo.typename not in ("Skipped", "Exit"):
            message = goldseam_errors.message_of(call.excinfo.value)
            self.signature = "%s: %s" % (call.excinfo.typename, message[:300])

    def pytest_runtest_logreport(self, report):
        if report.failed:
            if report.nodeid not in self.failing:
                self.failing.append(report.nodeid)
        elif report.when == "call" and report.passed:
            self.passed += 1

    def answer(self, ran):
        failing = self.failing + self.trouble
        good = not failing and self.passed > 0 and ran
        return {
            "status": "pass" if good else "fail",
            "failing": failing[:500],
            "passed": self.passed,
            "signature": "" if good else self.signature,
        }


class Zygote:
    """Children import the project afresh, with some module sources replaced."""

    def __init__(self, request):
        self.request = request

    def child(self, request, board):
        import pytest

        sources = {os.path.join(self.request["tree"], p): text for p, text in request["sources"].items()}
        override(sources)
        asked = dict(self.request, wanted=request["tests"])
        arguments = [*goldseam_inside.pytest_arguments(asked), "--assert=plain", "--tb=no", "-q"]
        if request["kind"] == "watch":
            spectator = Spectator(request, self.request["tree"])
            pytest.main(arguments, plugins=[goldseam_inside.StandIns(), spectator])
            return spectator.answer
        watcher = Watcher()
        reporter = Selector(request["tests"])
        stop = ["-x"] if request["stop"] else []
        code = int(pytest.main([*arguments, *stop], plugins=[goldseam_inside.StandIns(), watcher, reporter]))
        return watcher.answer(ran=code in (0, 1))


class Selector:
    """A pytest plug-in that keeps only the wanted tests, in the order in which they were asked for."""

    def __init__(self, wanted):
        self.wanted = wanted

    def pytest_collection_modifyitems(self, items):
        items[:] = goldseam_inside.in_order(items, self.wanted)


class Spectator(Selector):
    """A pytest plug-in that watches the wanted tests in the place of running them."""

    def __init__(self, request, tree):
        Selector.__init__(self, request["tests"])
        self.request, self.tree = request, tree
        self.answer = {"status": "crash", "signature": "no test was collected"}

    def pytest_runtestloop(self, session):
        state = goldseam_state.State(self.tree, session.items)
        self.answer = goldseam_watch.watch(session, state, self.request, self.tree)
        return True


def override(sources):
    """Load these texts instead of the files of the same paths; the files stay as they are."""
    loader = importlib.machinery.SourceFileLoader
    plain = loader.get_data

    def get_data(this, path):
        text = sources.get(path)
        return plain(this, path) if text is None else text.encode("utf-8")

    loader.get_data = get_data


class Collected:
    """The plug-in that collects once and then serves children from inside pytest's own loop."""

    def __init__(self, request, requests, rest, answers):
        self.request, self.requests, self.rest, self.answers = request, requests, rest, answers
        self.wanted = frozenset(request["wanted"])
        self.items, self.functions = {}, {}
        self.session = self.state = None
        self.served = False

    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if goldseam_inside.is_wanted(item.nodeid, self.wanted)]

    def pytest_runtestloop(self, session):
        self.session = session
        self.items = {item.nodeid: item for item in session.items}
        self.functions = goldseam_swap.live_functions(self.request["tree"])
        self.state = goldseam_state.State(self.request["tree"], self.items.values())
        gc.collect()
        gc.freeze()
        self.served = True
        loaded = goldseam_rerun.loaded(self.request["tree"])
        self.answers.send(event="ready", live=goldseam_swap.names(self.functions), loaded=loaded)
        goldseam_loop.Loop(self.answers, self, self.request["jobs"], self.requests, self.rest).run()
        return True

    def child(self, request, board):
        if request["kind"] == "batch":
            return goldseam_batch.screen(self, request, board)
        if request["kind"] == "compare":
            return goldseam_replay.compare(self, request)
        answer = {"watch": self.watched, "rerun": self.rerun, "run": self.swapped}[request["kind"]]
        return answer(request)

    def swapped(self, request):
        """Run tests after a swap, or with the code as it is."""
        if request.get("swap"):
            try:
                trouble = self.swap(request["path"], request["swap"])
            except goldseam_swap.CannotImport as error:
                return {"status": "fail", "signature": str(error)}
            if trouble:
                return {"status": "unsupported", "signature": trouble}
        return self.run_items(request["tests"], request["stop"])

    def rerun(self, request):
        """Run tests after a module ran again; `sing` asks whether that can be told from a fresh import."""
        if request["sing"]:
            self.functions, self.state = {}, None  # these hold on to everything
        try:
            trouble = goldseam_rerun.rerun(
                self.request["tree"], request["path"], request["source"], request["used"], sing=request["sing"]
            )
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the repository's code raises
            return {"status": "fail", "signature": "%s: %s" % (type(error).__name__, str(error)[:200])}
        if trouble:
            return {"status": "unsupported", "signature": trouble}
        return self.run_items(request["tests"], request["stop"])

    def watched(self, request):
        """Watch the tests with the code as it is, or under a swap."""
        if request.get("swap"):
            try:
                trouble = self.swap(request["path"], request["swap"])
            except goldseam_swap.CannotImport as error:
                trouble = str(error)
            if trouble:
                return {"status": "unsupported", "signature": trouble}
        return goldseam_watch.watch(self.session, self.state, request, self.request["tree"])

    def run_items(self, tests, stop, limit=0.0, until=math.inf):
        watcher = Watcher()
        self.session.config.pluginmanager.register(watcher)
        chosen = goldseam_inside.in_order(self.items.values(), tests)
        for item, following in zip(chosen, [*chosen[1:], None]):
            with goldseam_batch.Alarm(limit):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if (watcher.failing and stop) or time.monotonic() > until:
                break
        return watcher.answer(ran=bool(chosen))

    def touched(self, path, swap):
        """List the live functions that a swap may change: the function itself and those made inside it."""
        found = self.found(path, swap)
        inner = [code.co_firstlineno for f in found[:1] for code in goldseam_swap.inner_codes(f.__code__)]
        return found + [f for line in inner for f in self.functions.get((path, line), [])]

    def swap(self, path, swap):
        """Give every live copy of a function new code; return what stands in the way, or an empty string."""
        found = self.found(path, swap)
        if not found:
            return "no live function at %s:%d" % (path, swap["line"])
        if swap.get("default"):
            return goldseam_swap.set_default(found, *swap["default"])
        code = self.compiled(path, swap)
        return "the new source does not compile here" if code is None else self.exchange(path, swap, code)

    def found(self, path, swap):
        """List the live copies of a function."""
        name = swap["qualname"].rsplit(".", 1)[-1]
        return [f for f in self.functions.get((path, swap["line"]), []) if f.__code__.co_name == name]

    def compiled(self, path, swap):
        """Compile the new source of a function; None where that cannot be done, or nobody has the function."""
        found = self.found(path, swap)
        closes = bool(found) and "__class__" in found[0].__code__.co_freevars
        filename = os.path.join(self.request["tree"], path)
        return goldseam_swap.compiled(filename, swap, closes=closes) if found else None

    def exchange(self, path, swap, code):
        """Give every live copy of a function this code; return what stands in the way, or an empty string."""
        return goldseam_swap.exchange(self.found(path, swap), code, self.functions, path)
