"""Many variants of one function in one code object, and a switch that chooses between them.

Mutant schemata (Untch, Offutt and Harrold, 1993). To compile a function of two hundred
lines takes more than a millisecond, so it is compiled once for a group of edits.
An edit that might mean something else beside others is left out: what passes is judged
again by itself, and so cannot be wrong, but what fails would be lost.
"""

import ast

CHOICE = "__goldseam_choice__"
"""A name among the builtins: the number of the edit that is made, 0 for none."""
LEAST = 4
"""Edits of one function for which it pays."""
_STEP = "    "
_HEADERS = ("if ", "elif ", "while ")
_WHOLE = ("super", "__", "yield", "await", ":=", "lambda")
"""What the compiler makes of these depends on the whole function, or makes something else of the whole function."""
_APART = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Global,
    ast.Nonlocal,
)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Base:
    """The text of a function as it is, and the names that it binds."""

    def __init__(self, text):
        self.lines = text.split("\n")
        try:
            functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, _FUNCTIONS)]
        except SyntaxError:  # of a newer Python; then no edit of it compiles either
            functions = []
        # Each inner function has names of its own; what all of them bind is a name of its own anywhere.
        self.bound = set.intersection(*map(_bound_in, functions)) if functions else None

    def spliced(self, cut):
        """Return the text of the function with one edit made."""
        start, end, text = cut
        return "\n".join([*self.lines[:start], text, *self.lines[end:]])

    def takes(self, cut):
        """Say whether an edit means beside others what it means by itself."""
        start, end, text = cut
        old = "\n".join(self.lines[start:end])
        if self.bound is None or any(word in text or word in old for word in _WHOLE):
            return False
        if start < end and self.lines[start].endswith(":"):
            return end == start + 1 and _header(self.lines[start]) == _header(text) != ""
        try:
            nodes = list(_walk(ast.parse(_dedented(text))))
            bound = _stored(_walk(ast.parse(_dedented(old)))) | self.bound if old else self.bound
        except SyntaxError:
            return False
        return not any(isinstance(node, _APART) for node in nodes) and _stored(nodes) <= bound


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def combined(base, cuts):
    """Return the text of a function with all edits in it, and the number by which each is chosen."""
    places = {}
    for index, (start, end, text) in enumerate(cuts):
        places.setdefault((start, end, _indent(text) if start == end else ""), []).append(index)
    choices, blocks, choice = {}, {}, 0
    for place, indexes in places.items():
        for index in indexes:
            choice += 1
            choices[index] = choice
        blocks[place] = [(choices[index], cuts[index][2]) for index in indexes]
    return "\n".join(_written(base.lines, blocks)), choices


def _written(lines, blocks):
    inserted = {}
    for (start, end, indent), block in blocks.items():
        if start == end:
            inserted.setdefault(start, []).append((indent, block))
    replaced = {start: (end, block) for (start, end, _), block in blocks.items() if start < end}
    position = 0
    while position <= len(lines):
        # What stands deeper belongs to the block above.
        for indent, block in sorted(inserted.get(position, ()), key=lambda item: -len(item[0])):
            yield from _switch(indent, block)
        if position == len(lines):
            return
        end, block = replaced.get(position, (position + 1, None))
        line = lines[position]
        if block is None:
            yield line
        elif line.endswith(":"):
            yield _switched_header(line, block)
        else:
            yield from _switch(_indent(line), block)
            yield _indent(line) + "else:"
            yield from (_STEP + old for old in lines[position:end])
        position = end


def _switch(indent, block):
    """Write the edits of one place; where none of them is chosen, that costs one comparison."""
    yield "%sif %d <= %s <= %d:" % (indent, block[0][0], CHOICE, block[-1][0])
    for choice, text in block:
        yield "%sif %s == %d:" % (indent + _STEP, CHOICE, choice)
        yield from (_STEP + _STEP + line for line in text.split("\n"))


def _switched_header(line, block):
    keyword = _header(line)
    test = _tested(line)
    for choice, text in block:
        test = "(%s) if %s == %d else %s" % (_tested(text), CHOICE, choice, test)
    return "%s%s%s:" % (_indent(line), keyword, test)


def _header(text):
    """Return the keyword of a line that holds one test and opens a block, else an empty string."""
    plain = text.lstrip(" ")
    keyword = next((word for word in _HEADERS if plain.startswith(word)), "")
    return keyword if keyword and "\n" not in text and text.endswith(":") else ""


def _tested(text):
    return "(%s)" % text.lstrip(" ")[len(_header(text)) : -1]


def _indent(text):
    return text[: len(text) - len(text.lstrip(" "))]


def _dedented(text):
    indent = len(_indent(text))
    return "\n".join(line[indent:] for line in text.split("\n"))


def _bound_in(function):
    arguments = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
    return arguments | _stored(node for statement in function.body for node in _walk(statement))


def _stored(nodes):
    names = [node for node in nodes if isinstance(node, ast.Name)]
    return {node.id for node in names if not isinstance(node.ctx, ast.Load)}


def _walk(node):
    """Yield the nodes of one scope: what comprehensions and inner functions bind is their own."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        if isinstance(found, _COMPREHENSIONS):
            waiting.extend(part.iter for part in found.generators)
        elif not isinstance(found, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(found))
