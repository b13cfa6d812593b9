"""Compare variants of a few functions on the calls that tests make, and on mutants of those calls.

Replays every input on the original and on each variant, comparing result, exception
class and what happened to the arguments. Everything here happens in one forked child.
Inputs are judged in groups, each under all variants, so that a limit of time cuts
whole groups off the end and never a variant short. Inputs on which some variant does not
do the same twice, for an address, the clock or chance, tell nothing apart and are left out.
"""

import hashlib
import random
import signal
import sys
import time

import goldseam_describe
import goldseam_errors
import goldseam_inputs
import goldseam_record
import goldseam_regularity
import goldseam_swap

SHOWN = 160
CALL_SECONDS, PATIENT_SECONDS = 0.25, 1.5
"""Processor time of a call, and of one that is asked again whether it has an end."""
WAITING = 4
"""Real time of a call for each second of processor time: one that waits for something uses none."""
ASKED_AGAIN = 4
LONG_SECONDS = 0.01
"""Where a call takes so long, another variant of it may just take longer."""
GROUP, LARGEST_GROUP = 1, 64
"""Inputs between two looks at the clock: at first, and once a group takes no time."""
QUICK_SECONDS = 1.0
RECORDING, REPLAYING = 0.3, 0.6
"""Shares of the time after which no further test is recorded and no further group replayed."""
ENDLESS = "does not end"
BROKEN = "returns <iterator, unprintable: "


def compare(server, request):
    """Answer, for each input that tells variants apart, the call and what the original and each variant do.

    Calls of every observed function are replayed under every variant, so that a
    repair of a caller and one of its callee can be compared too.
    """
    began = time.monotonic()
    over = began + REPLAYING * request["seconds"]
    observed = [
        goldseam_record.Observed(place["qualname"], one)
        for place in request["observe"]
        for one in live(server, place)[:1]
    ]
    calls, lost = record(server, request, observed, began + RECORDING * request["seconds"])
    inputs = inputs_of(observed, calls, request)
    columns, cut = replayed(server, request["variants"], observed, inputs, over)
    inputs = inputs[: len(columns[0])]
    replays = len(inputs)
    inputs, columns = steady(server, request["variants"], observed, inputs, columns, over)
    telling = [number for number in range(len(inputs)) if tells_apart([c[number] for c in columns], inputs[number])]
    rows = [row(observed, inputs[number], [column[number] for column in columns]) for number in telling[:300]]
    return {
        "calls": len(inputs),
        "rows": rows,
        "lost": lost,
        "cut": cut,
        "unsteady": replays - len(inputs),
        "behaviours": [hash_of(column, inputs) for column in columns],
        "raising": [newly_raising(columns[0], column, inputs) for column in columns],
        "returning": sum(1 for said in columns[0] if is_result(said.told)),
        "settled": sum(1 for said, made in zip(columns[0], inputs) if made.passing and is_result(said.told)),
        "changed": [changed(columns[0], column, inputs) for column in columns],
        "mended": [mended(columns[0], column, inputs) for column in columns],
        "irregular": goldseam_regularity.irregular(columns, inputs, [one.qualname for one in observed]),
    }


class Input:
    """One call to replay: of which observed function, and where it comes from."""

    def __init__(self, index, call, origin, passing=False):
        self.index, self.call, self.origin = index, call, origin
        self.passing = passing
        """Whether only tests that pass with the code as it is make this very call."""


class Said:
    """What one replayed call did."""

    __slots__ = ("answer", "features", "seconds", "told")

    def __init__(self, told, answer="", features=None, seconds=0.0):
        self.told, self.answer, self.features, self.seconds = told, answer, features, seconds


def inputs_of(observed, calls, request):
    """List recorded calls first, then an even share of mutants and, where few were recorded, of generated calls."""
    failing = frozenset(request.get("failing", ()))
    share = request["mutants"] // max(1, len(observed))
    inputs = []
    for index, one in enumerate(observed):
        own = [call for number, call in calls if number == index]
        inputs += [Input(index, call, "recorded", not call["tests"] & failing) for call in own]
        constants = goldseam_inputs.constants_of([one.function.__code__])
        inputs += [Input(index, call, "mutated") for call in goldseam_inputs.mutants(own, share, constants)]
        if len(own) < goldseam_inputs.FEW:
            inputs += [Input(index, call, "generated") for call in goldseam_inputs.generated(one.function, own)]
    # So that a cut takes mutants of every function, and recorded calls last.
    return sorted(inputs, key=lambda made: made.origin != "recorded")


def replayed(server, variants, observed, inputs, over):
    """Return what the original and each variant do, input by input, and how many inputs time did not allow."""
    columns = [[] for _ in range(len(variants) + 1)]
    size = GROUP
    while len(columns[0]) < len(inputs):
        start, began = len(columns[0]), time.monotonic()
        if start and began > over:
            return columns, len(inputs) - start
        group = inputs[start : start + size]
        columns[0].extend(replay(observed[made.index].function, made.call) for made in group)
        server.state.restore()
        for column, variant in zip(columns[1:], variants):
            column.extend(under(server, variant, observed, group))
        size = min(LARGEST_GROUP, 2 * size) if time.monotonic() - began < QUICK_SECONDS else max(1, size // 2)
    return columns, 0


def steady(server, variants, observed, inputs, columns, over):
    """Leave out the inputs that tell variants apart and on which one of them does otherwise when asked again."""
    telling = [n for n in range(len(inputs)) if tells_apart([c[n] for c in columns], inputs[n])]
    again, _ = replayed(server, variants, observed, [inputs[n] for n in telling], over)
    odd = set(unfinished(server, variants, observed, inputs, columns, telling))
    for column, new in zip(columns, again):
        odd.update(n for n, said in zip(telling, new) if said.told != column[n].told)
    kept = [n for n in range(len(inputs)) if n not in odd]
    return [inputs[n] for n in kept], [[column[n] for n in kept] for column in columns]


def unfinished(server, variants, observed, inputs, columns, telling):
    """Return the inputs on which some variants have no end, as far as that may be a matter of patience."""
    endless = [(k, n) for n in telling for k, column in enumerate(columns) if k and has_no_end(column[n])]
    numbers = sorted({n for _, n in endless})
    long = [n for n in numbers if any(c[n].seconds > LONG_SECONDS and not has_no_end(c[n]) for c in columns)]
    # One that waits would wait again.
    busy = [(k, n) for k, n in endless if n not in long and columns[k][n].seconds > LONG_SECONDS]
    for k, n in busy[:ASKED_AGAIN]:
        (said,) = under(server, variants[k - 1], observed, [inputs[n]], PATIENT_SECONDS)
        if not has_no_end(said):
            return numbers
    return long


def has_no_end(said):
    return said.told.startswith(ENDLESS)


def under(server, variant, observed, inputs, seconds=CALL_SECONDS):
    """Replay inputs with one variant in place, then put the old code back."""
    before = goldseam_swap.pictures(server.touched(variant["path"], variant["swap"]))
    try:
        if server.swap(variant["path"], variant["swap"]):
            return [Said("?")] * len(inputs)
        return [replay(observed[made.index].function, made.call, seconds) for made in inputs]
    except goldseam_swap.CannotImport:
        return [Said("?")] * len(inputs)
    finally:
        goldseam_swap.put_back(before)
        server.state.restore()


def row(observed, made, said):
    """Return one input as the host shows it, with what the original and each variant do there."""
    one = observed[made.index]
    return {
        "call": goldseam_describe.show(one.qualname, made.call),
        "origin": made.origin,
        "passing": made.passing,
        "outcomes": [each.told[:SHOWN] for each in said],
        "source": one.source(made.call),
        "answers": [each.answer for each in said],
    }


def newly_raising(before, after, inputs):
    """Count the calls that gave a result before, and raise now what no failing test asks for."""
    failing = [made.origin == "recorded" and not made.passing for made in inputs]
    asked = {raised(new.told) for old, new, made in zip(before, after, failing) if made and old.told != new.told} - {""}
    pairs = zip(before, after)
    return sum(1 for o, n in pairs if is_result(o.told) and not is_result(n.told) and raised(n.told) not in asked)


def changed(before, after, inputs):
    """Count the calls of passing tests that gave a result before, and do otherwise now."""
    pairs = zip(before, after, inputs)
    return sum(1 for old, new, made in pairs if made.passing and is_result(old.told) and old.told != new.told)


def mended(before, after, inputs):
    """Count the distinct calls of failing tests that do otherwise now."""
    recorded = (made.origin == "recorded" and not made.passing for made in inputs)
    return sum(1 for old, new, failing in zip(before, after, recorded) if failing and old.told != new.told)


def is_result(outcome):
    """Say whether a call came to a result: iterators that raise while they are read did not."""
    return outcome.startswith("returns ") and not outcome.startswith(BROKEN)


def raised(outcome):
    """Return the name of the exception that a call ended with, empty for a result."""
    return outcome.split(" ")[1] if outcome.startswith("raises ") else ""


def live(server, place):
    name = place["qualname"].rsplit(".", 1)[-1]
    found = server.functions.get((place["path"], place["line"]), [])
    return [function for function in found if function.__code__.co_name == name]


def tells_apart(said, made):
    """On invented calls, which may break a precondition, one exception is as good as another."""
    return len({comparable(each.told, made.origin) for each in said}) > 1


def comparable(outcome, origin):
    return "raises" if origin != "recorded" and outcome.startswith("raises ") else outcome


def hash_of(column, inputs):
    text = "\0".join(comparable(said.told, made.origin) for said, made in zip(column, inputs))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def record(server, request, observed, until):
    """Run the tests with the original code, as far as time allows, and return the distinct calls seen."""
    recorder = goldseam_record.Recorder(observed, request["cap"])
    server.session.config.pluginmanager.register(recorder)
    sys.setprofile(recorder)
    try:
        server.run_items(request["tests"], stop=False, limit=request["test_seconds"], until=until)
    finally:
        sys.setprofile(None)
        server.session.config.pluginmanager.unregister(recorder)
    server.state.restore_all()
    return recorder.calls, recorder.lost


def replay(function, call, seconds=CALL_SECONDS):
    """Return a text that tells this call's behaviour from any other, and what a test of it would assert, if it can.

    A call that changes its arguments, its object above all, is made again with them:
    what it leaves behind may only show the next time.
    """
    random.seed(0)  # every variant draws the same numbers, however many an earlier call drew
    try:
        fresh = goldseam_record.copied(call)
    except BaseException:  # noqa: BLE001 - as in recording
        return Said("?")
    began = time.process_time()
    said = _once(function, fresh, seconds)
    said.seconds = time.process_time() - began
    after, before = _left(fresh), _left(call)
    if after == before:
        return said
    then = _once(function, fresh, seconds).told
    left = _left(fresh)
    told = "%s and changes its arguments to %s; then %s and %s" % (said.told, after, then, left)
    return Said(told, seconds=said.seconds)


def _left(call):
    """Describe what a call left its arguments as; one that took in an iterator or an open file cannot be looked at."""
    try:
        return goldseam_record.described(call)
    except Exception:  # noqa: BLE001 - as in recording
        return "?"


def _once(function, call, seconds):
    answer, features = "", None
    signal.signal(signal.SIGVTALRM, _too_long)
    signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    signal.setitimer(signal.ITIMER_REAL, WAITING * seconds)
    try:
        result = function(*call["positional"], *call["rest"], **call["keywords"])
        features = goldseam_regularity.features_of(result, call)
        told = "returns " + goldseam_describe.describe(result)
        expression = goldseam_describe.literal(result)
        answer = "returns " + expression if expression else ""
    except goldseam_describe.CallTooLong:
        told = ENDLESS
    except BaseException as error:  # noqa: BLE001 - the point is to see what it raises
        told = "raises " + goldseam_errors.type_name(error)
        answer = "raises %s:%s" % (type(error).__module__, type(error).__qualname__)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return Said(told, answer, features)


def _too_long(signum, frame):
    raise goldseam_describe.CallTooLong
