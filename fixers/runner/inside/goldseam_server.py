"""The fork server: try many variants against tests that were collected once.

`collected` mode collects the target's tests and forks one child per variant, which
swaps the code of live functions and runs the tests. `zygote` mode has only pytest
imported; each child overrides module sources, collects and runs. One fork per
variant keeps variants apart: whatever a child breaks is gone with it.

Requests are JSON lines on standard input, `n` comes back with the answer.
"""

import gc
import importlib.machinery
import json
import os
import resource
import selectors
import signal
import time
import types

import goldseam_inside


def serve(request, rest, answers):
    """Serve variants until standard input ends."""
    import goldseam_batch  # noqa: F401 - loaded while our directory is still on the path
    import goldseam_replay  # noqa: F401 - same
    import pytest

    # pytest's capture puts /dev/null on descriptor 0, so the requests move elsewhere first.
    requests = os.dup(0)
    goldseam_inside.enter(request)
    if request["mode"] == "zygote":
        runner = Zygote(request)
        answers.send(event="ready", items=-1)
        Loop(answers, runner, request["jobs"], requests, rest).run()
        return
    plugin = Collected(request, requests, rest, answers)
    arguments = [*goldseam_inside.pytest_arguments(request), "--assert=plain", "--tb=no", "-q"]
    code = int(pytest.main(arguments, plugins=[plugin]))
    if not plugin.served:
        answers.send(event="broken", code=code)


class Loop:
    """Starts a child per request, at most `jobs` at once, and reaps them in any order."""

    def __init__(self, answers, runner, jobs, requests, rest):
        self.answers, self.runner, self.jobs, self.requests = answers, runner, jobs, requests
        self.buffer, self.queue, self.open = rest, [], True
        self.children = {}
        self.selector = selectors.DefaultSelector()

    def run(self):
        self.selector.register(self.requests, selectors.EVENT_READ)
        self._split()
        while self.open or self.queue or self.children:
            while self.queue and len(self.children) < self.jobs:
                self._start(self.queue.pop(0))
            for key, _ in self.selector.select(self._patience()):
                if key.fd == self.requests:
                    self._read()
                else:
                    self._collect(key.fd)
            self._kill_late()

    def _read(self):
        piece = os.read(self.requests, 1 << 16)
        if not piece:
            self.open = False
            self.selector.unregister(self.requests)
            return
        self.buffer += piece
        self._split()

    def _split(self):
        *lines, self.buffer = self.buffer.split(b"\n")
        self.queue.extend(json.loads(line.decode("utf-8")) for line in lines if line)

    def _patience(self):
        if not self.children:
            return None
        return max(0.0, min(child["deadline"] for child in self.children.values()) - time.monotonic())

    def _start(self, request):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            self._be_child(request, writing)
        os.close(writing)
        self.selector.register(reading, selectors.EVENT_READ)
        deadline = time.monotonic() + request["wall"]
        self.children[reading] = {"pid": pid, "n": request["n"], "deadline": deadline, "data": b""}

    def _be_child(self, request, writing):
        try:
            os.setpgid(0, 0)
            quiet = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(quiet, descriptor)
            cpu = int(request["wall"]) + 1
            resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
            answer = self.runner.child(request)
        except BaseException as error:  # noqa: BLE001 - the child must answer whatever the repository's code raised
            answer = {"status": "crash", "signature": "%s: %s" % (type(error).__name__, str(error)[:200])}
        data = json.dumps(answer).encode("utf-8", "backslashreplace")
        view = memoryview(data)
        while view:
            view = view[os.write(writing, view) :]
        os._exit(0)

    def _collect(self, reading):
        child = self.children[reading]
        piece = os.read(reading, 1 << 16)
        if piece:
            child["data"] += piece
            return
        try:
            answer = json.loads(child["data"].decode("utf-8"))
        except ValueError:
            answer = {"status": "crash", "signature": "the process of the tests died"}
        self._finish(reading, answer)

    def _kill_late(self):
        now = time.monotonic()
        for reading in [fd for fd, child in self.children.items() if child["deadline"] <= now]:
            self._finish(reading, {"status": "timeout", "signature": "timeout"})

    def _finish(self, reading, answer):
        child = self.children.pop(reading)
        self.selector.unregister(reading)
        os.close(reading)
        for kill in (os.killpg, os.kill):
            try:
                kill(child["pid"], signal.SIGKILL)
            except OSError:  # no such group yet, or gone already
                continue
        os.waitpid(child["pid"], 0)
        self.answers.send(event="answer", n=child["n"], **answer)


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
            message = goldseam_inside.message_of(call.excinfo.value)
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

    def child(self, request):
        import pytest

        sources = {os.path.join(self.request["tree"], p): text for p, text in request["sources"].items()}
        override(sources)
        asked = dict(self.request, wanted=request["tests"])
        watcher = Watcher()
        reporter = Selector(frozenset(request["tests"]))
        stop = ["-x"] if request["stop"] else []
        arguments = [*goldseam_inside.pytest_arguments(asked), "--assert=plain", "--tb=no", "-q", *stop]
        code = int(pytest.main(arguments, plugins=[watcher, reporter]))
        return watcher.answer(ran=code in (0, 1))


class Selector:
    """A pytest plug-in that keeps only the wanted tests."""

    def __init__(self, wanted):
        self.wanted = wanted

    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if goldseam_inside.is_wanted(item.nodeid, self.wanted)]


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
        self.session = None
        self.served = False

    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if goldseam_inside.is_wanted(item.nodeid, self.wanted)]

    def pytest_runtestloop(self, session):
        self.session = session
        self.items = {item.nodeid: item for item in session.items}
        self.functions = live_functions(self.request["tree"])
        gc.collect()
        gc.freeze()
        self.served = True
        self.answers.send(event="ready", items=len(self.items), ids=list(self.items))
        Loop(self.answers, self, self.request["jobs"], self.requests, self.rest).run()
        return True

    def child(self, request):
        if request["kind"] == "compare":
            import goldseam_replay

            return goldseam_replay.compare(self, request)
        if request["kind"] == "batch":
            import goldseam_batch

            return goldseam_batch.screen(self, request)
        if request.get("swap"):
            trouble = self.swap(request["path"], request["swap"])
            if trouble:
                return {"status": "unsupported", "signature": trouble}
        return self.run_items(request["tests"], request["stop"])

    def run_items(self, tests, stop):
        watcher = Watcher()
        self.session.config.pluginmanager.register(watcher)
        asked = frozenset(tests)
        chosen = [item for name, item in self.items.items() if goldseam_inside.is_wanted(name, asked)]
        for item, following in zip(chosen, [*chosen[1:], None]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if watcher.failing and stop:
                break
        return watcher.answer(ran=bool(chosen))

    def touched(self, path, swap):
        """List the live functions that a swap may change: the function itself and those made inside it."""
        name = swap["qualname"].rsplit(".", 1)[-1]
        found = [f for f in self.functions.get((path, swap["line"]), []) if f.__code__.co_name == name]
        inner = [code.co_firstlineno for f in found[:1] for code in inner_codes(f.__code__)]
        return found + [f for line in inner for f in self.functions.get((path, line), [])]

    def swap(self, path, swap):
        """Give every live copy of a function new code; return what stands in the way, or an empty string."""
        name = swap["qualname"].rsplit(".", 1)[-1]
        found = [f for f in self.functions.get((path, swap["line"]), []) if f.__code__.co_name == name]
        if not found:
            return "no live function at %s:%d" % (path, swap["line"])
        codes = compiled(os.path.join(self.request["tree"], path), swap)
        if codes is None:
            return "the new source does not compile here"
        return exchange(found, codes, self.functions, path)


def live_functions(tree):
    """Index the live functions of the project by (relative path, first line; a decorator's if there is one)."""
    prefix, index = os.path.join(tree, ""), {}
    for thing in gc.get_objects():
        if type(thing) is types.FunctionType and thing.__code__.co_filename.startswith(prefix):
            code = thing.__code__
            index.setdefault((code.co_filename[len(prefix) :], code.co_firstlineno), []).append(thing)
    return index


def compiled(filename, swap):
    """Compile a function's source within a shell of its classes; None when this interpreter refuses it."""
    *outer, name = swap["qualname"].split(".")
    lines, depth = [], 0
    for klass in outer:
        lines.append("    " * depth + "class %s:" % klass)
        depth += 1
    body = swap["source"].splitlines()
    lines.extend("    " * depth + line if line else line for line in body)
    source = "\n".join(lines) + "\n"
    if "\n" in swap["source"] and ('"""' in source or "'''" in source):
        # Indenting would change the text of multi-line strings, so let the class shell stand on one level only.
        source = _shell_without_indenting(outer, swap["source"])
    try:
        code = compile(source, filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return None
    for part in [*outer, name]:
        code = next((c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == part), None)
        if code is None:
            return None
    return code


def _shell_without_indenting(outer, source):
    import ast

    module = ast.parse(source)
    for klass in reversed(outer):
        shell = ast.parse("class %s:\n    pass" % klass)
        shell.body[0].body = module.body
        module = shell
    return ast.fix_missing_locations(module)


def exchange(found, new, functions, path):
    """Set new code on live functions and on the live functions made by their inner definitions."""
    old = found[0].__code__
    if len(new.co_freevars) != len(old.co_freevars) or new.co_freevars != old.co_freevars:
        return "the free variables differ"
    for function in found:
        function.__code__ = named(new, old)
    for before, after in zip(inner_codes(old), inner_codes(new)):
        for function in functions.get((path, before.co_firstlineno), []):
            if function.__code__.co_name == before.co_name == after.co_name:
                if before.co_freevars != after.co_freevars:
                    return "the free variables of an inner function differ"
                function.__code__ = named(after, before)
    return ""


def named(new, old):
    """Keep what tracebacks and registries see of the old code."""
    kept = {"co_firstlineno": old.co_firstlineno}
    if hasattr(old, "co_qualname"):
        kept["co_qualname"] = old.co_qualname
    return new.replace(**kept)


def inner_codes(code):
    """List the code objects of inner functions in order of appearance, depth first, lambdas and loops left out."""
    found = []
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            if not constant.co_name.startswith("<"):
                found.append(constant)
            found.extend(inner_codes(constant))
    return found
