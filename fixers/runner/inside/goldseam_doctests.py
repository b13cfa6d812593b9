"""Run the examples in docstrings of a module: what the documentation says a function does."""

import doctest
import io
import os
import sys

import goldseam_batch

MOST = 200
"""Docstrings with examples that are run at most."""
SECONDS = 1.0
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


def results(tree, paths):
    """Return per example, by its docstring's name and its number there, whether it gives what stands below it."""
    said = {}
    for path in dict.fromkeys(paths):
        module = _module(os.path.join(tree, path))
        if module is not None:
            for test in _tests(module):
                said.update(_run(test))
    return said


def _module(place):
    return next((m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == place), None)


def _tests(module):
    try:
        found = doctest.DocTestFinder(exclude_empty=True).find(module)
    except BaseException:  # noqa: BLE001 - the repository's own attributes may raise anything when looked at
        return []
    return sorted((test for test in found if test.examples), key=lambda test: (test.lineno or 0, test.name))[:MOST]


def _run(test):
    runner = _Runner(optionflags=FLAGS, verbose=False)
    try:
        with goldseam_batch.Alarm(SECONDS):
            runner.run(test, out=io.StringIO().write, clear_globs=True)
    except BaseException:  # noqa: BLE001 - cut short, or it ended the process
        return {}
    return {"%s example %d" % (test.name, number + 1): good for number, good in runner.said.items()}


class _Runner(doctest.DocTestRunner):
    """Keeps which examples give what they should."""

    def __init__(self, **options):
        doctest.DocTestRunner.__init__(self, **options)
        self.said = {}

    def report_success(self, out, test, example, got):
        self.said[test.examples.index(example)] = True

    def report_failure(self, out, test, example, got):
        self.said[test.examples.index(example)] = False

    def report_unexpected_exception(self, out, test, example, exc_info):
        self.said[test.examples.index(example)] = False
