"""Spectrum: a pytest plug-in that counts, per statement, the failing and passing tests that ran it.

Counts follow the spectrum of Abreu et al. (2007), kept apart by group of failing
tests, so that an unrelated failure does not blur the picture of another.
"""

import ast
import importlib.machinery

import goldseam_monitor
import goldseam_places
import goldseam_probes
import goldseam_values


class Spectrum:
    """Watches the project's modules as they load, and asks after each test what it ran."""

    def __init__(self, answers, tree, groups, collector=None):
        self.answers = answers
        self.groups = {name: number for number, group in enumerate(groups) for name in group}
        self.failed = [{} for _ in groups]
        self.failing = [0 for _ in groups]
        self.passed = {}
        self.reached = {}
        self.at_import = frozenset()
        self.places = goldseam_places.Places(tree)
        self.values = goldseam_values.Values()
        self.probes = probes_for(self.places, self.values, collector)
        self.probes.install()
        watch_loading(self.places, self.probes)

    def pytest_collection_finish(self, session):
        self.at_import = frozenset(self._drain())

    def pytest_runtest_logstart(self, nodeid, location):
        self._drain()
        self.values.open(self.group_of(nodeid))
        again = getattr(self.probes, "again", None)
        if again is not None:
            again()

    def pytest_runtest_logfinish(self, nodeid, location):
        self.values.close()
        hit = self._drain()
        group = self.group_of(nodeid)
        if group >= 0:
            self.failing[group] += 1
        counts = self.passed if group < 0 else self.failed[group]
        functions = set()
        for number in hit:
            counts[number] = counts.get(number, 0) + 1
            path, _, _, names = self.places.rows[number]
            if names:
                functions.add((path, names))
        self.reached[nodeid] = functions

    def pytest_sessionfinish(self, session):
        self.values.close()
        rows = [
            [*place, sum(counts.get(number, 0) for counts in self.failed), self.passed.get(number, 0),
             int(number in self.at_import)]
            for number, place in enumerate(self.places.rows)
        ]  # fmt: skip
        functions = sorted(set().union(*self.reached.values())) if self.reached else []
        numbers = {function: number for number, function in enumerate(functions)}
        self.answers.send(
            event="spectrum",
            collector=self.probes.NAME,
            rows=rows,
            failing=self.failing,
            groups=[sorted(counts.items()) for counts in self.failed] if len(self.failed) > 1 else [],
            functions=functions,
            reached={test: sorted(numbers[f] for f in found) for test, found in self.reached.items()},
            kinds=self._kinds(numbers),
        )

    def group_of(self, nodeid):
        """Return the number of the group that a test belongs to, by its id, its file or its name; -1 for none."""
        for name in (nodeid, nodeid.split("[", 1)[0], nodeid.split("::", 1)[0]):
            if name in self.groups:
                return self.groups[name]
        return -1

    def _kinds(self, numbers):
        """Return what only failing tests saw, in functions that passing tests ran as well."""
        kinds = []
        known = {(f, when, name) for (f, when, name, _), groups in self.values.seen.items() if -1 in groups}
        for (function, when, name, kind), groups in sorted(self.values.seen.items()):
            number = numbers.get(self.places.functions[function])
            if -1 not in groups and (function, when, name) in known and number is not None:
                kinds.append([number, when, name, kind, sorted(groups)])
        return kinds

    def _drain(self):
        hits = self.probes.hits
        found = []
        number = hits.find(1)
        while number >= 0:
            found.append(number)
            hits[number] = 0
            number = hits.find(1, number + 1)
        return found


def probes_for(places, values, collector=None):
    """Return the cheapest probes that this interpreter has; `collector` insists on one of them."""
    tool = goldseam_monitor.free_tool() if collector != goldseam_probes.Probes.NAME else None
    if tool is not None:
        return goldseam_monitor.Monitor(places, values, tool)
    return goldseam_probes.Probes(places, values)


def watch_loading(places, probes):
    """Have the project's modules compiled by the probes from now on; a module they cannot take stays unwatched."""
    loader = importlib.machinery.SourceFileLoader
    plain = loader.source_to_code

    def source_to_code(this, data, path, **more):
        def compiled():
            return plain(this, data, path, **more)

        if isinstance(data, ast.AST) or not places.ours(path):
            return compiled()
        try:
            return probes.code_of(compiled, data, path, more.get("_optimize", -1))
        except (SyntaxError, ValueError, RecursionError):
            return compiled()

    loader.source_to_code = source_to_code
