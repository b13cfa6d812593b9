"""Run the text of a module again in its own namespace: an edit outside functions, without importing everything anew.

What the module makes anew takes the place of what it had made before, in each module
that holds it. Whatever else holds on to something old, a registry or a subclass, would
not see the edit; so the unchanged text is run again first, to see what survives of it.
"""

import gc
import os
import re
import sys
import types
import typing
import weakref

PLAIN = (str, bytes, int, float, complex, tuple, frozenset, list, set, dict, type(None), type(re.compile("")))
"""What is the same where it is equal."""


def rerun(tree, path, text, used, *, sing):
    """Run the new text; return what stands in the way, or an empty string. Raises whatever the text raises.

    What others `used` at their import has to be as it was. With `sing`, what was made before has to be gone.
    """
    filename = os.path.join(tree, path)
    found = [module for module in list(sys.modules.values()) if getattr(module, "__file__", None) == filename]
    if len(found) != 1:
        return "%s is not imported just once" % path
    code = compile(text, filename, "exec", dont_inherit=True)
    names = vars(found[0])
    before = dict(names)
    for name, value in before.items():
        # A package holds its submodules, which nothing would put back.
        submodule = isinstance(value, types.ModuleType) and value.__name__ == "%s.%s" % (names["__name__"], name)
        if not (name.startswith("__") or submodule):
            del names[name]
    value = None  # nor may this hold on to the last of them
    exec(code, names)  # noqa: S102 - it is the repository's code, in the sandbox
    for name in used:
        if not _same(before.get(name), names.get(name)):
            return "the `%s` of %s changes, and others have used it" % (name, path)
    made = _hand_out(found[0], before, os.path.join(tree, ""))
    del before
    alive = _survivors(made) if sing else ()
    return "something holds on to the `%s` of %s" % (alive[0], path) if alive else ""


def _same(old, new):
    return old is new or (type(old) is type(new) and isinstance(old, PLAIN) and bool(old == new))


def loaded(tree):
    """List the modules of the project that are imported, by relative path."""
    prefix = os.path.join(tree, "")
    files = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    return sorted(name[len(prefix) :] for name in files if name.startswith(prefix))


def _hand_out(module, before, prefix):
    """Give the project's modules what was made anew in the place of what they had of it; return the old, weakly."""
    names = vars(module)
    changed = {name for name, value in before.items() if name in names and names[name] is not value}
    things = [name for name in changed if isinstance(before[name], (types.FunctionType, type))]
    made = {id(before[name]): names[name] for name in things}
    for other in list(sys.modules.values()):
        if other is module or not (getattr(other, "__file__", None) or "").startswith(prefix):
            continue
        for name, value in list(vars(other).items()):
            if id(value) in made:
                setattr(other, name, made[id(value)])
            elif name in changed and value is before[name]:
                setattr(other, name, names[name])
    return [(name, weakref.ref(before[name])) for name in sorted(things)]


def _survivors(made):
    for forget in getattr(typing, "_cleanups", ()):  # `typing` remembers what it was asked for
        forget()
    gc.unfreeze()
    gc.collect()
    return [name for name, ref in made if ref() is not None]
