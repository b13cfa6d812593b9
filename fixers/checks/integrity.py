"""The integrity gates: a repair mends the code, it does not argue with the tests.

Each gate compares the files after the patch with the files before it, so what
stood there already is nobody's fault. A file that does not parse afterwards
cannot be judged and passes no gate that reads code.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fixers.checks import characters, paths
from fixers.checks.change import added_sentences, changes, removed_sentences
from fixers.checks.literals import constant_comparisons, expected_values, hard_coded
from fixers.checks.padding import longer_limits, waits
from fixers.checks.suppression import assertions, suppressions
from fixers.checks.surface import broken_surface
from fixers.checks.test_awareness import test_awareness
from fixers.evidence import Gate
from fixers.model import FileEdit

_SHOWN = 3


def integrity_gates(
    edits: Sequence[FileEdit],
    *,
    test_literals: Collection[object] = (),
    source_literals: Collection[object] = (),
    laid_out: Collection[str] = (),
) -> tuple[Gate, ...]:
    """Judge a patch by the integrity rules, one gate a rule, in a fixed order.

    `test_literals` are the values the failing tests expect; `source_literals` are
    values that stand in the rest of the project, which the patch may therefore use.
    `laid_out` are files that are the same program as before (see `same_program`): of
    those a test may be touched too, because no assertion, mark or fixture can differ.
    Time is linear in the size of the files; nothing is executed.
    """
    changed = changes(edits)
    return (
        _gate("paths", "Every path lies inside the tree.", paths.outside(edits)),
        _gate(
            "G1 tests",
            "No test is touched." if not laid_out else "No test is touched but for its layout.",
            paths.tests(edits, laid_out),
        ),
        _gate(
            "G2 collection",
            "What is collected, and how, is unchanged.",
            paths.collection([edit for edit in edits if edit.path not in laid_out]),
        ),
        _gate("G3 policy", "No CI, ownership or policy file is touched.", paths.policy(edits)),
        _gate(
            "G4 suppression",
            "Nothing new hides an error.",
            added_sentences(changed, suppressions) + removed_sentences(changed, assertions),
        ),
        _gate("G5 test awareness", "Nothing new looks for a test.", added_sentences(changed, test_awareness)),
        _gate(
            "G6 hard-coding",
            "No value that a failing test expects is written in.",
            hard_coded(changed, expected_values(test_literals), source_literals)
            + added_sentences(changed, constant_comparisons),
        ),
        _gate("G7 dependencies", "What is installed is unchanged.", paths.dependencies(edits)),
        _gate(
            "G8 public surface",
            "Every public name is still there and can be called as before.",
            added_sentences(changed) + [sentence for change in changed for sentence in broken_surface(change)],
        ),
        _gate(
            "G9 padding",
            "No sleep, retry or longer limit is added.",
            added_sentences(changed, waits) + longer_limits(changed),
        ),
        _gate("hidden characters", "No invisible or look-alike character is added.", characters.hidden(edits)),
        _gate("encoding", "Every file is UTF-8 text of a believable size.", characters.unreadable(edits)),
    )


def _gate(name: str, passed: str, findings: Sequence[str]) -> Gate:
    if not findings:
        return Gate(name=name, passed=True, detail=passed)
    shown = "; ".join(findings[:_SHOWN])
    more = f"; and {len(findings) - _SHOWN} more" if len(findings) > _SHOWN else ""
    return Gate(name=name, passed=False, detail=f"{shown}{more}.")
