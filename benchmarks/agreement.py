"""Do the evaluators say the same? Random edits of the search's own, judged by each of them.

The clean process is the truth. It takes half a second a variant, so it judges a sample
drawn by seed and besides every variant of which the others say different things or that
any of them lets pass. What counts most is `lost`: the truth passes, and an evaluator
says that it does not, so that a repair is never proposed.

Edits of broken code hardly ever pass. So half of the variants are edits of the code as it
is, as the search makes them, and half are edits of the right function: of those, many do.
"""

from __future__ import annotations

import ast
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from fixers.hunt import Hunt
from fixers.localize.rank import rank
from fixers.localize.spectrum import read_spectrum
from fixers.model import Suspect
from fixers.progress import Silent
from fixers.project import Project
from fixers.runner.evaluator import Evaluator, Outcome, Status, Trial, Variant, judge
from fixers.runner.evaluators import Clean, Forked, Imported, InProcess
from fixers.runner.rerun import Rerun
from fixers.runner.sandbox import Sandbox
from fixers.runner.servers import ForkEvaluator, fork_evaluator
from fixers.runner.suite import SuiteResult, run_suite
from fixers.runner.swap import swap_of
from fixers.runner.target import Target
from fixers.search.generate import mutations, neighbourhood
from fixers.search.mutation import Mutation, Swap

POOL = 20_000
"""Of the search's edits, best first, from which variants are drawn."""
_WALL = 3.0


@dataclass(frozen=True, slots=True)
class Difference:
    """A variant of which an evaluator does not say what the truth is."""

    path: str
    line: int
    edit: str
    truth: str
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the evaluators agree on one project."""

    variants: int
    """Drawn; what no evaluator but the clean one takes is among them."""
    judged: Mapping[str, int]
    """Variants by the evaluator that judged them."""
    outcomes: Mapping[str, int]
    """Of the variants, as the surest evaluator that judged each says."""
    checked: Mapping[str, int]
    """Of those judged, how many the clean process judged too."""
    lost: Mapping[str, int]
    """The truth passes and the evaluator says that it does not."""
    let_pass: Mapping[str, int]
    """The evaluator says that it passes, and the truth does not: costs a closer look."""
    otherwise: Mapping[str, int]
    """Neither passes, but for another reason or by another test."""
    identity: Mapping[str, bool]
    """Whether the unchanged code fails as in the baseline."""
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        """Return it for a file."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A variant, and what it changes, for people."""

    path: str
    line: int
    edit: str
    trial: Trial


@dataclass(frozen=True, slots=True)
class Bench:
    """A project whose failing tests are known, and what is needed to judge variants of it."""

    target: Target
    project: Project
    baseline: SuiteResult
    failing: tuple[str, ...]
    drawn: tuple[Drawn, ...]

    @property
    def trials(self) -> tuple[Trial, ...]:
        """What is judged."""
        return tuple(one.trial for one in self.drawn)


def agree(
    target: Target,
    project: Project,
    right: Project,
    sandbox: Sandbox,
    *,
    number: int,
    clean: int,
    seed: int,
    pool: int = POOL,
) -> Agreement:
    """Judge `number` variants by every evaluator, `clean` of them and every doubtful one by a clean process.

    `right` is the project with one function repaired. Variants are drawn from the first `pool` edits of the search.
    """
    baseline = run_suite(target, sandbox)
    failing = tuple(sorted(baseline.ids("failed"), key=_seconds(baseline).get))  # type: ignore[arg-type]
    with fork_evaluator(
        target,
        sandbox,
        project,
        tests=tuple(test.id for test in baseline.tests),
        rootdir=baseline.rootdir,
        jobs=2,
        wall=_WALL,
        durations=_seconds(baseline),
    ) as servers:
        bench = _bench(target, project, right, sandbox, baseline, failing, servers, number, seed, pool)
        quick: tuple[Evaluator, ...] = (InProcess(servers), Forked(servers), Rerun(servers), Imported(servers))
        said = {evaluator.name: _judged(evaluator, bench) for evaluator in quick}
        truth = Clean(target, project, sandbox, baseline.rootdir)
        chosen = sorted(
            {
                *random.Random(seed).sample(range(len(bench.trials)), min(clean, len(bench.trials))),
                *_doubtful(said, len(bench.trials)),
            }
        )
        outcomes = judge(truth, [bench.trials[n] for n in chosen], failing)
        said[truth.name] = dict(zip(chosen, outcomes, strict=True))
        identity = {e.name: _same_as_baseline(e, bench) for e in (*quick, truth)}
    return _counted(bench, said, truth.name, identity)


def _bench(
    target: Target,
    project: Project,
    right: Project,
    sandbox: Sandbox,
    baseline: SuiteResult,
    failing: tuple[str, ...],
    servers: ForkEvaluator,
    number: int,
    seed: int,
    most: int,
) -> Bench:
    """Draw variants of the suspicious statements; the same seed draws the same."""
    run = run_suite(target, sandbox, spectrum_for=failing, rootdir=baseline.rootdir)
    spectrum = read_spectrum(run.spectrum, failing)
    hunt = Hunt(
        project=project,
        evaluator=servers,
        spectrum=spectrum,
        failing=failing,
        passing=frozenset(baseline.ids("passed")),
        progress=Silent(),
        deadline=0.0,
        budget_candidates=0,
    )
    suspects = rank(project, spectrum, baseline.failures)
    chance = random.Random(seed)
    wrong = list(islice(mutations(project, suspects, failures=baseline.failures), most))
    found = [_drawn(hunt, mutation) for mutation in _sample(chance, wrong, number // 2)]
    for path, swap in _repaired(project, right):
        swaps = None if hunt.only_at_import(path, swap.qualname) else swap
        variant = Variant(path, swaps, {path: right.text(path)})
        found.append(Drawn(path, swap.line, "the repair", Trial(variant, hunt.quick_around(path, swap.qualname))))
        pool = list(islice(_of_the_right_one(right, path, swap), most))
        found += [_drawn(hunt, mutation) for mutation in _sample(chance, pool, number - len(found))]
    return Bench(target, project, baseline, failing, tuple(found))


def _sample(chance: random.Random, pool: list[Mutation], number: int) -> list[Mutation]:
    return chance.sample(pool, max(0, min(number, len(pool))))


def _repaired(project: Project, right: Project) -> Iterator[tuple[str, Swap]]:
    for path in (path for path, text in right.files.items() if text != project.files.get(path)):
        swap = swap_of(project.text(path), right.text(path))
        if swap is not None:
            yield path, swap


def _of_the_right_one(right: Project, path: str, swap: Swap) -> Iterator[Mutation]:
    """Yield edits of the function that was repaired; its first line is that of the wrong one."""
    suspects = tuple(_statements(right, path, swap))
    for mutation in neighbourhood(right, suspects, (path, swap.qualname, 0)):
        # What differs in a default value alone would keep the wrong body.
        if mutation.swap is None or mutation.swap.default is None:
            yield mutation


def _statements(project: Project, path: str, swap: Swap) -> Iterator[Suspect]:
    for node in ast.walk(project.tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno == swap.line:
            for inner in ast.walk(node):
                if isinstance(inner, ast.stmt) and inner is not node:
                    end = inner.end_lineno or inner.lineno
                    yield Suspect(
                        path=path, function=swap.qualname, line=inner.lineno, end_line=end, score=1.0, reasons=()
                    )


def _drawn(hunt: Hunt, mutation: Mutation) -> Drawn:
    """Return what the search would try, with the sources besides for those that do not swap."""
    too_late = mutation.swap is not None and hunt.only_at_import(mutation.path, mutation.swap.qualname)
    variant = Variant(mutation.path, None if too_late else mutation.swap, {mutation.path: mutation.module})
    trial = Trial(variant, hunt.quick_around(mutation.path, mutation.function))
    return Drawn(mutation.path, mutation.line, mutation.summary, trial)


def _judged(evaluator: Evaluator, bench: Bench) -> dict[int, Outcome]:
    """Return what an evaluator says of the variants that it takes."""
    numbers = [n for n, trial in enumerate(bench.trials) if not evaluator.refuses(trial.variant)]
    outcomes = judge(evaluator, [bench.trials[n] for n in numbers], bench.failing)
    return {n: o for n, o in zip(numbers, outcomes, strict=True) if o.status is not Status.UNSUPPORTED}


def _doubtful(said: Mapping[str, Mapping[int, Outcome]], number: int) -> Iterator[int]:
    for n in range(number):
        outcomes = [judged[n] for judged in said.values() if n in judged]
        statuses = {_plain(outcome.status) for outcome in outcomes}
        tests = {outcome.failing[0] for outcome in outcomes if outcome.failing}
        if len(statuses) > 1 or len(tests) > 1 or Status.PASS in statuses:
            yield n


def _same_as_baseline(evaluator: Evaluator, bench: Bench) -> bool:
    """Say whether the text as it is fails first where the baseline does."""
    path = bench.drawn[0].path
    variant = Variant(path, None, {path: bench.project.text(path)})
    if isinstance(evaluator, InProcess | Forked):
        return _same_in_place(evaluator, bench)
    (outcome,) = judge(evaluator, [Trial(variant)], bench.failing)
    if isinstance(evaluator, Rerun) and outcome.status is Status.UNSUPPORTED:
        return True  # it says itself that it cannot tell
    return outcome.status is Status.FAIL and outcome.failing[:1] == bench.failing[:1]


def _same_in_place(evaluator: InProcess | Forked, bench: Bench) -> bool:
    """Swap the code of a function for the same code."""
    from benchmarks.identity import identities  # noqa: PLC0415

    trials = [Trial(variant) for variant in identities(bench.project, {one.path for one in bench.drawn})]
    if not trials or evaluator.refuses(trials[0].variant):
        return True
    return all(o.status in {Status.FAIL, Status.UNSUPPORTED} for o in judge(evaluator, trials, bench.failing))


def _counted(
    bench: Bench, said: Mapping[str, Mapping[int, Outcome]], truth: str, identity: Mapping[str, bool]
) -> Agreement:
    lost: Counter[str] = Counter()
    let_pass: Counter[str] = Counter()
    otherwise: Counter[str] = Counter()
    checked: Counter[str] = Counter()
    differences = []
    for n, true in said[truth].items():
        here = {name: judged[n] for name, judged in said.items() if n in judged and name != truth}
        checked.update(here.keys())
        wrong = {name: outcome for name, outcome in here.items() if not same(outcome, true)}
        lost.update(name for name in wrong if true.status is Status.PASS)
        let_pass.update(name for name, o in wrong.items() if o.status is Status.PASS)
        otherwise.update(name for name, o in wrong.items() if Status.PASS not in {o.status, true.status})
        if wrong:
            found = bench.drawn[n]
            texts = {name: _text(outcome) for name, outcome in here.items()}
            differences.append(Difference(found.path, found.line, found.edit, _text(true), texts))
    surest = [
        next(judged[n] for judged in reversed(list(said.values())) if n in judged) for n in range(len(bench.trials))
    ]
    return Agreement(
        variants=len(bench.trials),
        judged={name: len(judged) for name, judged in said.items()},
        outcomes=dict(Counter(str(_plain(outcome.status)) for outcome in surest)),
        checked=dict(checked),
        lost=dict(lost),
        let_pass=dict(let_pass),
        otherwise=dict(otherwise),
        identity=identity,
        differences=tuple(differences),
    )


def same(outcome: Outcome, true: Outcome) -> bool:
    """Say whether two evaluators mean the same: status, and the first failing test where both name one."""
    both = [*outcome.failing[:1], *true.failing[:1]]
    if any("::" not in test for test in both):  # of a module that does not import, an evaluator may have none
        both = [test.split("::", 1)[0] for test in both]
    return _plain(outcome.status) is _plain(true.status) and len(set(both)) <= 1


def _plain(status: Status) -> Status:
    """Return FAIL for a failure that comes later in the test than before, and for one that the clock ended.

    Not every evaluator sees the one, and the other depends on how fast it gets to the depth of a recursion.
    """
    return Status.FAIL if status in {Status.FURTHER, Status.TIMEOUT} else status


def _text(outcome: Outcome) -> str:
    return " ".join((str(outcome.status), *outcome.failing[:1], outcome.signature[:120])).strip()


def _seconds(baseline: SuiteResult) -> dict[str, float]:
    return {test.id: test.seconds for test in baseline.tests}
