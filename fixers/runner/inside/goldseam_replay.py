"""Compare variants of a few functions on the calls that tests make, and on mutants of those calls.

Records the arguments of real calls while tests run, mutates one argument at a time,
and replays every input on the original and on each variant, comparing result,
exception class and what happened to the arguments. Everything here happens in one
forked child.
"""

import copy
import hashlib
import signal
import sys

import goldseam_describe
import goldseam_inside
import goldseam_swap

SHOWN = 160
CALL_SECONDS = 0.25
BROKEN = "returns <iterator, unprintable: "


class Recorder:
    """A profile function that copies the arguments of calls of some code objects, at most `cap` distinct ones each."""

    def __init__(self, codes, cap):
        self.codes, self.cap = codes, cap
        self.calls, self.seen, self.lost = [], set(), 0
        self.counts = {}

    def __call__(self, frame, event, arg):
        if event != "call" or frame.f_code not in self.codes or self.counts.get(frame.f_code, 0) >= self.cap:
            return
        sys.setprofile(None)
        try:
            self._keep(frame)
        finally:
            sys.setprofile(self)

    def _keep(self, frame):
        code = frame.f_code
        count = code.co_argcount + code.co_kwonlyargcount
        names = list(code.co_varnames[:count])
        varargs = code.co_varnames[count] if code.co_flags & 0x04 else None
        varkw = code.co_varnames[count + bool(varargs)] if code.co_flags & 0x08 else None
        values = frame.f_locals
        try:
            call = {
                "positional": [copy.deepcopy(values[n]) for n in names[: code.co_argcount]],
                "rest": list(copy.deepcopy(values[varargs])) if varargs else [],
                "keywords": {n: copy.deepcopy(values[n]) for n in names[code.co_argcount :]},
            }
            if varkw:
                call["keywords"].update(copy.deepcopy(values[varkw]))
            key = (code, _arguments(call))
        except BaseException:  # noqa: BLE001 - locks, handles and odd __deepcopy__ may raise anything
            self.lost += 1
            return
        if key not in self.seen:
            self.seen.add(key)
            self.counts[code] = self.counts.get(code, 0) + 1
            self.calls.append((self.codes[code], call))


def compare(server, request):
    """Answer, for each input that tells variants apart, the call and what the original and each variant do.

    Calls of every observed function are replayed under every variant, so that a
    repair of a caller and one of its callee can be compared too.
    """
    observed = [(place["qualname"], one) for place in request["observe"] for one in live(server, place)[:1]]
    codes = {one.__code__: index for index, (_, one) in enumerate(observed)}
    calls, lost = record(server, request, codes)
    share = request["mutants"] // max(1, len(observed))
    inputs = []
    for index in range(len(observed)):
        own = [call for number, call in calls if number == index]
        inputs += [(index, call, "recorded") for call in own]
        inputs += [(index, call, "mutated") for call in mutants(own, share)]
    columns = [[replay(observed[i][1], call) for i, call, _ in inputs]]
    columns.extend(under(server, variant, observed, inputs) for variant in request["variants"])
    rows = []
    for number, (index, call, origin) in enumerate(inputs):
        outcomes = [column[number][0] for column in columns]
        if tells_apart(outcomes, origin):
            rows.append(
                {
                    "call": goldseam_describe.show(observed[index][0], call),
                    "origin": origin,
                    "outcomes": [outcome[:SHOWN] for outcome in outcomes],
                    "source": goldseam_describe.source_of(observed[index][0], call),
                    "answers": [column[number][1] for column in columns],
                }
            )
    digests = [hash_of(columns, c, inputs) for c in range(len(columns))]
    raising = [newly_raising(columns[0], column) for column in columns]
    returning = sum(1 for outcome, _ in columns[0] if is_result(outcome))
    return {
        "calls": len(inputs),
        "rows": rows[:300],
        "lost": lost,
        "behaviours": digests,
        "raising": raising,
        "returning": returning,
    }


def newly_raising(before, after):
    """Count the calls that gave a result before, and raise now."""
    return sum(1 for (old, _), (new, _) in zip(before, after) if is_result(old) and not is_result(new))


def is_result(outcome):
    """Say whether a call came to a result: iterators that raise while they are read did not."""
    return outcome.startswith("returns ") and not outcome.startswith(BROKEN)


def live(server, place):
    name = place["qualname"].rsplit(".", 1)[-1]
    found = server.functions.get((place["path"], place["line"]), [])
    return [function for function in found if function.__code__.co_name == name]


def under(server, variant, observed, inputs):
    """Replay all inputs with one variant in place, then put the old code back."""
    before = goldseam_swap.pictures(server.touched(variant["path"], variant["swap"]))
    try:
        if server.swap(variant["path"], variant["swap"]):
            return [("?", "")] * len(inputs)
        return [replay(observed[index][1], call) for index, call, _ in inputs]
    finally:
        goldseam_swap.put_back(before)


def tells_apart(outcomes, origin):
    """On mutated calls, which may break a precondition, one exception is as good as another."""
    return len({comparable(outcome, origin) for outcome in outcomes}) > 1


def comparable(outcome, origin):
    return "raises" if origin == "mutated" and outcome.startswith("raises ") else outcome


def hash_of(columns, column, inputs):
    text = "\0".join(comparable(outcome, origin) for (outcome, _), (_, _, origin) in zip(columns[column], inputs))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def record(server, request, codes):
    """Run the tests with the original code and return the distinct calls seen."""
    recorder = Recorder(codes, request["cap"])
    sys.setprofile(recorder)
    try:
        server.run_items(request["tests"], stop=False, limit=request["test_seconds"])
    finally:
        sys.setprofile(None)
    return recorder.calls, recorder.lost


def mutants(calls, limit):
    """Return up to `limit` calls with one argument changed, drawn evenly from the recorded ones."""
    made, seen = [], set()
    pools = [list(_mutants_of(call)) for call in calls]
    depth = 0
    while len(made) < limit and any(depth < len(pool) for pool in pools):
        for pool in pools:
            if depth < len(pool) and len(made) < limit:
                key = goldseam_describe.describe(
                    [pool[depth]["positional"], pool[depth]["rest"], pool[depth]["keywords"]]
                )
                if key not in seen:
                    seen.add(key)
                    made.append(pool[depth])
        depth += 1
    return made


def _mutants_of(call):
    for part in ("positional", "rest", "keywords"):
        slots = range(len(call[part])) if part != "keywords" else list(call[part])
        for slot in slots:
            for value in values_near(call[part][slot]):
                try:
                    changed = copy.deepcopy(call)
                except BaseException:  # noqa: BLE001 - as in recording
                    return
                changed[part][slot] = value
                yield changed


def values_near(value):  # noqa: C901 - one line a type
    """Yield neighbours of a value, all of its own type: a call with another type breaks a precondition."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1, 0, 1, -1, -value, value * 10)
    elif isinstance(value, float):
        yield from (value + 1.0, value - 0.5, 0.0, -value, value * 10.0)
    elif isinstance(value, str):
        yield from ("", value[::-1], value + value, value[:-1], value[1:], value.upper(), " " + value)
    elif isinstance(value, bytes):
        yield from (b"", value[::-1], value + value, value[:-1])
    elif isinstance(value, (list, tuple)):
        kind = type(value)
        if kind in (list, tuple):
            yield from (kind(), value[::-1], value[:-1], value[1:], value + value[:1])
    elif isinstance(value, dict) and type(value) is dict:
        yield {}
        if value:
            yield dict(list(value.items())[:-1])
    elif isinstance(value, (set, frozenset)):
        yield type(value)()


def replay(function, call):
    """Return a text that tells this call's behaviour from any other, and what a test of it would assert, if it can.

    A call that changes its arguments, its object above all, is made again with them:
    what it leaves behind may only show the next time.
    """
    try:
        fresh = copy.deepcopy(call)
    except BaseException:  # noqa: BLE001 - as in recording
        return "?", ""
    told, answer = _once(function, fresh)
    after, before = _arguments(fresh), _arguments(call)
    if after == before:
        return told, answer
    then, _ = _once(function, fresh)
    return "%s and changes its arguments to %s; then %s and %s" % (told, after, then, _arguments(fresh)), ""


def _once(function, call):
    answer = ""
    signal.signal(signal.SIGVTALRM, _too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, CALL_SECONDS)
    try:
        result = function(*call["positional"], *call["rest"], **call["keywords"])
        told = "returns " + goldseam_describe.describe(result)
        expression = goldseam_describe.literal(result)
        answer = "returns " + expression if expression else ""
    except goldseam_describe.CallTooLong:
        told = "does not end"
    except BaseException as error:  # noqa: BLE001 - the point is to see what it raises
        told = "raises " + goldseam_inside.type_name(error)
        answer = "raises %s:%s" % (type(error).__module__, type(error).__qualname__)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return told, answer


def _arguments(call):
    return goldseam_describe.describe([call["positional"], call["rest"], call["keywords"]], whole=True)


def _too_long(signum, frame):
    raise goldseam_describe.CallTooLong
