"""What the variables of a crashed frame were: names of types, sizes, keys that a look-up missed.

Never a value: what a program holds may be a secret. Only frames of the project
itself are looked at, and only so many names, so that a report stays small.
"""

import gc
import inspect
import sys
import types
import warnings
from itertools import islice

import goldseam_errors

FRAMES = 6
NAMES = 60
ATTRIBUTES = 12
KEYS = 50
LONGEST = 80
SIZED = (str, bytes, list, tuple, dict, set, frozenset)
PLAIN = (*SIZED, int, float, complex, bool, type(None))
ORIGIN_DEPTH = 4
"""Callers that a coroutine remembers: a library's own call may lie between it and the project."""


class Unawaited:
    """Which coroutines nobody awaited, and where the project made them; those of one test at a time."""

    def __init__(self):
        self.facts = {}
        told = warnings._warn_unawaited_coroutine  # noqa: SLF001 - the interpreter calls it, under this name

        def also_noted(coroutine):
            self.note(coroutine)
            told(coroutine)

        warnings._warn_unawaited_coroutine = also_noted  # noqa: SLF001
        sys.set_coroutine_origin_tracking_depth(ORIGIN_DEPTH)

    def begin(self):
        self.facts = {}

    def note(self, coroutine):
        for path, line, _ in coroutine.cr_origin or ():
            if goldseam_errors.in_tree(path):
                name = str(coroutine.__qualname__).rsplit("<locals>.", 1)[-1][:LONGEST]
                self.facts["unawaited:%s:%d" % (path[len(goldseam_errors.MOUNTED[0]) :], line)] = [name]
                return

    def found(self):
        """Return what was noted, and those that something still holds: a list, a traceback."""
        for held in gc.get_objects():
            if type(held) is types.CoroutineType and inspect.getcoroutinestate(held) == inspect.CORO_CREATED:
                self.note(held)
        return dict(islice(self.facts.items(), NAMES))


def facts_of(error):
    """Return facts by kind and place: `types:pkg/mod.py:7:rows` to `["list", "int"]`."""
    facts, seen = {}, set()
    while error is not None and id(error) not in seen and len(seen) < 10:
        seen.add(id(error))
        frames = _project_frames(error)
        for frame, line in frames[-1 : -FRAMES - 1 : -1]:
            try:
                _of_frame(facts, frame, line, isinstance(error, KeyError) and frame is frames[-1][0])
            except Exception:  # noqa: BLE001, S112 - an object of the repository may refuse any question
                continue
        error = error.__cause__ or error.__context__
    return facts


def _project_frames(error):
    found, trace = [], error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if goldseam_errors.in_tree(name):
            found.append((trace.tb_frame, trace.tb_lineno))
        trace = trace.tb_next
    return found


def _of_frame(facts, frame, line, with_keys):
    path = frame.f_code.co_filename[len(goldseam_errors.MOUNTED[0]) :]
    place = "%s:%d" % (path, line)
    known = dict(frame.f_locals) if frame.f_locals is not frame.f_globals else {}
    variables = [(n, v) for n, v in known.items() if n.isidentifier() and len(n) <= LONGEST][:NAMES]
    for name, value in variables:
        _of_value(facts, place, name, value)
        for attribute, held in _attributes(value):
            _of_value(facts, place, "%s.%s" % (name, attribute), held)
    if with_keys:
        for name in frame.f_code.co_names:
            if name not in known and type(frame.f_globals.get(name)) is dict:
                variables.append((name, frame.f_globals[name]))
        for name, value in variables:
            _keys(facts, place, name, value)
            for attribute, held in _attributes(value):
                _keys(facts, place, "%s.%s" % (name, attribute), held)


def _attributes(value):
    if isinstance(value, (PLAIN, type)):
        return []
    try:
        state = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return []
    named = state.items() if type(state) is dict else ()
    return [(n, v) for n, v in islice(named, ATTRIBUTES) if isinstance(n, str) and n.isidentifier()]


def _of_value(facts, place, name, value):
    if len(facts) >= 10 * NAMES:
        return
    inner = islice(value, 5) if type(value) in (list, tuple, set, frozenset) else ()
    kinds = dict.fromkeys(type_name(part) for part in inner)
    facts.setdefault("types:%s:%s" % (place, name), [type_name(value), *list(kinds)[:3]])
    if type(value) in SIZED:
        facts.setdefault("size:%s:%s" % (place, name), [str(len(value))])


def _keys(facts, place, name, value, deeper=1):
    """Note the keys of a mapping, or of the first one of a list, that look like names; those one level down too."""
    if type(value) in (list, tuple) and value and isinstance(value[0], dict):
        # A comprehension's own variable is gone once it has raised; what it went through is not.
        value, name = value[0], name + "[0]"
    if not isinstance(value, dict) or len(facts) >= 20 * NAMES:
        return
    keys = [k for k in islice(dict.keys(value), 4 * KEYS) if type(k) is str and _is_name(k)]
    facts.setdefault("keys:%s:%s" % (place, name), keys[:KEYS])
    for key in keys[:10] if deeper else ():
        _keys(facts, place, "%s[%r]" % (name, key), dict.__getitem__(value, key), deeper - 1)


def _is_name(key):
    return 0 < len(key) <= 40 and key.replace("-", "_").replace(".", "_").replace(" ", "_").isidentifier()


def type_name(value):
    kind = type(value)
    name = str(kind.__qualname__).rsplit("<locals>.", 1)[-1][:LONGEST]
    return name if kind.__module__ == "builtins" else "%s.%s" % (str(kind.__module__)[:LONGEST], name)
