"""Further inputs for a replay: neighbours of recorded calls, and calls made from types where few were recorded."""

import copy
import itertools
import random
import types

import goldseam_describe
import goldseam_record

FEW = 5
"""Recorded calls of a function fewer than this get generated ones beside their neighbours."""
GENERATED = 60
BORROWED = 4
"""Values of other calls that an argument is tried with."""
FIELDS, ROUNDS = 8, 4
"""Fields of a record that are changed, and how often each."""
POOLS = {
    bool: (False, True),
    int: (0, 1, -1, 2, 3, 7, 10, 100),
    float: (0.0, 1.0, -1.0, 0.5, 2.5, 1e6),
    str: ("", "a", "ab", "Hello World", "x-y_z", " a ", "1", "\u00e9"),
    bytes: (b"", b"a", b"ab\n"),
    list: ([], [1], [1, 2, 3], [3, 1, 2], ["a", "b"]),
    tuple: ((), (1,), (1, 2, 3), ("a", "b")),
    dict: ({}, {"a": 1}, {"a": 1, "b": 2}),
    set: (set(), {1}, {1, 2}),
}
_NAMES = {kind.__name__: kind for kind in POOLS}
_NAMES.update(List=list, Sequence=list, Iterable=list, Tuple=tuple, Dict=dict, Mapping=dict, Set=set)


def mutants(calls, limit, constants=()):
    """Return up to `limit` calls with one argument changed, drawn evenly from the recorded ones."""
    made, seen = [], {goldseam_record.described(call) for call in calls}
    streams = [_mutants_of(call, calls, constants) for call in calls]
    while streams and len(made) < limit:
        for stream in list(streams):
            call = next(stream, None)
            if call is None:
                streams.remove(stream)
            elif len(made) < limit:
                key = goldseam_record.described(call)
                if key not in seen:
                    seen.add(key)
                    made.append(call)
    return made


def _mutants_of(call, calls, constants):
    slots = [(part, slot) for part in ("positional", "rest") for slot in range(len(call[part]))]
    slots += [("keywords", name) for name in call["keywords"]]
    streams = [_changed(call, part, slot, calls, constants) for part, slot in slots]
    # Slot by slot in turns: with a limit on all, no argument is left as it was recorded.
    for group in itertools.zip_longest(*streams):
        yield from (changed for changed in group if changed is not None)


def _changed(call, part, slot, calls, constants):
    value = call[part][slot]
    known = [c for c in constants if type(c) is type(value)]
    for other in itertools.chain(values_near(value), known, _borrowed(calls, part, slot, value)):
        try:
            changed = goldseam_record.copied({k: call[k] for k in ("positional", "rest", "keywords")})
            changed[part][slot] = goldseam_record.copied({"positional": [other], "rest": [], "keywords": {}})[
                "positional"
            ][0]
        except BaseException:  # noqa: BLE001 - as in recording
            return
        # An object that a literal makes is still made by it, when another argument changes.
        changed["made"] = call.get("made", "") if (part, slot) != ("positional", 0) else ""
        yield changed


def _borrowed(calls, part, slot, value):
    """Yield what other calls passed here, of the same type."""
    found = 0
    for call in calls:
        there = call[part]
        held = slot in there if part == "keywords" else slot < len(there)
        if held and type(there[slot]) is type(value) and found < BORROWED:
            found += 1
            yield there[slot]


def constants_of(codes):
    """Return the numbers and texts that some code holds, and the whole numbers beside them."""
    found, waiting = {}, list(codes)
    while waiting:
        code = waiting.pop(0)
        for value in code.co_consts:
            if isinstance(value, types.CodeType):
                waiting.append(value)
            elif type(value) is int and abs(value) < 1 << 40:
                found.update(dict.fromkeys((value, value - 1, value + 1)))
            elif type(value) is str and len(value) <= 40:
                found[value] = None
    return list(found)[:24]


def values_near(value):
    """Yield neighbours of a value, all of its own type: a call with another type breaks a precondition."""
    if isinstance(value, bool):
        yield not value
    elif type(value) is int:
        yield from (value + 1, value - 1, 0, 1, -1, -value, value * 10)
    elif type(value) is float:
        yield from (value + 1.0, value - 0.5, 0.0, -value, value * 10.0)
    elif type(value) is str:
        yield from ("", value[::-1], value + value, value[:-1], value[1:], value.upper(), " " + value, value.lower())
    elif type(value) is bytes:
        yield from (b"", value[::-1], value + value, value[:-1])
    elif type(value) in (list, tuple):
        yield from _sequences_near(value)
    elif type(value) is dict:
        yield {}
        if value:
            yield dict(list(value.items())[:-1])
            yield dict(list(value.items())[::-1])
            key = next(iter(value))
            yield from (dict(value, **{key: other}) for other in _first(values_near(value[key]), type(key) is str))
    elif type(value) in (set, frozenset):
        yield type(value)()
    else:
        yield from _records_near(value)


def _sequences_near(value):
    kind = type(value)
    yield from (kind(), value[::-1], value[:-1], value[1:], value + value[:1])
    for index in (0, len(value) - 1)[: len(value)]:
        for other in itertools.islice(values_near(value[index]), len(_fields(value[index])) * ROUNDS or 2):
            yield kind([*value[:index], other, *value[index + 1 :]])


def _records_near(value):
    """Yield records with one field changed; of other objects nobody knows what holds between their attributes."""
    streams = [
        [(name, other) for other in itertools.islice(values_near(held), ROUNDS)] for name, held in _fields(value)
    ]
    for group in itertools.zip_longest(*streams):
        for name, other in filter(None, group):
            try:
                if isinstance(value, tuple):
                    yield value._replace(**{name: other})
                else:
                    changed = copy.copy(value)
                    object.__setattr__(changed, name, other)
                    yield changed
            except Exception:  # noqa: BLE001, S112 - the record's own code may refuse
                continue


def _fields(value):
    """Return the fields of a named tuple, a dataclass or an attrs class with what they hold; none of anything else."""
    kind = type(value)
    if isinstance(value, tuple):
        names = getattr(kind, "_fields", ())
    elif hasattr(kind, "__attrs_attrs__"):
        names = [field.name for field in kind.__attrs_attrs__]
    else:
        names = getattr(kind, "__dataclass_fields__", ())
    return [(name, getattr(value, name)) for name in list(names)[:FIELDS] if hasattr(value, name)]


def _first(values, wanted):
    return itertools.islice(values, 1 if wanted else 0)


def generated(function, calls, seed=0):
    """Make calls of a plain function from what is known of its parameters; none when a parameter is unknown."""
    code = function.__code__
    if code.co_flags & 0x0C or code.co_kwonlyargcount or (code.co_varnames[:1] in (("self",), ("cls",))):
        return []
    pools = [_pool(function, index, calls) for index in range(code.co_argcount)]
    if not pools or not all(pools):
        return []
    draw = random.Random(seed)
    made, seen = [], {goldseam_record.described(call) for call in calls}
    for _ in range(4 * GENERATED):
        call = {"positional": [draw.choice(pool) for pool in pools], "rest": [], "keywords": {}}
        key = goldseam_describe.describe(call["positional"])
        if key not in seen and len(made) < GENERATED:
            seen.add(key)
            made.append(goldseam_record.copied(call))
    return made


def _pool(function, index, calls):
    """Return values for one parameter: of the types seen, of its annotation, or of its default."""
    name = function.__code__.co_varnames[index]
    defaults = function.__defaults__ or ()
    number = index - (function.__code__.co_argcount - len(defaults))
    kinds = {type(call["positional"][index]) for call in calls if index < len(call["positional"])}
    values = [call["positional"][index] for call in calls if index < len(call["positional"])]
    if not kinds:
        kinds = _annotated(function.__annotations__.get(name))
    if number >= 0:
        values.append(defaults[number])
        kinds = kinds or {type(defaults[number])}
    for kind in sorted(kinds, key=lambda kind: kind.__name__):
        values += POOLS.get(kind, ())
    return values


def _annotated(annotation):
    """Return the plain types that an annotation names."""
    if isinstance(annotation, type) and annotation in POOLS:
        return {annotation}
    text = annotation if isinstance(annotation, str) else str(annotation or "")
    text = text.replace("typing.", "").replace("collections.abc.", "")
    for wrapper in ("Optional[", "Union["):
        text = text[len(wrapper) :] if text.startswith(wrapper) else text  # noqa: FURB188 - Python 3.8
    head = text.split("[")[0].split("|")[0].split(",")[0].strip(" ]")
    return {_NAMES[head]} if head in _NAMES else set()
