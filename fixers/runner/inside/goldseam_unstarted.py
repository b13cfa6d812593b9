"""Why pytest could not even begin, where the project's own code is why: told as if each test file failed to import.

A conftest.py that imports a broken module, or whose `pytest_configure` does, ends
the run before any test is collected. To whoever repairs it, that is the same
fault as in a test file: so the files that would have been collected get the exception.
"""

import os

import goldseam_errors

NAMES = ("test_", "tests.py")
SKIPPED = ("build", "dist", "node_modules", "site-packages", "venv")
MOST = 200


class Unstarted:
    """A pytest plug-in that notes what ended the start of a run."""

    def __init__(self):
        self.error = None
        self.began = False
        from _pytest.config import ConftestImportFailure

        made = ConftestImportFailure.__init__

        def also_noted(failure, path, *args, **kwargs):
            made(failure, path, *args, **kwargs)
            excinfo = args[0] if args else kwargs.get("excinfo")
            self.note(kwargs.get("cause") or (excinfo[1] if excinfo is not None else None))

        ConftestImportFailure.__init__ = also_noted

    def note(self, error):
        if not self.began and self.error is None and isinstance(error, Exception):
            self.error = error

    def pytest_sessionstart(self, session):
        self.began = True

    def pytest_internalerror(self, excinfo):
        self.note(excinfo.value)

    def told(self, reporter, request):
        """Report the test files as failed; False where nothing of the project but a conftest.py is in it."""
        chain = goldseam_errors.chain_of(self.error) if self.error is not None and not self.began else []
        places = [frame[0] for link in chain for frame in link["frames"]]
        ours = any(goldseam_errors.is_of_tree(path) and os.path.basename(path) != "conftest.py" for path in places)
        files = files_of(request) if ours else []
        for path in files:
            facts = reporter.facts_of(self.error)
            reporter.answers.send(event="collect_raised", id=path, chain=chain, facts=facts)
            reporter.answers.send(event="collect_error", id=path, raised="", message=chain[-1]["message"])
        if files:
            reporter.answers.send(event="collected", rootdir=request.get("rootdir") or ".", ids=[])
        return bool(files)


def cause_of(chain):
    """Return what a module raised, which pytest wraps into an error of its own that says nothing more.

    But of a skip outside of a test: there the error of its own is what is wrong.
    """
    cause = [link for link in chain if not link["type"].endswith(("CollectError", "ConftestImportFailure"))]
    if cause and cause[-1]["type"] in ("Skipped", "_pytest.outcomes.Skipped") and cause[-1] is not chain[-1]:
        return [{**chain[-1], "frames": cause[-1]["frames"]}]
    return cause or chain


def files_of(request):
    """Return the test files that are wanted, or those that stand where the arguments say."""
    if request.get("wanted") is not None:
        return sorted({name.split("::", 1)[0] for name in request["wanted"]})
    named = [word.split("::", 1)[0] for word in request["args"] if os.path.exists(word.split("::", 1)[0])]
    found = []
    for start in named or ["."]:
        found += [start] if os.path.isfile(start) else below(start)
    return sorted({os.path.normpath(path) for path in found})[:MOST]


def below(directory):
    """Yield the files below a directory that pytest takes for tests by their names."""
    for home, inner, names in os.walk(directory):
        inner[:] = [name for name in inner if not name.startswith(".") and name not in SKIPPED]
        for name in names:
            if name.endswith(".py") and (name.startswith(NAMES) or name.endswith("_test.py")):
                yield os.path.join(home, name)
