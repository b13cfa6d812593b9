"""What any run of all evaluators over one of the projects must show."""

from __future__ import annotations

from agreement_projects import REPAIRS

from benchmarks.agreement import Agreement
from fixers.project import Project


def repaired(project: Project, name: str) -> Project:
    path, wrong, right = REPAIRS[name]
    assert project.files[path].count(wrong) == 1
    return Project({**project.files, path: project.files[path].replace(wrong, right)}, project.source_roots)


def assert_agreement(found: Agreement, *, least: int) -> None:
    assert found.differences == ()
    assert set(found.identity.values()) == {True}
    assert min(found.judged[name] for name in ("in one process", "in a fork")) >= least
    assert found.judged["by a fresh import"] == found.variants
    assert found.outcomes.get("pass", 0) >= 1, "no variant passes, so nothing could be lost"
    assert found.judged["in a clean process"] >= found.outcomes["pass"]
