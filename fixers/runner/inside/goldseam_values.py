"""Values: of which kind a function's arguments and locals are, in failing and in passing tests.

Only the kind is kept (type, sign, emptiness), and only of builtin values anything
but the type: looking at others would run code of the project.
"""

OFTEN, SELDOM, IN_ALL = 60, 12, 240
"""How often a function is looked at in a failing test, in a passing one, and in all passing ones together."""
_NAME = type.__dict__["__name__"].__get__
_SIZED = (str, bytes, bytearray, list, tuple, dict, set, frozenset)
_NAMES_KEPT = 24


class Values:
    """What was seen: (function, at start or return, name, kind) to the groups of tests that saw it; -1 is passing."""

    def __init__(self):
        self.left = bytearray()
        self.seen = {}
        self.group = -1
        self._usual = bytearray()
        self._budget = []

    def grow(self, functions):
        more = functions - len(self.left)
        self.left.extend(bytes(more))
        self._usual.extend(bytes([SELDOM]) * more)
        self._budget.extend([IN_ALL] * more)

    def open(self, group):
        """Begin a test of a group; -1 for one that passes."""
        self.group = group
        self.left[:] = self._usual if group < 0 else bytes([OFTEN]) * len(self.left)

    def close(self):
        self.left[:] = bytes(len(self.left))

    def note(self, function, when, values):
        # Threads of the project may meet here; none of them must see an error of ours.
        self.left[function] = max(self.left[function] - 1, 0)
        if self.group < 0:
            self._budget[function] -= 1
            if self._budget[function] <= 0:
                self._usual[function] = 0
                self.left[function] = 0
        for name, value in list(values.items())[:_NAMES_KEPT]:
            key = (function, when, name, kind_of(value))
            groups = self.seen.get(key)
            if groups is None:
                self.seen[key] = {self.group}
            else:
                groups.add(self.group)


def kind_of(value):
    """Name the kind of a value, such as `None`, `int < 0`, `empty str`; runs no code of the project."""
    kind = type(value)
    if value is None or kind is bool:
        return str(value)
    if kind is int or kind is float:
        return "%s %s" % (kind.__name__, "< 0" if value < 0 else "= 0" if value == 0 else "> 0")
    if kind in _SIZED:
        return kind.__name__ if value else "empty " + kind.__name__
    return _NAME(kind)
