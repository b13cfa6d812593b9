"""Say what is installed: names of modules, parameters of callables, versions of distributions.

Runs in the target's interpreter (CPython 3.8 and newer, standard library only).
Reads one JSON request on standard input, writes one JSON line to the descriptor
that GOLDSEAM_REPORT_FD names; standard output belongs to whatever gets imported.

Request: {"questions": [{"kind": "names", "module": "numpy"},
                        {"kind": "parameters", "module": "requests", "qualname": "Session.get"},
                        {"kind": "version", "module": "requests"},
                        {"kind": "python"}], "paths": ["/w/src"]}
Answer:  {"answers": [...]}, one for each question in order: a list of strings, a
string, or null when the thing does not exist or does not import.
"""

import importlib
import inspect
import json
import os
import sys
import warnings


def main():
    request = json.loads(sys.stdin.read())
    sys.path[:0] = request.get("paths", [])
    warnings.simplefilter("ignore")
    report = os.fdopen(int(os.environ["GOLDSEAM_REPORT_FD"]), "w")
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
    found = locate(question["module"], question.get("qualname", ""))
    if found is None:
        return None
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


def summarized(default):
    """Print a default that is a plain value; a repr of anything else may be long or run code."""
    return repr(default)[:80] if isinstance(default, (bool, int, float, str, bytes, type(None))) else "..."


if __name__ == "__main__":
    main()
