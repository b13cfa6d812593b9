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

_SAVE_VIRTUAL_WORKBOOK = '''def save_virtual_workbook(workbook):
    """Return a workbook as the bytes of its file."""
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
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

_ACLOSING = '''@asynccontextmanager
async def aclosing(thing):
    """Close an asynchronous generator at the end of the context."""
    try:
        yield thing
    finally:
        await thing.aclose()
'''

_SUMPROD = '''def sumprod(p, q):
    """Return the sum of products of two sequences of one length."""
    p, q = list(p), list(q)
    if len(p) != len(q):
        raise ValueError("Inputs are not the same length")
    return sum(a * b for a, b in zip(p, q))
'''

_FILE_DIGEST = '''def file_digest(fileobj, digest):
    """Return a digest object that has read a file to its end."""
    found = hashlib.new(digest) if isinstance(digest, str) else digest()
    for block in iter(lambda: fileobj.read(1 << 16), b""):
        found.update(block)
    return found
'''

_CALL = '''def call(obj, /, *args, **kwargs):
    """Return what a callable returns for these arguments."""
    return obj(*args, **kwargs)
'''

_BOOLEAN_ACTION = '''class BooleanOptionalAction(Action):
    """An option `--flag` with its opposite `--no-flag`."""

    def __init__(self, option_strings, dest, default=None, required=False, help=None, **kwargs):
        opposites = ["--no-" + name[2:] for name in option_strings if name.startswith("--")]
        super().__init__([*option_strings, *opposites], dest, nargs=0, default=default, required=required, help=help)

    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, not option_string.startswith("--no-"))
'''

_NEWER = '''def newer(source, target):
    """Say whether a file is there and younger than another, or the other is not there."""
    return not os.path.exists(target) or os.path.getmtime(source) > os.path.getmtime(target)
'''

_WHAT = '''def what(file, h=None):
    """Return the kind of an image by its first bytes; None for one that is not known."""
    if h is None:
        if hasattr(file, "read"):
            place = file.tell()
            h = file.read(32)
            file.seek(place)
        else:
            with open(file, "rb") as opened:
                h = opened.read(32)
    if h[6:10] in (b"JFIF", b"Exif") or h[:4] == b"\\xff\\xd8\\xff\\xdb":
        return "jpeg"
    if h[:4] == b"RIFF" and h[8:12] == b"WEBP":
        return "webp"
    if len(h) >= 3 and h[:1] == b"P" and h[2:3] in b" \\t\\n\\r":
        return {b"1": "pbm", b"4": "pbm", b"2": "pgm", b"5": "pgm", b"3": "ppm", b"6": "ppm"}.get(h[1:2])
    heads = {
        b"\\x89PNG\\r\\n\\x1a\\n": "png", b"GIF87a": "gif", b"GIF89a": "gif", b"MM": "tiff", b"II": "tiff",
        b"\\001\\332": "rgb", b"\\x59\\xa6\\x6a\\x95": "rast", b"#define ": "xbm", b"BM": "bmp",
        b"\\x76\\x2f\\x31\\x01": "exr",
    }
    return next((kind for head, kind in heads.items() if h.startswith(head)), None)
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
    "contextlib.aclosing": StandIn(_ACLOSING, (("contextlib", "asynccontextmanager"),)),
    "math.sumprod": StandIn(_SUMPROD),
    "hashlib.file_digest": StandIn(_FILE_DIGEST, (("hashlib", ""),)),
    "operator.call": StandIn(_CALL),
    "argparse.BooleanOptionalAction": StandIn(_BOOLEAN_ACTION, (("argparse", "Action"),)),
    "distutils.dep_util.newer": StandIn(_NEWER, (("os", ""),)),
    "imghdr.what": StandIn(_WHAT),
    "openpyxl.writer.excel.save_virtual_workbook": StandIn(_SAVE_VIRTUAL_WORKBOOK, (("io", "BytesIO"),)),
}
"""Dotted name to what stands in for it."""

ELSEWHERE: Mapping[str, str] = {
    "asyncio": "async_timeout",
    "importlib.metadata": "importlib_metadata",
    "importlib.resources": "importlib_resources",
    "tomllib": "tomli",
    "typing": "typing_extensions",
    "warnings": "typing_extensions",
    "zoneinfo": "backports.zoneinfo",
}
"""Modules whose newer members, or all of them, another distribution brings to older versions."""
