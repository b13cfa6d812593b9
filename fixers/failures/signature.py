"""The template of a message: what it says, without what changes from run to run."""

from __future__ import annotations

import re

MAX_TEXT = 2_000
"""Characters of a message that count."""

# Order matters: a path is replaced before the digits in it are taken for a time or a digest.
_VOLATILE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\b0[xX][0-9a-fA-F]{4,16}\b", "<address>"),
        (r"(?:/private)?(?:/tmp|/var/tmp|/var/folders|/dev/shm)/[^\s'\"`<>,;)\]]{1,500}", "<tmp>"),
        (r"[A-Za-z]:\\Users\\[^\\'\"]{1,60}\\AppData\\Local\\Temp\\[^\s'\"`<>,;)\]]{1,500}", "<tmp>"),
        (r"pytest-of-[^\s'\"`<>,;)\]]{1,500}", "<tmp>"),
        (
            r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?\b",
            "<time>",
        ),
        (r"\b\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?\b", "<time>"),
        (r"\bdatetime\.(?:datetime|date|time)\([\d, ]{1,60}[^)]{0,60}\)", "<time>"),
        (r"\b1[0-9]{9}(?:\.\d{1,9})?\b|\b1[0-9]{12}\b", "<time>"),
        (r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b", "<id>"),
        (r"\b(?=[0-9a-f]{0,40}[0-9])(?=[0-9a-f]{0,40}[a-f])[0-9a-f]{12,64}\b", "<id>"),
        (r"\b\d{12,40}\b", "<number>"),
        (
            r"\b\d{1,12}(?:\.\d{1,12})? ?(?:ms|us|µs|ns|s|secs?|seconds?|milliseconds?|mins?|minutes?|hours?|h)\b",
            "<duration>",
        ),
        (r"(?i)\b(line|lineno|column|pid|process|port|seed|PYTHONHASHSEED)([ =:#]{1,3})\d{1,12}\b", r"\1\2<n>"),
        (r"(\.pyi?):\d{1,9}(?::\d{1,9})?", r"\1:<n>"),
        (r"(?i)\b(localhost|(?:\d{1,3}\.){3}\d{1,3}|\[::1?\])([:,]) ?\d{2,5}\b", r"\1\2<port>"),
        (r"\('((?:\d{1,3}\.){3}\d{1,3}|::1?|localhost)', \d{2,5}", r"('\1', <port>"),
        (r"\b(Thread|Dummy|Process|ForkPoolWorker|Task)-\d{1,12}\b", r"\1-<n>"),
    )
)
# What is left of absolute paths: which machine and directory it was is no part of the fault, the file's name is.
_ABSOLUTE = re.compile(r"(?<![\w.<>/\\:])(?:[A-Za-z]:)?[/\\](?:[\w.+@~-]{1,100}[/\\]){1,40}(?=[\w.+@~-])")
# Their quotes hold names of the program, which tell two faults apart; elsewhere they hold the data of one run.
_NAMING = frozenset(
    {
        "AttributeError",
        "ImportError",
        "ModuleNotFoundError",
        "NameError",
        "SyntaxError",
        "TypeError",
        "UnboundLocalError",
    }
)
_QUOTED = re.compile(r"(?<!\w)'[^']{0,500}'|\"[^\"]{0,500}\"")
_NUMBER = re.compile(r"(?<![\w<])(?<!Errno )-?\d{1,40}(?:\.\d{1,40})?(?:e[+-]?\d{1,4})?(?!\w)")
# The order of a set of strings follows the hash seed.
_SET = re.compile(r"\{('[^'{}]{0,200}'(?:, '[^'{}]{0,200}'){1,50})\}")


def signature(exception: str, message: str) -> str:
    """Return `KeyError: 'x'` with addresses, times, durations, line numbers, ports and paths of one run taken out.

    The type loses its module, because a traceback and a test report print it
    differently. Only the first line of text counts: shorter reports cut there.
    """
    kind = exception.rpartition(".")[2]
    text = template(message)
    return f"{kind}: {text}" if kind and text else kind or text


def shape(exception: str, message: str) -> str:
    """Return the signature without quoted values and numbers: what two runs on different data have in common.

    Names stay where the exception is about names: `no attribute 'rate'`.
    """
    kind = exception.rpartition(".")[2]
    text = signature(exception, message)
    if kind in _NAMING:
        return text
    return _NUMBER.sub("<n>", _QUOTED.sub("<value>", text))


def template(message: str) -> str:
    """Return the first line of the message that says anything, normalized."""
    first = next((line.strip() for line in message[: 4 * MAX_TEXT].splitlines() if line.strip()), "")
    return normalize(first)


def normalize(text: str) -> str:
    """Replace what changes from run to run."""
    text = text[:MAX_TEXT]
    for pattern, replacement in _VOLATILE:
        text = pattern.sub(replacement, text)
    text = _ABSOLUTE.sub("<path>/", text)
    return _SET.sub(_sorted_set, text)


def _sorted_set(found: re.Match[str]) -> str:
    return "{" + ", ".join(sorted(found[1].split(", "))) + "}"
