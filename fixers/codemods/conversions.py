"""How a value of one type is written as a value of another."""

from __future__ import annotations

from collections.abc import Iterator

NUMBERS = frozenset({"int", "float", "complex", "Decimal", "Fraction"})
_PRINTED = NUMBERS | {
    "UUID",
    "PosixPath",
    "WindowsPath",
    "PurePosixPath",
    "date",
    "datetime",
    "time",
    "timedelta",
    "bool",
}
_VIEWS = frozenset({"dict_keys", "dict_values", "dict_items", "range", "map", "filter", "zip", "generator", "deque"})
_SEQUENCES = frozenset({"list", "tuple", "set", "frozenset"})


def conversions(text: str, have: str, want: str) -> Iterator[tuple[float, str]]:
    """Yield expressions of type `want` made from `text`, which is of type `have`; with how sure each is.

    Nothing for None: what it stands for is not to be guessed, and `str(None)` only
    hides where it came from.
    """
    if have in _PRINTED and want == "str":
        yield 0.7, f"str({text})"
    elif have == "str" and want in {"int", "float"}:
        yield 0.6, f"{want}({text})"
    elif have in {"bytes", "bytearray"} and want == "str":
        yield 0.65, f"{text}.decode()"
    elif have == "str" and want in {"bytes", "bytearray"}:
        yield 0.65, f"{text}.encode()"
    elif have in _VIEWS | _SEQUENCES and want in _SEQUENCES and have != want:
        yield 0.7, f"{want}({text})"
    elif want in {"list", "tuple"} and have in _PRINTED | {"str", "bytes", "dict"}:
        yield 0.55, f"[{text}]" if want == "list" else f"({text},)"
    elif have == "float" and want == "int":
        yield 0.55, f"int({text})"
    elif have == "Decimal" and want == "float":
        yield 0.4, f"float({text})"
