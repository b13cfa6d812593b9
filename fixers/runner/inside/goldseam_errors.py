"""What an exception says as plain data: its chain, its frames in the tree, and messages without addresses."""

import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
MESSAGE_CAP = 4000
MOUNTED = ["", ""]
"""Where the tree stands in this process, and where the host says that it stands; the same in a sandbox."""
FRAME_CAP = 60


def chain_of(error):
    """Describe an exception with what it came from and what it holds, root cause first, as plain data."""
    chain, seen, waiting = [], set(), [error]
    while waiting and len(chain) < 10:
        error = waiting.pop(0)
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        chain.append({"type": type_name(error), "message": message_of(error), "frames": frames_of(error)})
        if error.__cause__ is not None:
            waiting.append(error.__cause__)
        elif not error.__suppress_context__:
            waiting.append(error.__context__)
        waiting += members_of(error)
    return chain[::-1]


def members_of(error):
    """Return what a group of exceptions holds; a task group raises nothing else, whatever failed in it."""
    held = getattr(error, "exceptions", None)
    is_group = any(kind.__name__ == "BaseExceptionGroup" for kind in type(error).__mro__)
    return [member for member in held if isinstance(member, BaseException)] if is_group and held else []


def type_name(error):
    module = type(error).__module__
    name = type(error).__qualname__
    return name if module in ("builtins", "__main__", "_pytest.outcomes") else module + "." + name


def message_of(error):
    try:
        return str(error)[:MESSAGE_CAP]
    except BaseException as broken:  # noqa: BLE001 - the repository's own __str__ may raise anything
        return "<unprintable %s>" % type(broken).__name__


def frames_of(error):
    frames, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        name = getattr(code, "co_qualname", code.co_name)
        frames.append([as_mounted(code.co_filename), trace.tb_lineno, name.rsplit("<locals>.", 1)[-1]])
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        frames.append([as_mounted(error.filename), error.lineno or 0, "<module>"])
    kept = [f for f in frames if not is_harness(f[0])]
    return kept if len(kept) <= FRAME_CAP else kept[: FRAME_CAP // 2] + kept[-FRAME_CAP // 2 :]


def as_mounted(path):
    """Name a file of the tree as if the tree stood where it was meant to: without a sandbox it cannot."""
    return MOUNTED[1] + path[len(MOUNTED[0]) :] if path.startswith(MOUNTED[0]) else path


def is_of_tree(path):
    return path.startswith(MOUNTED[1]) and "/site-packages/" not in path


def in_tree(path):
    """Say whether a file lies in the tree, by its name in this process."""
    return path.startswith(MOUNTED[0]) and "/site-packages/" not in path


def is_harness(path):
    return "/_pytest/" in path or "/pluggy/" in path or path.startswith(HERE)
