"""Does each case hold what it promises? Broken it fails, right it passes everything, wrong it is seen through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.classes.judge import commands, judge_texts
from benchmarks.projects import Project, lay
from benchmarks.sandboxed import run


def faults(project: Project, python: Path, cache: Path) -> Iterator[str]:
    """Yield a sentence for each promise that a case does not keep."""
    trees, runs = cache / "trees", cache / "runs"
    broken = run(lay(project.tree("broken"), trees / f"classes-{project.name}"), python, project.command, runs)
    if broken.green:
        yield f"`{broken.command}` passes on the broken tree"
    for command, texts in commands(project, project.tree("right")):
        ran = run(lay(texts, trees / f"classes-{project.name}"), python, command, runs)
        if not ran.green:
            yield f"`{command}` fails on the right tree:\n{ran.tail}"
    judgement = judge_texts(project, project.tree("right"), python, runs)
    if judgement.right != "yes":
        yield f"the right tree is judged {judgement.right}: {judgement.how}"
    if project.has("wrong"):
        judgement = judge_texts(project, project.tree("wrong"), python, runs)
        if judgement.right != "no":
            yield "the wrong tree is taken for right"
