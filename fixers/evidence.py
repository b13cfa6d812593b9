"""Evidence and trace: what was run and seen, for a reader and for a program.

Both cross files and networks, so both are versioned contracts: adding a field is
a minor version, anything else a major one. Schemas stand in `docs/schemas/`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from fixers.model import Contract, Failure, Offer, Reason, Suspect


class CommandRun(Contract):
    """One execution in the sandbox."""

    purpose: Literal["baseline", "repeat", "base_commit", "failing", "impacted", "suite", "suite_shuffled", "static"]
    argv: tuple[str, ...]
    exit_code: int
    seconds: float
    collected: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seed: int | None = None
    """Of the order in which tests ran; None for the project's own order."""


class StaticCheck(Contract):
    """One analyser, before and after."""

    tool: str
    version: str
    before: int
    after: int
    new: tuple[str, ...] = ()
    """Findings that the patch would add, as `path:line code message`."""


class Finding(Contract):
    """One remark of a linter, formatter or type checker of the project's own."""

    path: str
    line: int = 0
    """0 when it is about the whole file, as a formatter's is."""
    column: int = 0
    """From 1; 0 when the tool names none."""
    code: str
    message: str


class RedTool(Contract):
    """A linter, formatter or type checker of the project's own that is red, and why."""

    tool: str
    """`ruff check`, `ruff format`, `black`, `isort`, `flake8`, `mypy`, `basedpyright`."""
    arguments: tuple[str, ...] = ()
    """Paths and options as the project gives them, without those that only change what is printed."""
    version: str = ""
    findings: tuple[Finding, ...]
    """On the tree under repair."""
    asked: tuple[Finding, ...] = ()
    """Those that a report named, among `findings`; all of them when there was no report."""
    after: tuple[Finding, ...] = ()
    """With the patch; only in evidence."""


class Gate(Contract):
    """One yes-or-no question a patch had to answer."""

    name: str
    passed: bool
    detail: str
    """One sentence; names what was found when it did not pass."""


class Behaviour(Contract):
    """How the patched function compares with the code before it, on recorded and mutated calls."""

    calls: int
    """Number of calls replayed; 0 when none could be recorded."""
    watched: int = 0
    """Runs of tests, as they are or with a constant changed, in which the patched function was watched."""
    clusters: int
    """Distinct behaviours among the plausible candidates."""
    differs_when: tuple[str, ...] = ()
    """Calls on which the patch differs from the code before, as source text."""


class Budget(Contract):
    """What the attempt was allowed and what it used."""

    seconds: float
    seconds_used: float
    generated: int = 0
    validated: int = 0
    """Candidates whose tests ran."""
    plausible: int = 0
    """Candidates that pass all failing tests."""
    exhausted: bool = False
    """Whether every edit of the chosen place was tried."""
    usd: str = "0"


class Evidence(Contract):
    """Everything a stranger needs to re-run the proof: `goldseam verify`."""

    schema_version: Literal["1.0"] = "1.0"
    goldseam_version: str
    base_commit: str = ""
    """Commit of the tree under repair, where it came from git."""
    base_digest: str
    """`sha256:` over the sorted files of the tree: path, executable bit, content digest."""
    patch: str
    """Unified diff against the tree, POSIX paths, `a/` and `b/`."""
    patch_digest: str
    """`sha256:` of the patch's bytes."""
    python_version: str
    platform: str
    packages: dict[str, str]
    pytest_args: tuple[str, ...] = ()
    python_options: tuple[str, ...] = ()
    """What the project's test command passes to the interpreter itself."""
    variables: tuple[tuple[str, str], ...] = ()
    """What it sets in the environment."""
    source_roots: tuple[str, ...] = (".",)
    sandbox: str
    sandbox_layers: tuple[str, ...] = ()
    failing_before: tuple[str, ...]
    repeats_before: int
    passing_after: tuple[str, ...]
    repeats_after: int
    known_failures: tuple[str, ...] = ()
    """Tests that failed before for another reason, were not asked for, and still fail."""
    suite_size: int
    commands: tuple[CommandRun, ...]
    static: tuple[StaticCheck, ...] = ()
    gates: tuple[Gate, ...] = ()
    behaviour: Behaviour | None = None
    budget: Budget
    tool: RedTool | None = None
    """What the patch turns green, when that is a tool of the project's own and no test."""


class Family(Contract):
    """What became of one family of candidates."""

    name: str
    generated: int
    validated: int = 0
    passed_failing_tests: int = 0
    refused: dict[str, int] = Field(default_factory=dict)
    """Gate to number of candidates that fell there: `parse`, `scope`, `failing tests`, `suite`, `static`, …"""
    example: str = ""
    """The one that came furthest, in one line."""


class Proposal(Contract):
    """A candidate that passes the failing tests, rendered as a patch."""

    patch: str
    fixer: str
    tier: int
    prior: float
    summary: str
    path: str
    line: int
    function: str = ""


class Cluster(Contract):
    """Proposals that behaved alike on every replayed call."""

    proposals: tuple[Proposal, ...]
    """Best first; at most three are kept."""
    size: int
    outputs: tuple[tuple[str, str], ...] = ()
    """Pairs (call, what these proposals do there), calls on which clusters differ first."""
    settling: tuple[tuple[str, str], ...] = ()
    """Pairs (call as source, `returns <literal>` or `raises <module>:<class>`); no other cluster does all of it."""
    differs_when: tuple[str, ...] = ()
    """Calls on which these proposals differ from the code before."""
    newly_raising: int = 0
    """Replayed calls that gave a result before, and raise with these proposals."""
    objections: tuple[str, ...] = ()
    """Findings that forbid to propose it unasked, in clauses."""
    explains: tuple[str, ...] = ()
    """What looked wrong in the code by itself, and no longer does with these proposals, in clauses."""
    seen: bool = True
    """Whether anything showed what these proposals do, beside that the tests pass."""
    touched: int = 0
    """Calls that only passing tests make, which gave a result before and do otherwise with these proposals."""


class Repair(Contract):
    """What the repair stage found: plausible proposals by behaviour, nothing proven yet."""

    schema_version: Literal["1.0"] = "1.0"
    clusters: tuple[Cluster, ...]
    families: tuple[Family, ...]
    budget: Budget
    calls: int = 0
    """Calls replayed to tell proposals apart."""
    returning: int = 0
    """How many of them give a result with the code before."""
    settled: int = 0
    """How many of those only tests make that pass with the code before."""
    watched: int = 0
    """Runs of tests, as they are or with a constant changed, in which the edited functions were watched."""
    picked_by: str = ""
    """Login of the person who picked the only proposal among alternatives; nothing was searched then."""
    interrupted: bool = False
    broken: str = ""
    """Why no candidate could be run at all; empty when candidates could."""
    notes: tuple[str, ...] = ()


class Alternative(Contract):
    """One of several behaviours that all pass the tests."""

    patch: str
    fixer: str
    path: str
    line: int
    summary: str
    outputs: tuple[tuple[str, str], ...] = ()
    """Pairs (call, what this alternative does): `("late_fee(-1)", "returns 0")`."""
    settling_test: str = ""
    """Source of a test that would make this alternative the answer."""
    objections: tuple[str, ...] = ()
    """What speaks against it, in clauses."""


class Reproduction(Contract):
    """What running the tests on the unpatched tree showed."""

    suite_size: int
    failing: tuple[str, ...]
    """The tests this attempt must turn green."""
    other_failures: tuple[str, ...] = ()
    repeats: int
    consistent: bool
    seconds: float
    commands: tuple[CommandRun, ...] = ()
    tool: RedTool | None = None
    """What is red, when that is a tool of the project's own and no test; `failing` is empty then."""


class Observed(Contract):
    """What the reproduce stage hands on: the fault, and how every test did before."""

    schema_version: Literal["1.0"] = "1.0"
    reproduction: Reproduction
    failures: tuple[Failure, ...]
    outcomes: dict[str, str]
    """Test id to `passed`, `failed` or `skipped`, in run order."""
    durations: dict[str, float]
    rootdir: str
    suite_seconds: float
    notes: tuple[str, ...] = ()
    endless: tuple[str, ...] = ()
    """Failing tests that did not come to an end by themselves."""
    test_seconds: float = 60.0
    """How long a test may take when it runs again."""
    values: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """What the variables of crashed frames were, as `Scene.values` has it; names of types, never values."""


class FailureGroup(Contract):
    """Failing tests that one place may explain."""

    signature: str
    """Exception, message without the values of one run, and where; of several joined signatures the commonest."""
    tests: tuple[str, ...]


class Localized(Contract):
    """What the localize stage hands on: ranked places, and the statement counts behind them."""

    schema_version: Literal["1.0"] = "1.0"
    suspects: tuple[Suspect, ...]
    spectrum: dict[str, Any] = Field(default_factory=dict)
    """As our probes report it; `fixers.localize.spectrum.read_spectrum` reads it."""
    notes: tuple[str, ...] = ()
    groups: tuple[FailureGroup, ...] = ()
    """The failing tests by fault, as far as can be told before anything is repaired; the largest group first."""


class Trace(Contract):
    """The whole reasoning of one attempt, in order."""

    schema_version: Literal["1.0"] = "1.0"
    goldseam_version: str
    status: Literal["fixed", "nothing_to_fix", "declined", "error"]
    reason: Reason | None = None
    sentence: str
    next_step: str = ""
    failures: tuple[Failure, ...] = ()
    reproduction: Reproduction | None = None
    localization: tuple[Suspect, ...] = ()
    families: tuple[Family, ...] = ()
    choice: str = ""
    """Why this patch and no other, in words."""
    fixer: str = ""
    patch: str = ""
    alternatives: tuple[Alternative, ...] = ()
    offers: tuple[Offer, ...] = ()
    evidence: Evidence | None = None
    target: str = ""
    """How the environment came about."""
    notes: tuple[str, ...] = ()
    """What a reviewer should know: parts not run, trust given, truncations."""
    seconds: dict[str, float] = Field(default_factory=dict)
