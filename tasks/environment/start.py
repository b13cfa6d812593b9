"""What a test command tells its interpreter: options of its own, and variables set before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from fixers.runner.target import Start

_X = re.compile(
    r"^(?:context_aware_warnings|dev|faulthandler|gil|int_max_str_digits|no_debug_ranges|thread_inherit_context|"
    r"tracemalloc|utf8|warn_default_encoding)(?:=|$)"
)
_PLAIN = re.compile(r"^-(?:b+|O+|bb?OO?|OO?bb?)$")
_ASSIGNMENT = re.compile(r"^([A-Za-z_]\w*)=([^$`]*)$")
_OURS = re.compile(
    r"^(?:PATH|HOME|TMPDIR|TEMP|TMP|CI|VIRTUAL_ENV|LD_\w+|GOLDSEAM_\w+|UV_\w+|PIP_\w+|"
    r"PYTHON(?:HASHSEED|HOME|DONTWRITEBYTECODE|UNBUFFERED|WARNINGS|STARTUP|PYCACHEPREFIX|BREAKPOINT|INSPECT))$"
)
"""Variables that our harness sets itself, or that decide which programs run; a filter of warnings goes to pytest."""
_LONGEST = 500


def start_of(words: Sequence[str]) -> Start:
    """Return what of the words before a test program is to be kept for every run of the tests."""
    options: list[str] = []
    for place, word in enumerate(words):
        if word == "-X" and place + 1 < len(words):
            options += ["-X", words[place + 1]]
        elif word.startswith("-X") and word != "-X":
            options += ["-X", word.removeprefix("-X")]
        elif _PLAIN.match(word):
            options.append(word)
    pairs = (found for word in words if (found := _ASSIGNMENT.match(word)) is not None)
    return _kept(options, ((pair[1], pair[2]) for pair in pairs))


def _kept(options: Sequence[str], variables: Iterable[tuple[str, str]]) -> Start:
    """Return what may be passed on of options and variables."""
    return Start(tuple(_options(list(options))), tuple(dict(filter(_is_theirs, variables)).items()))


def _options(words: list[str]) -> Iterator[str]:
    while words:
        word = words.pop(0)
        if word == "-X" and words and _X.match(value := words.pop(0)):
            yield from ("-X", value)
        elif _PLAIN.match(word):
            yield word


def _is_theirs(pair: tuple[str, str]) -> bool:
    name, value = pair
    plain = _ASSIGNMENT.match(f"{name}={value}") is not None
    return plain and _OURS.match(name) is None and len(value) <= _LONGEST
