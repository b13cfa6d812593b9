"""A small, safe part of YAML: maps, lists and plain values, read event by event.

Anchors, aliases, tags, merge keys, duplicate keys and several documents are
refused, as are files past the caps: a file of 324 bytes with aliases can stand for
more nodes than a machine can walk, so nothing is built before it is counted.
Values follow YAML 1.2: `no` and `on` are words, `012` is a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from tasks.errors import BadInput

MAX_BYTES = 32_768
MAX_DEPTH = 8
MAX_NODES = 2_000

Value = str | int | bool | None | list["Value"] | dict[str, "Value"]
Place = tuple[str | int, ...]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_PLAIN: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(slots=True)
class Parsed:
    """The document's value, and the line (from 1) on which each place in it begins."""

    value: Value = None
    lines: dict[Place, int] = field(default_factory=lambda: {(): 1})


def parse(data: bytes) -> Parsed:
    """Read one document; BadInput with the line number for anything outside the part of YAML above."""
    if len(data) > MAX_BYTES:
        raise BadInput(f"The file has {len(data)} bytes; at most {MAX_BYTES} are read.")
    parsed = Parsed()
    try:
        events = _safe_events(data.decode("utf-8"))
        first = next(events, None)
        if first is not None:
            parsed.value = _build(first, events, (), parsed.lines)
        if next(events, None) is not None:
            raise BadInput("The file holds more than one document; put everything into one.")
    except UnicodeDecodeError as error:
        raise BadInput(f"The file is not UTF-8: {error.reason} at byte {error.start}.") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadInput(f"Line {line}: this is not YAML ({error.problem}).") from error
    except yaml.YAMLError as error:
        raise BadInput(f"This is not YAML: {str(error).splitlines()[0]}.") from error
    return parsed


def _safe_events(text: str) -> Iterator[yaml.Event]:
    """Yield the events of nodes, having refused everything that a policy file does not need."""
    depth = nodes = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise BadInput(f"Line {line}: anchors and aliases are not allowed; write the value out.")
        if tag := getattr(event, "tag", None):
            raise BadInput(f"Line {line}: tags such as {tag[:40]!r} are not allowed; write a plain value.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise BadInput(f"Line {line}: nested deeper than {MAX_DEPTH} levels.")
        if isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
            nodes += 1
            if nodes > MAX_NODES:
                raise BadInput(f"Line {line}: more than {MAX_NODES} values.")
            yield event


def _build(event: yaml.Event, events: Iterator[yaml.Event], place: Place, lines: dict[Place, int]) -> Value:
    lines[place] = _line(event)
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, place, lines)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Value] = []
        for item in iter(lambda: next(events), None):
            if isinstance(item, yaml.SequenceEndEvent):
                break
            items.append(_build(item, events, (*place, len(items)), lines))
        return items
    return _scalar(event)


def _mapping(events: Iterator[yaml.Event], place: Place, lines: dict[Place, int]) -> dict[str, Value]:
    built: dict[str, Value] = {}
    for key in iter(lambda: next(events), None):
        if isinstance(key, yaml.MappingEndEvent):
            break
        line = _line(key)
        if not isinstance(key, yaml.ScalarEvent):
            raise BadInput(f"Line {line}: a key must be a word.")
        if key.value == "<<":
            raise BadInput(f"Line {line}: merge keys are not allowed; write the values out.")
        if key.value in built:
            raise BadInput(f"Line {line}: the key {key.value[:40]!r} stands here for the second time.")
        built[key.value] = _build(next(events), events, (*place, key.value), lines)
        lines[*place, key.value] = line
    return built


def _scalar(event: yaml.Event) -> str | int | bool | None:
    if not isinstance(event, yaml.ScalarEvent):  # the parser gives nothing else here
        raise BadInput(f"Line {_line(event)}: expected a value.")
    text: str = event.value
    if event.style is not None:  # quoted or block: always text
        return text
    if text in _PLAIN:
        return _PLAIN[text]
    return int(text) if _INTEGER.fullmatch(text) else text


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
