"""Why a test fails only sometimes: chance, the order of tests, or the order of sets.

Bounded in time: what cannot be told within it is said as far as it was seen.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from fixers.model import Declined, Offer, Reason
from fixers.runner.sandbox import Limits, Sandbox
from fixers.runner.suite import SuiteResult, run_suite
from fixers.runner.target import Target

SECONDS = 90.0
"""What finding out may take, in all."""
ALONE = 5
HASH_SEEDS = (0, 1, 2, 3)
ORDERS = (1, 2, 3)
_LONGEST_SUITE = 20.0
"""A suite that takes longer is not run again in other orders."""


@dataclass(slots=True)
class _Lab:
    """Runs the victim under other circumstances until the time is up."""

    target: Target
    sandbox: Sandbox
    rootdir: str
    test_seconds: float
    victim: str
    deadline: float
    hash_fails: dict[int, bool] = field(default_factory=dict)

    @property
    def spent(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() > self.deadline

    def run(self, *before: str, hash_seed: int = 0) -> bool | None:
        """Run tests and then the victim; True when it fails, None when it did not come to its end."""
        return self._fails(self._suite((*before, self.victim), None, hash_seed))

    def whole(self, seed: int | None) -> SuiteResult:
        """Run the whole suite, in its own order or in that of a seed."""
        return self._suite(None, seed, 0)

    def _suite(self, wanted: Sequence[str] | None, seed: int | None, hash_seed: int) -> SuiteResult:
        left = max(5.0, self.deadline - time.monotonic())
        return run_suite(
            self.target,
            self.sandbox,
            wanted=wanted,
            rootdir=self.rootdir,
            seed=seed,
            limits=Limits(wall_seconds=left),
            test_seconds=self.test_seconds,
            hash_seed=hash_seed,
            ordered=wanted is not None,
        )

    def _fails(self, result: SuiteResult) -> bool | None:
        if self.victim in result.ids("failed"):
            return True
        return False if self.victim in result.ids("passed") else None


def explain_flaky(
    target: Target,
    sandbox: Sandbox,
    baseline: SuiteResult,
    repeats: Sequence[SuiteResult],
    victim: str,
    *,
    test_seconds: float,
) -> Declined:
    """Find out why a test that failed in the baseline does not fail in each of the repeats."""
    lab = _Lab(target, sandbox, baseline.rootdir, test_seconds, victim, time.monotonic() + SECONDS)
    alone = [lab.run() for _ in range(ALONE) if not lab.spent]
    failed = sum(1 for fails in alone if fails)
    again = sum(1 for run in repeats if victim in run.ids("failed"))
    by_chance = _by_chance(victim, 1 + again + failed, 1 + len(repeats) + len(alone))
    if 0 < failed < len(alone):
        return by_chance
    if hashed := _by_hash(lab):
        return hashed
    if again:
        return by_chance
    if failed:
        return _needing_others(victim, failed)
    before = [test.id for test in baseline.tests]
    return _by_order(lab, before[: before.index(victim)] if victim in before else [])


def seek_flaky(
    target: Target, sandbox: Sandbox, baseline: SuiteResult, expected: Sequence[str], *, test_seconds: float
) -> Declined | None:
    """Try to make a test fail that failed elsewhere and passes here; None when it passes under all circumstances."""
    passed = [test for test in baseline.ids("passed") if test in set(expected)]
    if not passed:
        return None
    lab = _Lab(target, sandbox, baseline.rootdir, test_seconds, passed[0], time.monotonic() + SECONDS)
    if hashed := _by_hash(lab):
        return hashed
    for seed in ORDERS if baseline.seconds < _LONGEST_SUITE else ():
        result = None if lab.spent else lab.whole(seed)
        found = next((test for test in passed if result and test in result.ids("failed")), "")
        if result is not None and found:
            lab.victim = found
            ids = [test.id for test in result.tests]
            return _by_order(lab, ids[: ids.index(found)], seed)
    return None


def _by_chance(victim: str, failed: int, runs: int) -> Declined:
    return _declined(
        f"{victim} fails in {failed} of {runs} runs of the same code: by chance.",
        "Look for time, randomness, threads, or what an earlier run leaves behind.",
        f"fails in {failed} of {runs} runs",
        f"python -m pytest {victim}   # repeat it",
        victim,
    )


def _by_hash(lab: _Lab) -> Declined | None:
    for seed in HASH_SEEDS:
        if lab.spent:
            return None
        fails = lab.run(hash_seed=seed)
        if fails is not None:
            lab.hash_fails[seed] = fails
    failing = [seed for seed, fails in lab.hash_fails.items() if fails]
    passing = [seed for seed, fails in lab.hash_fails.items() if not fails]
    # Each once more: what differs between two runs of one seed is chance and no matter of seeds.
    if not failing or not passing or not lab.run(hash_seed=failing[0]) or lab.run(hash_seed=passing[0]):
        return None
    return _declined(
        f"{lab.victim} fails with PYTHONHASHSEED={failing[0]} and passes with {passing[0]}: it depends on the order of "
        "a set, or of something that was a set.",
        "Sort what comes out of the set, in the code or in the test, whichever promises the order.",
        f"fails with PYTHONHASHSEED={failing[0]}",
        f"PYTHONHASHSEED={failing[0]} python -m pytest {lab.victim}",
        lab.victim,
    )


def _needing_others(victim: str, runs: int) -> Declined:
    return _declined(
        f"{victim} fails in {runs} of {runs} runs by itself, and passes beside other tests: it needs what they leave "
        "behind.",
        "Give it what it needs by a fixture of its own.",
        "fails alone, passes beside other tests",
        f"python -m pytest {victim}",
        victim,
    )


def _by_order(lab: _Lab, before: list[str], seed: int | None = None) -> Declined:
    """Say after which tests the victim fails; by chance when it passes after all that ran before it."""
    shuffled = "" if seed is None else f", in the order of seed {seed}"
    if not before or not lab.run(*before):
        again = lab.whole(seed)
        if lab.victim not in again.ids("failed"):
            return _declined(
                f"{lab.victim} failed once, and passes since, by itself and in the whole suite: by chance.",
                "Look for time, randomness, threads, or what an earlier run leaves behind.",
                "failed once, passed since",
                f"python -m pytest {lab.victim}   # repeat it",
                lab.victim,
            )
        return _declined(
            f"{lab.victim} passes by itself and fails in the whole suite{shuffled}; which test it depends on was not "
            "found.",
            "Look for state that tests share: modules, files, environment variables, time.",
            f"fails in the whole suite{shuffled}",
            f"python -m pytest {lab.victim}   # passes",
            lab.victim,
        )
    culprits = _halved(lab, before)
    told = culprits[0] if len(culprits) == 1 else f"{len(culprits)} tests, {culprits[0]} among them"
    return _declined(
        f"{lab.victim} passes by itself and fails after {told}{shuffled}: by the order of tests.",
        f"Look for what {culprits[-1]} leaves behind: module state, files, environment variables, a patched name.",
        f"fails after {told}",
        f"python -m pytest {' '.join([*culprits[:3], lab.victim])}   # fails\npython -m pytest {lab.victim}   # passes",
        lab.victim,
    )


def _halved(lab: _Lab, before: list[str]) -> list[str]:
    """Halve the tests before the victim for as long as one half is enough to make it fail."""
    while len(before) > 1 and not lab.spent:
        middle = len(before) // 2
        half = next((part for part in (before[middle:], before[:middle]) if lab.run(*part)), None)
        if half is None:
            break
        before = half
    return before


def _declined(sentence: str, next_step: str, reason: str, command: str, victim: str) -> Declined:
    marker = f'@pytest.mark.xfail(strict=False, reason="flaky: {reason}")'
    text = f"{command}\n\n{marker}   # above {victim.rpartition('::')[2]}, until it is mended"
    offer = Offer(kind="quarantine", title=f"Keep {victim} from turning runs red until it is mended.", text=text)
    return Declined(Reason.FLAKY, f"{sentence} No code repair is claimed for a flaky test.", next_step, (offer,))
