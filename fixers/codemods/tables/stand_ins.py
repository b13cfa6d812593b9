"""Functions of the standard library that some Python versions do not have, as their documentation writes them out.

Only what is short and behaves the same: it is put into the file that needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class StandIn(NamedTuple):
    """A function or class that can be written out."""

    source: str
    imports: tuple[tuple[str, str], ...] = ()
    """Module, and the name to import from it; empty for the module itself."""


_STRTOBOOL = '''def strtobool(val):
    """Return 1 for a word that means yes, 0 for one that means no; ValueError for any other."""
    val = val.lower()
    if val in ("y", "yes", "t", "true", "on", "1"):
        return 1
    if val in ("n", "no", "f", "false", "off", "0"):
        return 0
    raise ValueError(f"invalid truth value {val!r}")
'''

_PARSE_HEADER = '''def parse_header(line):
    """Return the main value of a header like Content-Type and a dictionary of its options."""
    message = Message()
    message["content-type"] = line
    (key, _), *options = message.get_params() or [("", "")]
    return key, dict(options)
'''

_PAIRWISE = '''def pairwise(iterable):
    """Return successive overlapping pairs."""
    first, second = tee(iterable)
    next(second, None)
    return zip(first, second)
'''

_BATCHED = '''def batched(iterable, n):
    """Yield tuples of n items; the last one may be shorter."""
    if n < 1:
        raise ValueError("n must be at least one")
    iterator = iter(iterable)
    while batch := tuple(islice(iterator, n)):
        yield batch
'''

_LCM = '''def lcm(*integers):
    """Return the least common multiple."""
    found = 1
    for integer in integers:
        if integer == 0:
            return 0
        found = abs(found * integer) // gcd(found, integer)
    return found
'''

_STR_ENUM = '''class StrEnum(str, Enum):
    """Members are texts, and print as such."""

    __str__ = str.__str__
    __format__ = str.__format__

    def _generate_next_value_(name, start, count, last_values):
        return name.lower()
'''

_TO_THREAD = '''async def to_thread(func, /, *args, **kwargs):
    """Run a function in another thread and wait for it."""
    call = partial(copy_context().run, func, *args, **kwargs)
    return await get_running_loop().run_in_executor(None, call)
'''

_CHDIR = '''@contextmanager
def chdir(path):
    """Work in another directory for as long as the context lasts."""
    before = getcwd()
    change_directory(path)
    try:
        yield
    finally:
        change_directory(before)
'''

_OVERRIDE = '''def override(method, /):
    """Mark a method that overrides one of a base class."""
    return method
'''

ZIP_STRICT = StandIn(
    '''def zip_strict(*iterables):
    """Yield tuples of items that belong together; ValueError when an iterable is shorter than another."""
    missing = object()
    for items in zip_longest(*iterables, fillvalue=missing):
        if any(item is missing for item in items):
            raise ValueError("the arguments of zip_strict() have different lengths")
        yield items
''',
    (("itertools", "zip_longest"),),
)
"""`zip(..., strict=True)` of Python 3.10."""

STAND_INS: Mapping[str, StandIn] = {
    "distutils.util.strtobool": StandIn(_STRTOBOOL),
    "cgi.parse_header": StandIn(_PARSE_HEADER, (("email.message", "Message"),)),
    "itertools.pairwise": StandIn(_PAIRWISE, (("itertools", "tee"),)),
    "itertools.batched": StandIn(_BATCHED, (("itertools", "islice"),)),
    "math.lcm": StandIn(_LCM, (("math", "gcd"),)),
    "enum.StrEnum": StandIn(_STR_ENUM, (("enum", "Enum"),)),
    "asyncio.to_thread": StandIn(
        _TO_THREAD, (("asyncio", "get_running_loop"), ("contextvars", "copy_context"), ("functools", "partial"))
    ),
    "contextlib.chdir": StandIn(
        _CHDIR.replace("change_directory", "os.chdir").replace("getcwd()", "os.getcwd()"),
        (("contextlib", "contextmanager"), ("os", "")),
    ),
    "typing.override": StandIn(_OVERRIDE),
}
"""Dotted name to what stands in for it."""

ELSEWHERE: Mapping[str, str] = {"typing": "typing_extensions", "tomllib": "tomli", "zoneinfo": "backports.zoneinfo"}
"""Modules whose newer members, or all of them, another distribution brings to older versions."""
