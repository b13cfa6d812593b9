"""Statements that a linter finds badly laid out, laid out anew by our own ruff, one by one.

For projects without a formatter, and for what a formatter does not look at when only its linter is red. The rest of
the file stays as it is, quotes and all; a statement that would be another program is left alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from fixers.checks.layout import same_program
from fixers.checks.scan import AnalyserFailed, own_prefixes, own_tool
from fixers.evidence import Finding
from fixers.runner.sandbox import Sandbox
from fixers.runner.target import Target
from fixers.tools.run import rewritten_in_steps

_CODES = ("E1", "E2", "E501", "E502", "W1", "W503", "W504")
_LIMIT = re.compile(r"\(\d+ > (?P<limit>\d+)(?: characters)?\)")
_SHORT = 79
_MOST = 60
"""Statements of one file at most; beyond that a person wants to have the whole file formatted."""


def is_layout(finding: Finding) -> bool:
    """Say whether laying out a statement anew can settle a finding."""
    return finding.code.startswith(_CODES)


def longest(findings: Sequence[Finding]) -> int:
    """Return how long a line may be: the linter says so where it finds one that is longer."""
    said = (_LIMIT.search(finding.message) for finding in findings if finding.code == "E501")
    return next((int(match["limit"]) for match in said if match), _SHORT)


def reflowed(findings: Sequence[Finding], path: str, text: str, limit: int, target: Target, sandbox: Sandbox) -> str:
    """Return a file with the statements of these findings laid out anew; the text as it is where that is no gain."""
    try:
        program, spans = str(own_tool("ruff")), _spans(text, {finding.line for finding in findings})
    except (AnalyserFailed, SyntaxError, ValueError, RecursionError):
        return text
    start = (
        program, "format", "--isolated", "--no-cache", "--quiet", "--line-length", str(limit),
        "--config", 'format.quote-style="preserve"', "--target-version", f"py3{max(target.python_release[1], 7)}",
    )  # fmt: skip
    # From the end, so that no step moves the lines of a later one.
    ends = [len(line) + 1 for line in text.split("\n")]
    ranges = [f"{first}:1-{last}:{ends[last - 1]}" for first, last in sorted(spans, reverse=True)[:_MOST]]
    steps = [(*start, "--range", lines, path) for lines in ranges]
    if not steps:
        return text
    after = rewritten_in_steps(steps, [path], target, sandbox, own_prefixes()).get(path, text)
    return after if same_program(text, after) else text


def _spans(text: str, lines: set[int]) -> set[tuple[int, int]]:
    """Return first and last line of the simple statements and the heads of compound ones that hold these lines."""
    heads = [_head(node) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    holding = (
        min((head for head in heads if head[0] <= line <= head[1]), key=lambda h: h[1] - h[0], default=None)
        for line in lines
    )
    return {span for span in holding if span is not None}


def _head(node: ast.stmt) -> tuple[int, int]:
    last = node.end_lineno or node.lineno
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        last = max(node.lineno, body[0].lineno - 1)
    return node.lineno, last
