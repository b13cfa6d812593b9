"""The score board of one ranking: each statement, what each kind of evidence says of it, and why in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from fixers.localize.spectrum import Spectrum, Statement
from fixers.localize.syntax import Function, functions_of, statements_of, tree_of
from fixers.localize.weights import Weights
from fixers.model import Suspect
from fixers.project import Project

Key = tuple[str, int]
"""Path and line of a statement."""


@dataclass(slots=True)
class Score:
    """What is known of one statement."""

    statement: Statement
    parts: dict[str, float] = field(default_factory=dict)
    """Channel to its value, between 0 and 1."""
    reasons: list[str] = field(default_factory=list)

    def add(self, channel: str, value: float, reason: str) -> None:
        """Note what a channel says, with the words for a reader; a channel speaks once of a statement."""
        self.parts[channel] = value
        self.reasons.append(reason)

    def total(self, weights: Weights) -> float:
        """Return the weighted sum."""
        return sum(float(getattr(weights, channel)) * value for channel, value in self.parts.items())


class Board:
    """The statements of a spectrum, and those that other evidence names."""

    def __init__(self, project: Project, spectrum: Spectrum | None, weights: Weights) -> None:
        self.project, self.spectrum, self.weights = project, spectrum, weights
        self.scores: dict[Key, Score] = {}
        for statement in spectrum.statements if spectrum else ():
            # Of two functions on one line the inner one is kept: its code is what tests run.
            self.scores[statement.path, statement.line] = Score(statement)
        self._lines: dict[str, list[Score]] = {}
        for (path, _), score in self.scores.items():
            self._lines.setdefault(path, []).append(score)
        self._nodes: dict[str, dict[str, Function]] = {}
        self._held: dict[Key, Score | None] = {}

    def suspected(self) -> Iterator[Score]:
        """Yield the scores of statements for which anything speaks so far."""
        return (score for score in self.scores.values() if score.parts)

    def functions(self) -> dict[tuple[str, str], list[Score]]:
        """Return the suspected statements by path and function; those outside functions are left out."""
        found: dict[tuple[str, str], list[Score]] = {}
        for score in self.suspected():
            if score.statement.function:
                found.setdefault((score.statement.path, score.statement.function), []).append(score)
        return found

    def node(self, path: str, function: str) -> Function | None:
        """Return the syntax of a function, or None where it cannot be read."""
        if path not in self._nodes:
            self._nodes[path] = functions_of(tree_of(self.project, path))
        return self._nodes[path].get(function)

    def holding(self, path: str, line: int) -> Score | None:
        """Return the score of the statement that holds a line, making one when no probe saw it."""
        if (path, line) not in self._held:
            self._held[path, line] = self._find(path, line)
        return self._held[path, line]

    def _find(self, path: str, line: int) -> Score | None:
        inside = [s for s in self._lines.get(path, ()) if s.statement.line <= line <= s.statement.end_line]
        if inside:
            return max(inside, key=lambda score: score.statement.line)
        try:
            tree = self.project.tree(path)
        except SyntaxError:
            holding = [(line, "")]  # the line that the traceback names is all that is known of such a file
        else:
            holding = [
                (node.lineno, names)
                for node, names in statements_of(tree)
                if node.lineno <= line <= (node.end_lineno or node.lineno)
            ]
        if not holding:
            return None
        start, names = max(holding, key=lambda h: h[0])
        made = Score(Statement(path, start, line, names, 0, 0, at_import=not names))
        return self.scores.setdefault((path, start), made)

    def suspects(self) -> list[Suspect]:
        """Return the suspects, best first, ties by path and line."""
        totals = [(score.total(self.weights), score) for score in self.scores.values()]
        ranked = sorted(
            ((total, s) for total, s in totals if total > 0),
            key=lambda pair: (-pair[0], pair[1].statement.path, pair[1].statement.line),
        )
        return [
            Suspect(
                path=s.statement.path,
                function=s.statement.function,
                line=s.statement.line,
                end_line=s.statement.end_line,
                score=round(total, 4),
                reasons=tuple(s.reasons),
            )
            for total, s in ranked
        ]
