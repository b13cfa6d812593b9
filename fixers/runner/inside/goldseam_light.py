"""Run one test with as little of pytest around it as it can bear, for a screen that runs thousands.

Light: set-up, the test, tear-down, and nothing else: no hooks of plug-ins around the
phases, no capture, no reports. That is ten times faster and enough for most tests.
A test that needs more is recognized, because it ends otherwise than under pytest's
own protocol, and is left to that one.
"""

import ast
import contextlib
import functools
import re
import warnings

import goldseam_errors
import goldseam_limit

SHOWN = 500
_LINE = re.compile(r"line (\d+): ")


def import_packages_once():
    """Let pytest find the `__init__.py` around a test once, not at each set-up: that was a tenth of a screen."""
    import _pytest.python

    plain = getattr(_pytest.python, "importtestmodule", None)
    if plain is None:  # before pytest 8
        return
    known = {}

    def importtestmodule(path, config):
        if path not in known:
            known[path] = plain(path, config)
        return known[path]

    _pytest.python.importtestmodule = importtestmodule


def light(item):
    """Run a test bare and say how it fails; empty when it passes."""
    item.__dict__.pop("_excinfo", None)
    said = ""
    try:
        with _warnings_as_configured(item):
            item._initrequest()  # noqa: SLF001 - as runtestprotocol does
            _set_up(item)
            item.runtest()
            kept = getattr(item, "_excinfo", None)  # where unittest's tests leave what they raised
            said = told(kept[0].value, item) if kept else ""
    except goldseam_limit.TestTimedOut:
        raise
    except BaseException as error:  # noqa: BLE001 - pytest takes every exception of a test for its failure
        said = told(error, item)
    finally:
        said = _tear_down(item, said)
    return said


def full(item):
    """Run a test by pytest's own protocol and say how it fails; empty when it passes."""
    from _pytest.runner import runtestprotocol

    raised = _Raised()
    item.config.pluginmanager.register(raised)
    try:
        with _warnings_as_configured(item):
            reports = runtestprotocol(item, log=False, nextitem=None)
    except goldseam_limit.TestTimedOut:
        _tear_down(item, "")  # its own was cut short with it, and the next test would be refused
        raise
    finally:
        item.config.pluginmanager.unregister(raised)
    failed = [report for report in reports if report.failed]
    if not failed:
        return ""
    return raised.first or "%s: failed" % failed[0].when


def told(error, item):
    """Describe how a test failed without addresses; a test cut short is no failure but the end of its time."""
    if isinstance(error, goldseam_limit.TestTimedOut):
        raise goldseam_limit.TestTimedOut
    text = goldseam_errors.ADDRESS.sub("0x", goldseam_errors.message_of(error))
    return "line %d: %s: %s" % (_line_in_test(error, item), type(error).__name__, text[:SHOWN])


def gets_further(how, before, item):
    """Say whether a test that failed as `before` now fails behind the statement at which it did.

    Behind a `with` is behind all of it: where `pytest.raises` missed its exception, another
    one out of the block is no step forward.
    """
    now, then = _reached(how), _reached(before)
    return now > then > 0 and now > _last_line(_file_of(item), then)


def _reached(said):
    """Return the line of the test's own file at which it failed, as `told` wrote it; 0 when that is not known."""
    found = _LINE.match(said)
    return int(found.group(1)) if found else 0


def _last_line(file, line):
    """Return where the innermost statement of a file that stands at a line ends; of a loop or an `if`, its header."""
    around = [s for s in _statements(file) if s.lineno <= line <= s.end_lineno]
    if not around:
        return line
    inner = max(around, key=lambda statement: statement.lineno)
    body = getattr(inner, "body", None)
    return body[0].lineno - 1 if body and not isinstance(inner, (ast.With, ast.AsyncWith)) else inner.end_lineno


@functools.lru_cache(maxsize=None)
def _statements(file):
    try:
        with open(file, "rb") as source:
            tree = ast.parse(source.read())
    except (OSError, SyntaxError, ValueError):
        return []
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]


def _file_of(item):
    return str(getattr(item, "path", None) or item.fspath)


def _line_in_test(error, item):
    file = _file_of(item)
    place = error.__traceback__
    while place is not None:
        if place.tb_frame.f_code.co_filename == file:
            return place.tb_lineno
        place = place.tb_next
    return 0


class _Raised:
    """A pytest plug-in that keeps the first exception of a test."""

    def __init__(self):
        self.first = ""

    def pytest_runtest_makereport(self, item, call):
        if call.excinfo is not None and not self.first:
            self.first = told(call.excinfo.value, item)


def _set_up(item):
    state = item.session._setupstate  # noqa: SLF001 - pytest has no public way
    stash = getattr(item, "stash", None)
    if stash is not None:
        with contextlib.suppress(ImportError):
            from _pytest.tmpdir import tmppath_result_key

            stash[tmppath_result_key] = {}
    (state.setup if hasattr(state, "setup") else state.prepare)(item)


def _tear_down(item, said):
    """Undo what was set up, module and session too, since another variant's code may have made it."""
    state = item.session._setupstate  # noqa: SLF001
    try:
        if hasattr(state, "setup"):
            state.teardown_exact(None)
        else:  # pytest 6
            state.teardown_exact(item, None)
    except goldseam_limit.TestTimedOut:
        raise
    except BaseException as error:  # noqa: BLE001 - as above
        said = said or told(error, item)
    item.__dict__.pop("_excinfo", None)
    item._request = False  # noqa: SLF001
    item.funcargs = None
    return said


@contextlib.contextmanager
def _warnings_as_configured(item):
    """Apply the project's own filters, for tests that fail by a warning turned into an error."""
    configured = item.config.getini("filterwarnings")
    marked = [arg for mark in item.iter_markers("filterwarnings") for arg in mark.args]
    if not configured and not marked:
        yield
        return
    with warnings.catch_warnings():
        try:
            from _pytest.config import apply_warning_filters
        except ImportError:  # pytest 6.0 and 6.1
            yield
            return
        apply_warning_filters(configured, [])
        apply_warning_filters(marked, [])
        yield
