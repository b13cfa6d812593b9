"""Statement probes by `sys.monitoring` (CPython 3.12 and newer): line events of the project's own code only.

The code of the project stays as it is. A line that was seen is switched off until
the next test, so a loop costs nothing after its first turn.
"""

import ast
import sys
import types

import goldseam_places
from goldseam_places import is_place

TOOLS = (3, 4)
"""Identifiers that no kind of tool is meant to have: a debugger or a coverage tool keeps its own."""
_SCOPES_BETWEEN = "<"  # comprehensions, lambdas, generators: parts of the statement that holds them


def free_tool():
    """Return an identifier that nobody uses here; None before CPython 3.12 and where all are taken."""
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is None:
        return None
    free = [tool for tool in TOOLS if monitoring.get_tool(tool) is None]
    return free[0] if free else None


class Monitor:
    """Watches the code of a project's modules from the moment they are compiled."""

    NAME = "monitoring"

    def __init__(self, places, values, tool):
        self.places, self.values, self.tool = places, values, tool
        self.hits = bytearray()
        self._lines = {}
        self._functions = {}
        self._kept = []

    def install(self):
        events = sys.monitoring.events
        sys.monitoring.use_tool_id(self.tool, "goldseam")
        sys.monitoring.register_callback(self.tool, events.LINE, self._line)
        sys.monitoring.register_callback(self.tool, events.PY_START, self._start)
        sys.monitoring.register_callback(self.tool, events.PY_RETURN, self._return)

    def again(self):
        """Report every line once more: what was seen before a test says nothing of the test."""
        sys.monitoring.restart_events()

    def code_of(self, plain, data, path, optimize):
        """Compile a module of the project as ever, and watch what comes out."""
        code = plain()
        try:
            module = ast.parse(data, path)
        except (SyntaxError, ValueError, RecursionError):
            return code
        relative = self.places.relative(path)
        lines, functions = self._map(module, relative)
        self.hits.extend(bytes(len(self.places.rows) - len(self.hits)))
        self.values.grow(len(self.places.functions))
        self._watch(code, "", lines, functions)
        return code

    def _map(self, module, path):
        """Return, by function name, which place each line belongs to, and the numbers of the functions."""
        lines = {}
        for owner, body, names, _ in goldseam_places.blocks(module):
            function = lines.setdefault(names, {})
            for statement in body:
                if is_place(statement, owner):
                    number = self.places.number(statement, path, names)
                    first, last = goldseam_places.header(statement)
                    for line in range(first, last + 1):
                        function[line] = number
        functions = {name: self.places.function(path, name) for name in goldseam_places.function_names(module)}
        return lines, functions

    def _watch(self, code, name, lines, functions):
        """Switch events on for a code object and those inside it; `name` is its dotted name without `<locals>`."""
        events = sys.monitoring.events
        if code.co_name == "<module>" or not code.co_name.startswith(_SCOPES_BETWEEN):
            wanted = events.LINE
            self._lines[id(code)] = lines.get(name, {})
            if name in functions and not _is_class(code):
                self._functions[id(code)] = functions[name]
                wanted |= events.PY_START | events.PY_RETURN
            sys.monitoring.set_local_events(self.tool, code, wanted)
            self._kept.append(code)
        for part in code.co_consts:
            if isinstance(part, types.CodeType):
                self._watch(part, part.co_qualname.replace(".<locals>", ""), lines, functions)

    def _line(self, code, line):
        number = self._lines.get(id(code), {}).get(line)
        if number is not None:
            self.hits[number] = 1
        return sys.monitoring.DISABLE

    def _start(self, code, offset):
        return self._note(code, 0)

    def _return(self, code, offset, value):
        return self._note(code, 1)

    def _note(self, code, when):
        number = self._functions.get(id(code))
        if number is None or not self.values.left[number]:
            return sys.monitoring.DISABLE
        self.values.note(number, when, sys._getframe(2).f_locals)  # noqa: SLF001 - there is no other way to a frame
        return None


def _is_class(code):
    return not code.co_flags & 0x02  # CO_NEWLOCALS is set for functions only
