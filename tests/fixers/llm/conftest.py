"""A small project whose repair takes two statements, and a hunt over it that the search has left without a find."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from llm_project import FAILING, FILES, SHARES, TESTS
from small_target import lay_out

from fixers.hunt import Hunt
from fixers.llm.fixer import ModelFixer
from fixers.llm.model import Limits
from fixers.llm.scripted_model import Script, ScriptedModel
from fixers.model import Failure, FailureKind, Suspect
from fixers.progress import Silent
from fixers.project import Project
from fixers.repair import try_candidates
from fixers.request import Case
from fixers.runner.sandbox import Sandbox
from fixers.runner.servers import ForkEvaluator, fork_evaluator
from fixers.runner.target import Target


@dataclass(frozen=True)
class Ran:
    """What one conversation left behind."""

    fixer: ModelFixer
    model: ScriptedModel
    hunt: Hunt

    @property
    def ended(self) -> str:
        """Why it ended."""
        assert self.fixer.outcome is not None
        return str(self.fixer.outcome.ended)

    def answers(self) -> list[str]:
        """Return every answer that the model was given."""
        return [result.text for turn in self.model.asked[-1] for result in getattr(turn, "results", ())]

    def sent(self) -> str:
        """Return all texts that were sent, at the last call."""
        turns = [t for t in self.model.asked[-1] if not hasattr(t, "usd")]
        return "\n".join([*(t.text for t in turns), *self.answers()])


Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def shares(tmp_path_factory: pytest.TempPathFactory, python: Path) -> tuple[Target, Project]:
    """The project, laid out once: no sandbox can change it."""
    return lay_out(tmp_path_factory.mktemp("shares"), FILES, python)


@pytest.fixture(scope="session")
def evaluator(shares: tuple[Target, Project], sandbox: Sandbox) -> Iterator[ForkEvaluator]:
    target, project = shares
    with fork_evaluator(target, sandbox, project, tests=[TESTS], rootdir="", jobs=1, wall=20) as running:
        yield running


@pytest.fixture
def run(shares: tuple[Target, Project], evaluator: ForkEvaluator) -> Run:
    """Play a script as the engine would: each candidate is screened before the model hears of it."""
    _, project = shares

    def play(
        *script: Script,
        limits: Limits | None = None,
        budget: int = 100,
        message: str = "assert [3, 3, 3] == [4, 3, 3]",
        **settings: object,
    ) -> Ran:
        hunt = Hunt(
            project=project,
            evaluator=evaluator,
            spectrum=None,
            failing=FAILING,
            passing=frozenset({f"{TESTS}::test_even"}),
            progress=Silent(),
            deadline=time.monotonic() + 300,
            budget_candidates=budget,
        )
        failure = Failure(kind=FailureKind.TEST, test_ids=FAILING[:1], exception="AssertionError", message=message)
        suspect = Suspect(path=SHARES, function="split", line=10, end_line=10, score=1.0, reasons=())
        model = ScriptedModel(list(script))
        fixer = ModelFixer(model, limits or Limits(), **settings)
        try_candidates(hunt, fixer.propose(Case(project, (failure,), (suspect,), hunt)))
        return Ran(fixer, model, hunt)

    return play
