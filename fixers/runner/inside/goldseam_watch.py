"""Watch what a few functions do while tests run under one variant, where calls cannot be copied and made again.

Each run of a test gives a list of events: what a watched function was given, and what
came of it. Two variants with the same events in the same runs behave alike there. To
see more than the tests do, tests run again with one of their own constants or
parameters changed; how they end then says nothing, what the functions do says much.
Besides, the types are kept of what watched functions take, hold, pass on and return.
"""

import dis
import hashlib
import itertools
import sys
import time

import goldseam_batch
import goldseam_describe
import goldseam_doctests
import goldseam_inputs
import goldseam_inside
import goldseam_light
import goldseam_record

EVENTS = 60
"""Events of one run that count, and the first of them in words."""
TOLD = 4
WIDTH = 120
CALLS_LOOKED_AT = 200
"""Calls of one function in one run of a test whose arguments are looked at."""
MUTATED_TESTS = 16
MUTANTS_EACH = 12
RUN_SECONDS = 2.0
CHANGED_SECONDS = 0.3
"""Processor time of a changed run, or five times what the test takes as it is: many of a test without end have none."""
_LASTING = 0x20 | 0x80 | 0x200
"""Flags of code that is left and entered again: generators, coroutines."""
_LEAVING = frozenset(("RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR", "YIELD_VALUE", "YIELD_FROM", "SUSPEND"))


def watch(session, state, request, tree):
    """Run tests, as they are and changed, and say what the watched functions did in each run."""
    over = time.monotonic() + 0.6 * request["wall"]
    tests = goldseam_inside.in_order(session.items, request["tests"])
    failing = frozenset(item.nodeid for item in goldseam_inside.in_order(session.items, request["failing"]))
    runs, types, heard, limits = [], {"passing": Types(), "failing": Types()}, 0, {}
    for item in tests:
        kept = types["failing" if item.nodeid in failing else "passing"]
        began = time.process_time()
        runs.append(_run(item, goldseam_light.full, state, request, tree, kept, RUN_SECONDS))
        took = 0.0 if runs[-1]["cut"] else time.process_time() - began
        limits[item] = min(RUN_SECONDS, max(CHANGED_SECONDS, goldseam_batch.LONGER * took))
        heard += runs[-1]["events"]
    mutated = 0
    for item in tests[:MUTATED_TESTS] if request["mutate"] else ():
        for mutant in list(_mutants(item)):
            if time.monotonic() > over:
                break
            mutant.put()
            try:
                runs.append(_run(item, goldseam_light.light, state, request, tree, Types(), limits[item]))
            finally:
                mutant.undo()
            mutated += bool(runs[-1]["events"])
    return {
        "status": "watched",
        "runs": runs,
        "heard": heard,
        "mutated": mutated,
        "types": {name: kept.documents() for name, kept in types.items()},
        "doctests": goldseam_doctests.results(tree, [place["path"] for place in request["observe"]]),
    }


def _run(item, protocol, state, request, tree, types, seconds):
    watcher, cut = Watcher(tree, request["observe"], types), False
    try:
        with goldseam_batch.Alarm(seconds):
            sys.setprofile(watcher)
            try:
                protocol(item)
            finally:
                sys.setprofile(None)
    except BaseException:  # noqa: BLE001 - a test cut short, and whatever it leaves in a changed test
        cut = True
    state.restore_all()
    text = "\0".join("\1".join(event) for event in watcher.events)
    return {
        "digest": hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16],
        "events": len(watcher.events),
        "cut": cut,
        "told": [[part[:WIDTH] for part in event] for event in watcher.events[:TOLD]],
        "each": [hashlib.sha256("\1".join(e).encode("utf-8", "replace")).hexdigest()[:6] for e in watcher.events],
    }


class Watcher:
    """A profile function that notes what watched functions get and do, in order."""

    def __init__(self, tree, places, types):
        self.prefix = tree.rstrip("/") + "/"
        self.names = {(place["path"], place["qualname"].rsplit(".", 1)[-1]) for place in places}
        self.types, self.events = types, []
        self.roles, self.bytecode, self.open = {}, {}, []

    def __call__(self, frame, event, arg):
        if event not in ("call", "return"):
            return
        role = self._role(frame.f_code)
        if role is None:
            return
        if role != "watched" and event == "return":
            return
        sys.setprofile(None)
        try:
            if event == "call":
                self._note_call(frame)
            if role == "watched":
                self._note(frame, event, arg)
        finally:
            sys.setprofile(self)

    def _note_call(self, frame):
        caller = frame.f_back
        if caller is not None and self.types.wants(frame.f_code):
            watched = self._role(caller.f_code) == "watched"
            self.types.note_call(frame, caller.f_code.co_name if watched else "", caller.f_lineno if watched else 0)

    def _role(self, code):
        role = self.roles.get(code, self)
        if role is self:
            name = code.co_filename
            role = None
            if name.startswith(self.prefix) and "/site-packages/" not in name:
                path = name[len(self.prefix) :]
                watched = (path, code.co_name) in self.names or ((path, "") in self.names and code.co_name[0] != "<")
                role = "watched" if watched else "project"
            self.roles[code] = role
        return role

    def _note(self, frame, event, arg):
        code = frame.f_code
        lasting = code.co_flags & _LASTING
        if event == "call":
            if not lasting:
                self.types.note_own(frame)
                self.open.append(self._told_of(frame) if len(self.events) < EVENTS else "")
            return
        given = "" if lasting or not self.open else self.open.pop()
        raised = arg is None and self._left_by_raising(frame)
        if not raised and not (lasting and self._is_first(frame)):
            self.types.note_result(frame, arg, lasting)
        if len(self.events) < EVENTS:
            told = "raises" if raised else "gives %s" % _told(arg, 3)
            first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount and not lasting else None
            held = getattr(first, "__dict__", None)
            if isinstance(held, dict) and not isinstance(first, type):
                told += " and leaves %s" % _told(first, 2)
            self.events.append((given or code.co_name, told))

    def _told_of(self, frame):
        call = goldseam_record.arguments_of(frame)
        parts = [_told(value, 2) for value in call["positional"] + call["rest"]]
        parts += ["%s=%s" % (name, _told(value, 2)) for name, value in call["keywords"].items()]
        return "%s(%s)" % (frame.f_code.co_name, ", ".join(parts))

    def _left_by_raising(self, frame):
        """Say whether a frame ends by an exception: a profile function sees a None then, as for `return None`."""
        code = frame.f_code
        bytecode = self.bytecode.setdefault(code, code.co_code)
        return dis.opname[bytecode[frame.f_lasti]] not in _LEAVING if frame.f_lasti >= 0 else False

    def _is_first(self, frame):
        """Say whether a generator is only being made."""
        bytecode = self.bytecode.setdefault(frame.f_code, frame.f_code.co_code)
        return dis.opname[bytecode[frame.f_lasti]] == "RETURN_GENERATOR"


def _told(value, depth):
    return goldseam_describe.describe(value, depth, whole=True, reading=False)[:2000]


class Types:
    """Which types were seen where, and how often anything was; a place is a kind, a function, a name and a line."""

    def __init__(self):
        self.seen, self.counts, self.calls = {}, {}, {}

    def wants(self, code):
        """Say whether calls of a function are still looked at: what is called very often soon shows all its types."""
        self.calls[code] = self.calls.get(code, 0) + 1
        return self.calls[code] <= CALLS_LOOKED_AT

    def note_call(self, frame, caller, line):
        """Note what a function of the project gets, from which line of a watched one, if from any."""
        code = frame.f_code
        for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]:
            if name not in ("self", "cls"):
                self._note("passes", caller, "%s.%s" % (code.co_name, name), str(line), frame.f_locals.get(name))

    def note_own(self, frame):
        code = frame.f_code
        for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]:
            if name not in ("self", "cls"):
                self._note("takes", code.co_name, name, "0", frame.f_locals.get(name))

    def note_result(self, frame, result, lasting):
        code = frame.f_code
        self._note("yields" if lasting else "returns", code.co_name, "", "0", result)
        skipped = code.co_argcount + code.co_kwonlyargcount
        for name in code.co_varnames[skipped:]:
            if name in frame.f_locals:
                self._note("holds", code.co_name, name, "0", frame.f_locals[name])

    def _note(self, *place_and_value):
        *place, value = place_and_value
        key = "\t".join(place)
        self.counts[key] = self.counts.get(key, 0) + 1
        seen = self.seen.setdefault(key, {})
        kind = type(value)
        if kind not in seen and len(seen) < 12:
            seen[kind] = [base.__name__ for base in kind.__mro__[:-1]] or ["object"]

    def documents(self):
        return {key: {"count": self.counts[key], "types": list(seen.values())} for key, seen in self.seen.items()}


class _Constants:
    """A test's function with one constant changed."""

    def __init__(self, function, code):
        self.function, self.code, self.before = function, code, function.__code__

    def put(self):
        self.function.__code__ = self.code

    def undo(self):
        self.function.__code__ = self.before


class _Parameter:
    """A parametrized test with one parameter changed."""

    def __init__(self, params, name, value):
        self.params, self.name, self.value, self.before = params, name, value, params[name]

    def put(self):
        self.params[self.name] = self.value

    def undo(self):
        self.params[self.name] = self.before


def _mutants(item):
    """Return at most a few changed forms of a test: its parameters first, then the constants of its own code."""
    return itertools.islice(_all_mutants(item), MUTANTS_EACH)


def _all_mutants(item):
    params = getattr(getattr(item, "callspec", None), "params", {})
    for name in list(params):
        for value in _few(params[name]):
            yield _Parameter(params, name, value)
    function = getattr(item, "function", None)
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    if code is None or code.co_filename != str(getattr(item, "path", "") or item.fspath):
        return
    for index, value in enumerate(code.co_consts):
        if index == 0 and value == function.__doc__:
            continue
        for other in _few(value):
            constants = (*code.co_consts[:index], other, *code.co_consts[index + 1 :])
            yield _Constants(function, code.replace(co_consts=constants))


def _few(value):
    if isinstance(value, (int, float, str, bytes, list, tuple, dict)):
        for number, other in enumerate(goldseam_inputs.values_near(value)):
            if number == 3:
                return
            yield other
