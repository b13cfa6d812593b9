"""Entry of our code inside the sandbox: run the target's pytest and say what happened.

Runs under the target's own interpreter (CPython 3.8 and newer) with nothing but
the standard library and the target's pytest. One JSON request stands on the first
line of standard input; answers are JSON lines on the descriptor named by
GOLDSEAM_REPORT_FD, because standard output belongs to the repository's code.
"""

import json
import os
import sys

import goldseam_errors
import goldseam_limit
import goldseam_logged
import goldseam_reach
import goldseam_unstarted

COLLECTION_FAILED = 2
"""What pytest ends with when a test file cannot be imported."""
DESCRIBED_CAP = 40
RERUN_GUARDS = (
    # plug-in module, options that keep it from hiding, repeating or reordering tests
    ("xdist", ("-n0",)),
    ("pytest_cov", ("--no-cov",)),
    ("pytest_randomly", ("-p", "no:randomly")),
    ("pytest_random_order", ("-p", "no:random_order")),
    ("pytest_rerunfailures", ("--reruns=0",)),
)

STAND_INS = (
    # plug-in module, options with a value, options without: asked for in many a configuration, no matter to a result
    ("xdist", ("-n", "--numprocesses", "--dist", "--maxprocesses"), ()),
    (
        "pytest_cov",
        ("--cov", "--cov-report", "--cov-config", "--cov-fail-under", "--cov-context"),
        ("--no-cov", "--no-cov-on-fail", "--cov-append", "--cov-branch"),
    ),
)


class Answers:
    """The line-by-line channel to the host."""

    def __init__(self, descriptor):
        self.descriptor = descriptor

    def send(self, **fields):
        data = (json.dumps(fields) + "\n").encode("utf-8", "backslashreplace")
        view = memoryview(data)
        while view:
            view = view[os.write(self.descriptor, view) :]


class StandIns:
    """Takes the options of plug-ins that only speed up or measure a run, where those are not installed."""

    def pytest_addoption(self, parser):
        group = parser.getgroup("goldseam")
        for module, valued, flags in STAND_INS:
            if not installed(module):
                add = group._addoption  # noqa: SLF001 - the public method refuses short options in lower case
                for name in valued:
                    add(name, dest="goldseam_ignored", action="append", nargs="?")
                for name in flags:
                    add(name, dest="goldseam_ignored", action="append_const", const=name)


class Reporter:
    """A pytest plug-in that sends what each test did, and why it failed."""

    def __init__(self, answers, describe, wanted=None, seed=None, test_seconds=0.0, ordered=False, unawaited=None):
        self.answers = answers
        self.describe = describe
        self.unawaited = unawaited
        self.wanted = frozenset(wanted) if wanted is not None else None
        self.order = list(wanted) if wanted is not None and ordered else None
        self.seed = seed
        self.limit = goldseam_limit.Limit(test_seconds)
        self.root = ""
        self.outcomes = {}
        self.raised = {}
        self.described = 0
        self.reach = goldseam_reach.Reach()

    def pytest_collectreport(self, report):
        if report.failed:
            for name in self.files_of(report.nodeid):
                self.answers.send(
                    event="collect_error",
                    id=name,
                    raised=_text_of(report),
                    message=str(report.longrepr)[-goldseam_errors.MESSAGE_CAP :],
                )

    def pytest_exception_interact(self, node, call, report):
        """Send the exception of a collection error, which no report carries whole."""
        if call.when == "collect" and call.excinfo is not None:
            chain = goldseam_errors.chain_of(call.excinfo.value)
            cause = goldseam_unstarted.cause_of(chain)
            facts = self.facts_of(call.excinfo.value)
            for name in self.files_of(report.nodeid):
                self.answers.send(event="collect_raised", id=name, chain=cause, facts=facts)

    def files_of(self, nodeid):
        """Return the test files that a collection error is about: those of a directory whose conftest.py is broken.

        A class that cannot be collected is its file: mended, it may be no test any more, and no run would name it.
        """
        if nodeid.split("::", 1)[0].endswith(".py"):
            return [nodeid.split("::", 1)[0]]
        directory = os.path.join(self.root, nodeid)
        below = goldseam_unstarted.below(directory) if os.path.isdir(directory) else ()
        return sorted(os.path.relpath(path, self.root) for path in below) or [nodeid]

    def pytest_sessionstart(self, session):
        self.root = str(session.config.rootdir)

    def pytest_collection_modifyitems(self, session, config, items):
        if self.wanted is not None:
            keep = [item for item in items if is_wanted(item.nodeid, self.wanted)]
            dropped = [item for item in items if not is_wanted(item.nodeid, self.wanted)]
            if dropped:
                config.hook.pytest_deselected(items=dropped)
            items[:] = keep if self.order is None else in_order(keep, self.order)
        if self.seed is not None:
            shuffle_by_module(items, self.seed)

    def pytest_collection_finish(self, session):
        root = os.path.relpath(str(session.config.rootdir), goldseam_errors.MOUNTED[0] or os.getcwd())
        self.answers.send(event="collected", rootdir=root, ids=[i.nodeid for i in session.items])

    def pytest_runtest_logstart(self, nodeid, location):
        self.answers.send(event="start", id=nodeid)
        self.reach.begin()
        if self.unawaited is not None:
            self.unawaited.begin()
        self.limit.begin()

    def pytest_runtest_makereport(self, item, call):
        # A plain hook, not a wrapper: it only looks, and works on every pytest since 6.
        if call.excinfo is not None and item.nodeid not in self.raised:
            logged = [
                link
                for error in goldseam_logged.errors(item, call.when)
                for link in goldseam_errors.chain_of(error)[-1:]
            ]
            ours = [link for link in logged if any(goldseam_errors.is_of_tree(frame[0]) for frame in link["frames"])]
            self.raised[item.nodeid] = (
                ours + goldseam_errors.chain_of(call.excinfo.value),
                self.facts_of(call.excinfo.value),
            )

    def facts_of(self, error):
        """Describe the frames of the first failures; those of the hundredth say nothing new."""
        self.described += 1
        if self.described > DESCRIBED_CAP:
            return {}
        return {**self.describe(error), **(self.unawaited.found() if self.unawaited is not None else {})}

    def pytest_runtest_logreport(self, report):
        old = self.outcomes.get(report.nodeid, ("", 0.0, ""))
        outcome = worse(old[0], phase_outcome(report))
        self.outcomes[report.nodeid] = (
            outcome,
            old[1] + report.duration,
            old[2] or (report.when if report.failed else ""),
        )

    def pytest_runtest_logfinish(self, nodeid, location):
        self.limit.end()
        outcome, seconds, phase = self.outcomes.get(nodeid, ("passed", 0.0, ""))
        chain, facts = self.raised.get(nodeid, ([], {})) if outcome == "failed" else ([], {})
        reached = self.reach.end() if outcome == "failed" else {}
        told = {"outcome": outcome, "seconds": round(seconds, 4), "phase": phase, "chain": chain, "facts": facts}
        self.answers.send(event="test", id=nodeid, **told, **reached)


def is_wanted(nodeid, wanted):
    """Say whether an id, its file, or its test without parameters was asked for."""
    return nodeid in wanted or nodeid.split("::", 1)[0] in wanted or nodeid.split("[", 1)[0] in wanted


def in_order(items, asked):
    """Return the items that were asked for, in that order: the first names are those most likely to fail."""
    place = {name: number for number, name in reversed(list(enumerate(asked)))}
    found = []
    for item in items:
        name = item.nodeid
        numbers = [place.get(n) for n in (name, name.split("[", 1)[0], name.split("::", 1)[0])]
        numbers = [n for n in numbers if n is not None]
        if numbers:
            found.append((min(numbers), item))
    return [item for _, item in sorted(found, key=lambda pair: pair[0])]


def phase_outcome(report):
    if report.failed:
        return "failed"
    if report.skipped:
        return "skipped"
    return "passed" if report.when == "call" else ""


def worse(one, other):
    order = ("", "passed", "skipped", "failed")
    return one if order.index(one) >= order.index(other) else other


def shuffle_by_module(items, seed):
    """Shuffle modules, and tests within a module, so that module fixtures are set up once each."""
    import random

    chance = random.Random(seed)
    modules = {}
    for item in items:
        modules.setdefault(item.nodeid.split("::", 1)[0], []).append(item)
    names = list(modules)
    chance.shuffle(names)
    items[:] = []
    for name in names:
        chance.shuffle(modules[name])
        items.extend(modules[name])


def _text_of(report):
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message)[: goldseam_errors.MESSAGE_CAP] if crash is not None else ""


def installed(module):
    import importlib.util

    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def guards():
    """Options against the plug-ins that are installed here and would disturb a measured run."""
    return [option for module, options in RERUN_GUARDS if installed(module) for option in options]


def pytest_arguments(request):
    """Compose pytest's arguments: the project's own, our guards, and the files of the wanted tests."""
    arguments = list(request["args"])
    if request.get("wanted") is not None:
        base = os.path.normpath(os.path.join(os.getcwd(), request.get("rootdir") or "."))
        files = dict.fromkeys(os.path.join(base, w.split("::", 1)[0]) for w in request["wanted"])
        arguments = list(request["options"]) + list(files)
    return [*arguments, "--maxfail=0", *guards()]


def enter(request):
    """Make the process look like `python -m pytest` in the project, with its source roots first."""
    sys.path[:] = [p for p in sys.path if os.path.abspath(p or ".") != goldseam_errors.HERE]
    cwd = os.getcwd()
    roots = [os.path.normpath(os.path.join(cwd, root)) for root in request["source_roots"]]
    for path in [cwd, *roots[::-1]]:
        sys.path.insert(0, path)
    sys.dont_write_bytecode = True
    sys.argv[:] = ["pytest"]
    leave_plugins_as_they_are()


def leave_plugins_as_they_are():
    """Keep pytest from rewriting the assertions of installed plug-ins, which tells nobody anything about a project.

    It would keep the outcome in a bytecode cache beside them, but no cache can be
    written here: each start would pay again, about a second with hypothesis or anyio.
    """
    from _pytest.config import Config

    if hasattr(Config, "_mark_plugins_for_rewrite"):
        Config._mark_plugins_for_rewrite = lambda *_: None  # noqa: SLF001 - there is no public switch


def take_request():
    """Read the first line of standard input; what was read past it belongs to the next requests."""
    data = b""
    while b"\n" not in data:
        piece = os.read(0, 1 << 16)
        if not piece:
            break
        data += piece
    line, _, rest = data.partition(b"\n")
    return json.loads(line.decode("utf-8")), rest


def run(request, answers):
    """Run the asked tests once, in this process, and report each."""
    import goldseam_facts
    import pytest

    wanted, limit = request.get("wanted"), request.get("test_seconds", 0.0)
    reporter = Reporter(
        answers,
        goldseam_facts.facts_of,
        wanted,
        request.get("seed"),
        limit,
        request.get("ordered", False),
        goldseam_facts.Unawaited(),
    )
    plugins = [StandIns(), reporter]
    if request["mode"] == "spectrum":
        import goldseam_spectrum

        tree, collector = request["tree"], request.get("collector")
        plugins.append(goldseam_spectrum.Spectrum(answers, tree, request["groups"], collector))
    enter(request)
    unstarted = goldseam_unstarted.Unstarted()
    plugins.append(unstarted)
    try:
        code = int(pytest.main(pytest_arguments(request), plugins=plugins))
    except Exception as error:
        unstarted.note(error)
        if not unstarted.told(reporter, request):
            raise
        code = COLLECTION_FAILED
    else:
        code = COLLECTION_FAILED if unstarted.told(reporter, request) else code
    answers.send(event="finish", code=code, pytest=pytest.__version__)


def main():
    """Dispatch on the request's mode; the process ends without running the target's exit hooks twice."""
    descriptor = int(os.environ.pop("GOLDSEAM_REPORT_FD"))
    os.set_inheritable(descriptor, False)
    answers = Answers(descriptor)
    request, rest = take_request()
    goldseam_errors.MOUNTED[:] = [os.path.join(os.getcwd(), ""), os.path.join(request["tree"], "")]
    request["tree"] = os.getcwd()
    if request["mode"] in ("run", "spectrum"):
        run(request, answers)
    else:
        import goldseam_server

        goldseam_server.serve(request, rest, answers)


if __name__ == "__main__":
    sys.modules["goldseam_inside"] = sys.modules["__main__"]
    main()
