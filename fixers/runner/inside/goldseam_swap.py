"""Give live functions new code: find them, compile the new body, exchange the code objects.

A function keeps its identity, so whatever holds on to it, a decorator, a registry,
`from x import y`, sees the new body.
"""

import gc
import os
import types


def live_functions(tree):
    """Index the live functions of the project by (relative path, first line; a decorator's if there is one)."""
    prefix, index = os.path.join(tree, ""), {}
    for thing in gc.get_objects():
        if type(thing) is types.FunctionType and thing.__code__.co_filename.startswith(prefix):
            code = thing.__code__
            index.setdefault((code.co_filename[len(prefix) :], code.co_firstlineno), []).append(thing)
    return index


def compiled(filename, swap):
    """Compile a function's source within a shell of its classes; None when this interpreter refuses it."""
    *outer, name = swap["qualname"].split(".")
    lines, depth = [], 0
    for klass in outer:
        lines.append("    " * depth + "class %s:" % klass)
        depth += 1
    body = swap["source"].splitlines()
    lines.extend("    " * depth + line if line else line for line in body)
    source = "\n".join(lines) + "\n"
    if "\n" in swap["source"] and ('"""' in source or "'''" in source):
        # Indenting would change the text of multi-line strings, so let the class shell stand on one level only.
        source = _shell_without_indenting(outer, swap["source"])
    try:
        code = compile(source, filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return None
    for part in [*outer, name]:
        code = next((c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == part), None)
        if code is None:
            return None
    return code


def _shell_without_indenting(outer, source):
    import ast

    module = ast.parse(source)
    for klass in reversed(outer):
        shell = ast.parse("class %s:\n    pass" % klass)
        shell.body[0].body = module.body
        module = shell
    return ast.fix_missing_locations(module)


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
