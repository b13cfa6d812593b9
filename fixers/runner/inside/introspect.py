"""Say what is installed: names of modules, parameters of callables, versions of distributions.

Runs in the target's interpreter (CPython 3.8 and newer, standard library only).
Reads one JSON request on standard input, writes one JSON line to the descriptor
that GOLDSEAM_REPORT_FD names; standard output belongs to whatever gets imported.

Request: {"questions": [{"kind": "names", "module": "numpy"},
                        {"kind": "parameters", "module": "requests", "qualname": "Session.get"},
                        {"kind": "version", "module": "requests"},
                        {"kind": "homes", "module": "scipy", "qualname": "simpson"},
                        {"kind": "doc", "module": "urllib3.util", "qualname": "Retry"},
                        {"kind": "told", "module": "flask_sqlalchemy", "qualname": "BaseQuery"},
                        {"kind": "python"}], "paths": ["/w/src"]}
Answer:  {"answers": [...]}, one for each question in order: a list of strings, a
string, or null when the thing does not exist or does not import.
"""

import ast
import importlib
import inspect
import json
import os
import re
import sys
import warnings

MOST_FILES = 6000
MOST_IMPORTS = 40
MOST_TOLD = 40
CHANGE = re.compile(
    r"\b(?:renam|formerly|previously|used to be|replace[sd]?\b|supersede|in favou?r of|instead of|was called)",
    re.IGNORECASE,
)
NO_HOMES = {"tests", "conftest", "_vendor", "vendor", "vendored", "examples", "benchmarks"}


def main():
    request = json.loads(sys.stdin.read())
    sys.path[:0] = request.get("paths", [])
    warnings.simplefilter("ignore")
    report = os.fdopen(int(os.environ["GOLDSEAM_REPORT_FD"]), "w", encoding="utf-8")
    answers = [answer(question) for question in request["questions"]]
    report.write(json.dumps({"answers": answers}) + "\n")
    report.flush()
    # Threads that an import started must not keep us, nor its exit hooks speak.
    os._exit(0)


def answer(question):
    kind = question["kind"]
    if kind == "python":
        return "%d.%d" % sys.version_info[:2]
    if kind == "version":
        return version(question["module"])
    if kind in ("homes", "told"):
        return (homes if kind == "homes" else told)(question["module"], question["qualname"])
    found = locate(question["module"], question.get("qualname", ""))
    if found is None:
        return None
    if kind == "doc":
        return documentation(found[0])
    return names(found[0]) if kind == "names" else parameters(found[0])


def version(distribution):
    from importlib import metadata

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def locate(module, qualname):
    """Return the object in a tuple, or None: the longest importable prefix, then attributes."""
    parts = [part for part in (module + "." + qualname).split(".") if part]
    for cut in range(len(parts), 0, -1):
        loaded = load(".".join(parts[:cut]))
        if loaded is None:
            continue
        found = loaded
        for name in parts[cut:]:
            found = getattr(found, name, None)
            if found is None:
                return None
        return (found,)
    return None


def load(module):
    try:
        return importlib.import_module(module)
    except BaseException:  # noqa: BLE001 - an import runs anything, and may even call sys.exit()
        return None


def names(found):
    # A lazy package names in __all__ what it only loads when asked.
    listed = set(dir(found)) | {name for name in getattr(found, "__all__", ()) if isinstance(name, str)}
    return sorted(listed)


def parameters(found):
    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):
        return None
    shown = []
    bare_star = True
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            bare_star = False
        elif parameter.kind is parameter.KEYWORD_ONLY and bare_star:
            shown.append("*")
            bare_star = False
        if parameter.kind is not parameter.POSITIONAL_ONLY and shown and shown[-1].startswith("\0"):
            close_positional_only(shown)
        mark = "\0" if parameter.kind is parameter.POSITIONAL_ONLY else ""
        default = "" if parameter.default is parameter.empty else "=" + summarized(parameter.default)
        stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        shown.append(mark + stars + parameter.name + default)
    if shown and shown[-1].startswith("\0"):
        close_positional_only(shown)
    return shown


def close_positional_only(shown):
    shown[:] = [text.lstrip("\0") for text in shown]
    shown.append("/")


def documentation(found):
    """Return what a function or class says of itself, and what its constructor says."""
    own = inspect.getdoc(found) or ""
    built = getattr(found, "__init__", None) if inspect.isclass(found) else None
    return (own + "\n\n" + (inspect.getdoc(built) or "") if built is not None else own)[:40000]


def homes(package, name):
    """Return the public modules of a package that give out a name, one for each object of that name.

    The files say which modules may, importing those few says which do. A name that the package
    only took from elsewhere is told by where it comes from, unless the package has one of its own.
    """
    roots = getattr(load(package), "__path__", None)
    if roots is None:
        return []
    reached = {}
    for module in with_packages(mentioning(package, list(roots), name)[:MOST_IMPORTS]):
        loaded = load(module)
        found = getattr(loaded, name, None)
        if found is not None and not inspect.ismodule(found):
            reached.setdefault(id(found), (found, []))[1].append(module)
    own = [own_home(package, name, *group) for group in reached.values()]
    foreign = [] if any(own) else [foreign_home(package, name, found) for found, _ in reached.values()]
    return sorted({place for place in own + foreign if place})


def told(package, name):
    """Return the paragraphs of a package's docstrings that speak of a change of a name, each behind its owner's."""
    roots = getattr(load(package), "__path__", None)
    word = re.compile(rb"\b" + name.encode() + rb"\b")
    found = []
    for module, path in files_of(package, list(roots or ())):
        tree = parsed(path, word)
        for owner, text in documented(tree, module) if tree is not None else ():
            parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
            telling = [part for part in parts if word.search(part.encode()) and CHANGE.search(part)]
            found += [owner + "\t" + part[:600] for part in telling]
    return found[:MOST_TOLD]


def documented(node, owner):
    """Yield the docstrings below a node with their owners' dotted names."""
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        yield owner, ast.get_docstring(node) or ""
    for inner in getattr(node, "body", ()):
        if isinstance(inner, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from documented(inner, owner + "." + inner.name)


def own_home(package, name, found, modules):
    """Return where a package means an object of its own to be imported from; empty for an object of another."""
    origin = origin_of(found)
    if origin and origin.partition(".")[0] != package:
        return ""
    public = [module for module in modules if is_public(module)]
    # First the packages around the place where it is defined, then that place, then whoever passes it on.
    best = sorted(public, key=lambda m: (not (origin + ".").startswith(m + "."), m.count("."), m))
    return best[0] + "." + name if best else ""


def foreign_home(package, name, found):
    origin = origin_of(found)
    if not origin or origin.partition(".")[0] == package or not is_public(origin):
        return ""
    return origin + "." + name if getattr(load(origin), name, None) is found else ""


def origin_of(found):
    origin = getattr(found, "__module__", None)
    return origin if isinstance(origin, str) else ""


def is_public(module):
    return not any(part.startswith("_") for part in module.split("."))


def with_packages(modules):
    """Return modules and the packages around them, which may give out all that a module of theirs has."""
    found = []
    for module in modules:
        parts = module.split(".")
        found += [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return list(dict.fromkeys(found))


def mentioning(package, roots, name):
    """Return the modules of a package whose files define a name, or else import it, packages first."""
    word = re.compile(rb"\b" + name.encode() + rb"\b")
    found = {}
    for module, path in files_of(package, roots):
        how = binding(path, word, name)
        if how:
            found.setdefault(how, set()).add(module)
    # Whoever imports a name has it from where it is defined: of those a large package has hundreds.
    return sorted(found.get("defined") or found.get("imported") or (), key=lambda module: (module.count("."), module))


def files_of(package, roots):
    """Yield the modules of a package with their files; no tests, and no more than a large package has."""
    seen = 0
    for root in roots:
        for directory, inner, files in os.walk(root):
            inner[:] = sorted(d for d in inner if d.isidentifier() and d not in NO_HOMES)
            parts = [package] + [part for part in os.path.relpath(directory, root).split(os.sep) if part != "."]
            for file in sorted(files):
                stem = file.partition(".")[0]
                seen += 1
                if file.endswith((".py", ".pyi")) and stem not in NO_HOMES and seen <= MOST_FILES:
                    yield ".".join(parts if stem == "__init__" else [*parts, stem]), os.path.join(directory, file)


def parsed(path, word):
    """Return the tree of a file that has a word; else None."""
    try:
        with open(path, "rb") as file:
            text = file.read()
        return ast.parse(text) if word.search(text) else None
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


def binding(path, word, name):
    """Say how a file binds a name at its top level: `defined`, `imported`, or not at all."""
    tree = parsed(path, word)
    nodes = [node for node in top(tree) if name in bound(node)] if tree is not None else []
    imported = all(isinstance(node, (ast.Import, ast.ImportFrom)) for node in nodes)
    return ("imported" if imported else "defined") if nodes else ""


def top(node):
    """Yield the statements that run when a module is imported."""
    for inner in getattr(node, "body", ()):
        yield inner
        if isinstance(inner, (ast.If, ast.Try, ast.With)):
            yield from top(inner)
            yield from getattr(inner, "orelse", ())
            for handler in getattr(inner, "handlers", ()):
                yield from top(handler)


def bound(node):
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name for alias in node.names}
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def summarized(default):
    """Print a default that is a plain value; a repr of anything else may be long or run code."""
    return repr(default)[:80] if isinstance(default, (bool, int, float, str, bytes, type(None))) else "..."


if __name__ == "__main__":
    main()
