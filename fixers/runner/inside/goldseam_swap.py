"""Give live functions new code: find them, compile the new body, exchange the code objects.

A function keeps its identity, so whatever holds on to it, a decorator, a registry,
`from x import y`, sees the new body.
"""

import ast
import gc
import os
import re
import types

_OF_ITS_CLASS = re.compile(r"\bsuper\b|\b__class__\b|\b__(?!\w*__\b)\w")
"""What the compiler makes of it depends on the class around: `super()`, its cell, names that get the class's."""


class CannotImport(Exception):
    """Raised for a new default value that fails when the module is imported."""


def live_functions(tree):
    """Index the live functions of the project by (relative path, first line; a decorator's if there is one)."""
    prefix, index = os.path.join(tree, ""), {}
    for thing in gc.get_objects():
        if type(thing) is types.FunctionType and thing.__code__.co_filename.startswith(prefix):
            code = thing.__code__
            index.setdefault((code.co_filename[len(prefix) :], code.co_firstlineno), []).append(thing)
    return index


def names(functions):
    """List path, first line and name of live functions, as JSON can carry them."""
    found = {(path, line, f.__code__.co_name) for (path, line), group in functions.items() for f in group}
    return sorted(map(list, found))


def compiled(filename, swap, *, closes):
    """Compile a function's source within a shell of its classes; None when this interpreter refuses it.

    `closes` says whether the live function has a cell for its class, which code cannot
    gain or lose while it lives: without one, `super()` gets its arguments written out.
    """
    *outer, name = swap["qualname"].split(".")
    try:
        source = swap["source"]
        if outer and (closes or _OF_ITS_CLASS.search(source)):
            # Not indented into a text, which would change the strings of several lines.
            source = _in_classes(outer, ast.parse(source), closes)
        else:
            outer = []  # nothing in it depends on the class around it, and without one it compiles twice as fast
        code = compile(source, filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return None
    for part in [*outer, name]:
        code = next((c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == part), None)
        if code is None:
            return None
    return code


def _in_classes(outer, module, closes):
    function = module.body[0]
    supers = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == "super"]
    if closes and not supers:
        function.body.extend(ast.parse("if 0: __class__").body)
    elif supers and not closes and function.args.args:
        function = _Open(outer, function.args.args[0].arg).visit(function)
    for klass in reversed(outer):
        shell = ast.parse("class %s:\n    pass" % klass)
        shell.body[0].body = module.body
        module = shell
    return module


class _Open(ast.NodeTransformer):
    """Writes `super()` without the name by which the compiler knows that it needs a cell for the class."""

    def __init__(self, outer, first):
        self.arguments = "%s, %s" % (".".join(outer), first)

    def visit_Call(self, node):
        self.generic_visit(node)
        if ast.dump(node.func) == _SUPER and not node.args:
            node.args = ast.parse("f(%s)" % self.arguments, mode="eval").body.args
        return node

    def visit_Name(self, node):
        return ast.parse("__import__('builtins').super", mode="eval").body if node.id == "super" else node


_SUPER = ast.dump(ast.parse("__import__('builtins').super", mode="eval").body)


def exchange(found, new, functions, path):
    """Set new code on live functions and on the live functions made by their inner definitions."""
    old = found[0].__code__
    if len(new.co_freevars) != len(old.co_freevars) or new.co_freevars != old.co_freevars:
        return "the free variables differ"
    for function in found:
        function.__code__ = named(new, old)
    for before, after in zip(inner_codes(old), inner_codes(new)):
        for function in functions.get((path, before.co_firstlineno), []):
            if function.__code__.co_name == before.co_name == after.co_name:
                if before.co_freevars != after.co_freevars:
                    return "the free variables of an inner function differ"
                function.__code__ = named(after, before)
    return ""


def set_default(found, number, text):
    """Give every live copy of a function another default value; the others stay the objects that they are."""
    for function in found:
        code = compile(text, function.__code__.co_filename, "eval", dont_inherit=True)
        try:
            value = eval(code, function.__globals__)  # noqa: S307 - the repository's own code, in its sandbox
        except NameError as error:  # a name of the class around it
            return "the default value needs a fresh import: %s" % error
        except Exception as error:
            raise CannotImport(type(error).__name__) from error
        plain = list(function.__defaults__ or ())
        if number < len(plain):
            plain[number] = value
            function.__defaults__ = tuple(plain)
        else:
            names = function.__code__.co_varnames[function.__code__.co_argcount :]
            function.__kwdefaults__ = dict(function.__kwdefaults__ or {}, **{names[number - len(plain)]: value})
    return ""


def pictures(functions):
    """Remember what a swap changes of live functions."""
    return [(f, f.__code__, f.__defaults__, f.__kwdefaults__) for f in functions]


def put_back(pictures_):
    """Undo swaps."""
    for function, code, defaults, keywords in pictures_:
        function.__code__ = code
        if function.__defaults__ is not defaults or function.__kwdefaults__ is not keywords:
            function.__defaults__, function.__kwdefaults__ = defaults, keywords


def named(new, old):
    """Keep what tracebacks and registries see of the old code."""
    kept = {"co_firstlineno": old.co_firstlineno}
    if hasattr(old, "co_qualname"):
        kept["co_qualname"] = old.co_qualname
    return new.replace(**kept)


def inner_codes(code):
    """List the code objects of inner functions in order of appearance, depth first, lambdas and loops left out."""
    found = []
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            if not constant.co_name.startswith("<"):
                found.append(constant)
            found.extend(inner_codes(constant))
    return found
