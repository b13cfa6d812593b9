"""Texts of values: equal for equal values and free of addresses, or expressions that make the value again."""

import goldseam_errors

LITERAL = 300


class CallTooLong(BaseException):
    """Raised inside a replayed call that outlived its share of CPU time."""


def describe(value, depth=4, *, whole=False, reading=True):
    """Return a text equal for equal values and free of addresses; iterators are read, at most 50 items.

    `whole` adds to what an object prints of itself what it holds. Without `reading`
    iterators stay as they are, for values that are still in use.
    """
    try:
        return goldseam_errors.ADDRESS.sub("0x", _Description(whole, reading).of(value, depth))
    except CallTooLong:
        raise
    except BaseException as error:  # noqa: BLE001 - the repository's own __repr__ may raise anything
        kind = "iterator" if hasattr(value, "__next__") else type(value).__name__
        return "<%s, unprintable: %s>" % (kind, type(error).__name__)


def holds_iterator(value):
    """Say whether describing a value would use up an iterator that it holds."""
    looked = _Description(whole=True, reading=False)
    try:
        looked.of(value, 4)
    except CallTooLong:
        raise
    except BaseException:  # noqa: BLE001 - as above
        return False
    return looked.unread


class _Description:
    def __init__(self, whole, reading):
        self.whole, self.reading, self.unread = whole, reading, False

    def of(self, value, depth):
        if depth <= 0 or value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
            return repr(value)[:2000] if depth > 0 else type(value).__name__
        if isinstance(value, dict):
            pairs = list(value.items())[:200]
            inner = ", ".join("%s: %s" % (self.of(k, depth - 1), self.of(v, depth - 1)) for k, v in pairs)
            return "%s{%s}" % (_kind(value, dict), inner)
        if isinstance(value, (list, tuple)):
            return "%s[%s]" % (_kind(value, list), ", ".join(self.of(v, depth - 1) for v in value[:200]))
        if isinstance(value, (set, frozenset)):
            return "%s{%s}" % (_kind(value, set), ", ".join(sorted(self.of(v, depth - 1) for v in value)[:200]))
        return self.of_iterator(value, depth) if hasattr(value, "__next__") else self.of_object(value, depth)

    def of_iterator(self, value, depth):
        if not self.reading:
            self.unread = True
            return type(value).__name__
        items = []
        for item in value:
            items.append(self.of(item, depth - 1))
            if len(items) >= 50:
                break
        return "iterator[%s]" % ", ".join(items)

    def of_object(self, value, depth):
        printed = repr(value)[:2000] if type(value).__repr__ is not object.__repr__ else ""
        state = getattr(value, "__dict__", None)
        if not isinstance(state, dict) or isinstance(value, type) or (printed and not self.whole):
            return printed or type(value).__name__
        parts = sorted(state.items(), key=lambda p: str(p[0]))[:60]
        inner = ", ".join("%s=%s" % (k, self.of(v, depth - 1)) for k, v in parts)
        return "%s(%s)" % (printed or type(value).__name__, inner)


def _kind(value, plain):
    return "" if type(value) is plain else type(value).__name__


def show(name, call):
    """Print a call as source, shortened."""
    parts = [short(v) for v in call["positional"] + call["rest"]]
    parts += ["%s=%s" % (k, short(v)) for k, v in call["keywords"].items()]
    return "%s(%s)" % (name, ", ".join(parts))


def source_of(name, call):
    """Return a call as an expression that can be run elsewhere; empty when an argument has no literal."""
    parts = [literal(v) for v in call["positional"] + call["rest"]]
    parts += ["%s=%s" % (k, literal(v)) for k, v in call["keywords"].items()]
    return "%s(%s)" % (name, ", ".join(parts)) if all(p and not p.endswith("=") for p in parts) else ""


def literal(value):
    """Return a short expression equal to a plain value, or an empty string."""
    return repr(value) if is_plain(value, 4) and len(repr(value)) <= LITERAL else ""


def is_plain(value, depth):
    if value is None or type(value) in (bool, int, str, bytes):
        return True
    if type(value) is float:
        return value - value == 0.0  # neither infinite nor NaN
    if depth <= 0 or type(value) not in (list, tuple, dict, set) or (type(value) is set and not value):
        return False
    inner = [*value, *value.values()] if type(value) is dict else list(value)
    return len(inner) <= LITERAL and all(is_plain(part, depth - 1) for part in inner)


def short(value):
    try:
        text = goldseam_errors.ADDRESS.sub("0x", repr(value))
    except BaseException:  # noqa: BLE001 - as above
        text = "<%s>" % type(value).__name__
    return text if len(text) <= 60 else text[:57] + "..."
