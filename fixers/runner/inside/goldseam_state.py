"""Put back what one variant did to the process before the next one runs in it.

Looks at what the project's modules hold: rebound names, changed lists, dictionaries
and sets, attributes of its classes and instances, variables of closures, caches of
functions; and at the parameters of the tests, the environment, the directory and the
random generator. What it does not see, the canary of the batch and the clean run must.

Few things ever change, so after each variant only those are looked at that changed
before; all of them after a group of variants, which are judged again, one by one,
when one of the others turns out to have changed.
"""

import builtins
import functools
import os
import random
import sys
from collections import deque
from operator import is_

DEPTH = 6
LARGEST = 2000
"""Containers with more items are compared by length alone."""
MOST = 20000
_CACHED = type(functools.lru_cache(maxsize=None)(len))


class State:
    """A picture of the process, taken once, that can be restored any number of times."""

    def __init__(self, tree, items):
        self.tree = os.path.join(tree, "")
        # Every module holds the builtins, and without them nothing could put them back.
        self.kept, self.caches, self.seen = [], [], {id(vars(builtins))}
        self.changing = []
        self.modules = {name for name, module in list(sys.modules.items()) if self._is_ours(module)}
        for name in sorted(self.modules):
            self._value(vars(sys.modules[name]), DEPTH)
        for item in items:
            call = getattr(item, "callspec", None)
            self._value(call.params if call is not None else None, DEPTH)
        # The decoding of os.environ takes longer than many a test.
        self.environment = dict(os.environ), dict(getattr(os.environ, "_data", os.environ))
        self.random = random.getstate()
        self.directory = os.getcwd()

    def restore(self):
        """Undo changes of what has changed before."""
        for kept in self.changing:
            kept.put_back()
        for cache in self.caches:
            cache.cache_clear()
        decoded, raw = self.environment
        if getattr(os.environ, "_data", os.environ) != raw:
            os.environ.clear()
            os.environ.update(decoded)
        random.setstate(self.random)
        os.chdir(self.directory)

    def restore_all(self):
        """Undo every change since the picture was taken; say whether one was of a thing that never changed before."""
        self.restore()
        found = [kept for kept in self.kept if not kept.is_same()]
        for kept in found:
            kept.put_back()
        self.changing += found
        return bool(found)

    def _is_ours(self, module):
        path = getattr(module, "__file__", None)
        return isinstance(path, str) and path.startswith(self.tree) and "/site-packages/" not in path

    def _value(self, value, depth):
        """Remember a value and what it holds; ids are safe because the modules keep all of it alive meanwhile."""
        if depth <= 0 or value is None or id(value) in self.seen or len(self.kept) >= MOST:
            return
        self.seen.add(id(value))
        if isinstance(value, (dict, list, set, deque, bytearray)):
            self.kept.append(_Kept(value, _copy(value)))
        elif isinstance(value, type) and value.__module__ in self.modules:
            self.kept.append(_Kept(value, dict(vars(value))))
        elif type(value) is _CACHED:
            self.caches.append(value)
        for part in self._parts(value):
            self._value(part, depth - 1)

    def _parts(self, value):
        if isinstance(value, (dict, list, tuple, deque)):
            inner = value.values() if isinstance(value, dict) else value
            return list(inner) if len(value) <= LARGEST else ()
        if isinstance(value, type):
            return list(vars(value).values()) if value.__module__ in self.modules else ()
        if isinstance(value, (staticmethod, classmethod)):
            return (value.__func__,)
        if type(value) is _CACHED:
            return (value.__wrapped__,)
        if type(value).__name__ == "function":
            ours = value.__module__ in self.modules
            return (value.__defaults__, value.__kwdefaults__, value.__dict__, *_cells(value)) if ours else ()
        return (vars(value),) if type(value).__module__ in self.modules and hasattr(value, "__dict__") else ()


def _cells(function):
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            continue


def _copy(value):
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, bytearray):
        return bytes(value)
    return set(value) if isinstance(value, set) else list(value)


class _Kept:
    """A container and what it held; compared by identity of the parts, so that no `__eq__` of the repository runs."""

    __slots__ = ("before", "keys", "thing", "values")

    def __init__(self, thing, before):
        self.thing, self.before = thing, before
        mapping = isinstance(before, dict)
        self.keys = list(before) if mapping else ()
        self.values = list(before.values()) if mapping else before

    def put_back(self):
        if not self.is_same():
            _refill(self.thing, self.before)

    def is_same(self):
        thing, before = self.thing, self.before
        if isinstance(before, dict):
            now = vars(thing) if isinstance(thing, type) else thing
            names, values = (now.keys(), now.values()) if now is not thing else (dict.keys(now), dict.values(now))
            if len(names) != len(self.keys):
                return False
            small = len(names) <= LARGEST
            return not small or (all(map(is_, names, self.keys)) and all(map(is_, values, self.values)))
        if isinstance(before, set):
            return set.__len__(thing) == len(before) and (len(before) > LARGEST or set.__eq__(thing, before))
        if isinstance(thing, bytearray):
            return bytearray.__eq__(thing, before)
        kind = list if isinstance(thing, list) else deque
        if kind.__len__(thing) != len(before):
            return False
        return len(before) > LARGEST or all(map(is_, kind.__iter__(thing), before))


def _refill(thing, before):
    if isinstance(thing, type):
        for name in set(vars(thing)) - set(before):
            type.__delattr__(thing, name)
        for name, value in before.items():
            if vars(thing).get(name) is not value:
                type.__setattr__(thing, name, value)
    elif isinstance(thing, dict):
        dict.clear(thing)
        dict.update(thing, before)
    elif isinstance(thing, set):
        thing.clear()
        thing.update(before)
    elif isinstance(thing, deque):
        thing.clear()
        thing.extend(before)
    else:
        thing[:] = before
