"""Record the calls that tests make of a few functions: copies of their arguments, and who made the call."""

import copy
import sys
import types

import goldseam_describe

MADE = 200
"""Objects whose construction is remembered, at most."""
HOPELESS = 60
"""Calls of a function that cannot be copied, after which no more are tried."""
_SHARED = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType)


class Recorder:
    """A profile function that copies the arguments of calls of some code objects, at most `cap` distinct ones each.

    As a pytest plug-in it knows the running test; calls of tests that fail are asked first.
    """

    def __init__(self, observed, cap):
        self.observed, self.cap = observed, cap
        self.codes = {one.function.__code__: index for index, one in enumerate(observed)}
        self.makers = {one.maker: one for one in observed if one.maker is not None}
        self.calls, self.seen, self.lost = [], {}, 0
        self.counts, self.failed, self.made, self.test = {}, {}, {}, ""

    def pytest_runtest_logstart(self, nodeid, location):
        self.test = nodeid

    def __call__(self, frame, event, arg):
        code = frame.f_code
        wanted = event == "call" and code in self.codes
        making = code in self.makers and event in ("call", "return")
        if not wanted and not making:
            return
        sys.setprofile(None)
        try:
            if making:
                self._note_made(frame, event)
            if wanted and self.counts.get(code, 0) < self.cap and self.failed.get(code, 0) < HOPELESS:
                self._keep(frame)
        finally:
            sys.setprofile(self)

    def _keep(self, frame):
        code = frame.f_code
        index = self.codes[code]
        try:
            call = shortened(self.observed[index].function, arguments_of(frame))
            made = self._made_by(call) if self.observed[index].kind in ("method", "property") else ""
            call = copied(call)
            key = (code, described(call))
        except BaseException:  # noqa: BLE001 - locks, handles and odd __deepcopy__ may raise anything
            self.lost += 1
            self.failed[code] = self.failed.get(code, 0) + 1
            return
        if key in self.seen:
            self.seen[key]["tests"].add(self.test)
            return
        call.update(made=made, tests={self.test})
        self.seen[key] = call
        self.counts[code] = self.counts.get(code, 0) + 1
        self.calls.append((index, call))

    def _note_made(self, frame, event):
        """Remember how an object was made, and what it was like then."""
        code = frame.f_code
        if len(self.made) >= MADE or not code.co_argcount:
            return
        thing = frame.f_locals.get(code.co_varnames[0])
        if event == "call":
            call = arguments_of(frame)
            call["positional"] = call["positional"][1:]
            source = goldseam_describe.source_of(type(thing).__qualname__, call)
            if source and id(thing) not in self.made and type(thing).__qualname__ == self.makers[code].klass:
                self.made[id(thing)] = [thing, source, ""]
        elif id(thing) in self.made and not self.made[id(thing)][2]:
            self.made[id(thing)][2] = goldseam_describe.describe(thing, whole=True)

    def _made_by(self, call):
        """Return the source that makes the object of a call, when it is still as it was made."""
        thing = call["positional"][0] if call["positional"] else None
        kept = self.made.get(id(thing))
        if kept is None or not kept[2] or goldseam_describe.describe(thing, whole=True) != kept[2]:
            return ""
        return kept[1]


class Observed:
    """A live function of the project, and what is known of the way to call it."""

    def __init__(self, qualname, function):
        self.qualname, self.function = qualname, function
        self.klass, _, self.name = qualname.rpartition(".")
        owner = owner_of(function, self.klass) if self.klass else None
        held = vars(owner).get(self.name) if isinstance(owner, type) else function.__globals__.get(self.name)
        kinds = ((staticmethod, "static"), (classmethod, "class"), (property, "property"))
        self.kind = next((kind for type_, kind in kinds if isinstance(held, type_)), "method" if owner else "function")
        self.maker = getattr(getattr(owner, "__init__", None), "__code__", None)
        # What a decorator made of it behaves otherwise than the function that is replayed.
        inner = getattr(held, "__func__", getattr(held, "fget", held))
        self.plain = inner is function

    def source(self, call):
        """Return a call as an expression that can be run elsewhere, or an empty string."""
        if not self.plain or self.name == "__init__":
            return ""
        if self.kind in ("function", "static"):
            return goldseam_describe.source_of(self.qualname, call)
        rest = dict(call, positional=call["positional"][1:])
        if self.kind == "class":
            same = call["positional"] and getattr(call["positional"][0], "__qualname__", "") == self.klass
            return goldseam_describe.source_of(self.qualname, rest) if same else ""
        if not call.get("made"):
            return ""
        expression = "%s.%s" % (call["made"], self.name)
        return expression if self.kind == "property" else goldseam_describe.source_of(expression, rest)


def owner_of(function, dotted):
    """Return what a dotted name stands for in the module of a function; None when it is nothing there."""
    found = function.__globals__.get(dotted.split(".")[0])
    for part in dotted.split(".")[1:]:
        found = vars(found).get(part) if isinstance(found, type) else None
    return found


def arguments_of(frame):
    """Return what a function was called with; the values themselves, not copies."""
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount
    names = list(code.co_varnames[:count])
    varargs = code.co_varnames[count] if code.co_flags & 0x04 else None
    varkw = code.co_varnames[count + bool(varargs)] if code.co_flags & 0x08 else None
    values = frame.f_locals
    keywords = {n: values[n] for n in names[code.co_argcount :]}
    if varkw:
        keywords.update(values[varkw])
    return {
        "positional": [values[n] for n in names[: code.co_argcount]],
        "rest": list(values[varargs]) if varargs else [],
        "keywords": keywords,
    }


def shortened(function, call):
    """Leave out the arguments that are the very default: a changed default then shows."""
    defaults = function.__defaults__ or ()
    positional = list(call["positional"])
    first = function.__code__.co_argcount - len(defaults)
    while not call["rest"] and len(positional) > first and positional[-1] is defaults[len(positional) - 1 - first]:
        positional.pop()
    only = function.__kwdefaults__ or {}
    keywords = {n: v for n, v in call["keywords"].items() if n not in only or v is not only[n]}
    return dict(call, positional=positional, keywords=keywords)


def described(call):
    """Return a text of all arguments with what they hold; iterators among them are read in a copy."""
    arguments = [call["positional"], call["rest"], call["keywords"]]
    if goldseam_describe.holds_iterator(arguments):
        arguments = list(copied(call).values())[:3]
    return goldseam_describe.describe(arguments, whole=True)


def copied(call):
    """Copy a call's arguments deeply; what nobody changes, modules and locks among them, is shared."""
    memo, parts = {}, {}
    for part in ("positional", "rest", "keywords"):
        parts[part] = _tolerant(call[part], memo, 6)
    return dict(parts, **{name: value for name, value in call.items() if name not in parts})


def _tolerant(value, memo, depth):
    """Copy as far as copying goes; raises TypeError for what is used up by reading it."""
    if id(value) in memo:
        return memo[id(value)]
    tried = dict(memo)  # a copy that fails leaves half-made objects there
    try:
        fresh = copy.deepcopy(value, tried)
    except Exception:  # noqa: BLE001 - what refuses is looked at part by part
        if hasattr(value, "__next__") or hasattr(value, "read") or depth <= 0:
            raise TypeError("used up by reading") from None
    else:
        memo.update(tried)
        return fresh
    if type(value) in (list, tuple, set, frozenset):
        return type(value)([_tolerant(part, memo, depth - 1) for part in value])
    if type(value) is dict:
        return {key: _tolerant(part, memo, depth - 1) for key, part in value.items()}
    if isinstance(value, _SHARED) or type(value).__module__ in ("_thread", "threading", "logging"):
        return value
    state = getattr(value, "__dict__", None)
    if not isinstance(state, dict) or isinstance(value, type):
        raise TypeError("no copy of a %s" % type(value).__name__)
    fresh = type(value).__new__(type(value))
    memo[id(value)] = fresh
    slots = [n for k in type(value).__mro__ for n in _slots(k) if hasattr(value, n)]
    for name in slots:
        object.__setattr__(fresh, name, _tolerant(getattr(value, name), memo, depth - 1))
    fresh.__dict__.update({name: _tolerant(part, memo, depth - 1) for name, part in state.items()})
    return fresh


def _slots(klass):
    names = vars(klass).get("__slots__", ())
    return [n for n in ([names] if isinstance(names, str) else names) if n not in ("__dict__", "__weakref__")]
