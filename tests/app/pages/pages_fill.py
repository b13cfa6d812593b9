"""A store filled through its own functions, the way stages fill it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from fixers.evidence import (
    Alternative,
    Behaviour,
    Budget,
    CommandRun,
    Evidence,
    Family,
    Gate,
    Reproduction,
    StaticCheck,
    Trace,
)
from fixers.model import Declined, Failure, FailureKind, FileEdit, Frame, Reason, Suspect
from fixers.patch import digest, unified
from tasks.policy.decide import Action, decide
from tasks.policy.facts import facts_of
from tasks.policy.load import effective
from tasks.policy.model import Autonomy, EffectivePolicy, ServerPolicy
from tasks.stages.documents import Order, RedRun
from tasks.stages.effect import Hand, Made
from tasks.stages.ending import decline
from tasks.stages.settle import record, settle
from tasks.stages.turn import Turn, Turns
from tasks.stop import StopSwitch
from tasks.store import incidents
from tasks.store.attempts import open_attempt
from tasks.store.database import Store
from tasks.store.documents import Kind
from tasks.store.models import Attempt
from tasks.store.states import State

TEST = "tests/test_fees.py::test_last_day_of_grace"
BEFORE = "def late_fee(days):\n    rate = RATE\n    return 5 if days >= GRACE else 0\n"
PATCH = unified([FileEdit("billing/fees.py", BEFORE, BEFORE.replace(">=", ">"))])
WEB = "https://github.invalid/acme/billing"


@dataclass
class Fill:
    """Puts attempts into a store; `wild` is worked into every text that a repository can choose."""

    store: Store
    switch: StopSwitch
    wild: str = ""
    count: int = field(default=0)

    @property
    def turns(self) -> Turns:
        return Turns(self.store, self.switch, owner="worker-1")

    def opened(self, repository: str = "acme/billing") -> int:
        """Know of a red run that nobody has looked at."""
        self.count += 1
        attempt = Attempt(
            semantic_key=f"ci:7:{self.count}",
            repository_id=7,
            repository=repository,
            installation_id=3,
            base="main",
            head_sha=f"{0x9F31C2E + self.count:x}".ljust(40, "0"),
            run_id=self.count,
            sentence="",
            state=State.RECEIVED,
        )
        with self.store.write() as session:
            return open_attempt(session, attempt)[0].id

    def seen(self, attempt_id: int) -> None:
        """Read its logs."""
        with self.turns.take(attempt_id, State.RECEIVED) as turn:
            assert turn is not None
            turn.finish(State.REPRODUCING, why="1 failure.", found={Kind.ORDER: self.order()}, also=self._join(turn))

    def proposed(self) -> int:
        """Take an attempt to its pull request."""
        attempt_id = self.opened()
        self.seen(attempt_id)
        self._on(attempt_id, State.REPRODUCING, State.LOCALIZING)
        self._on(attempt_id, State.LOCALIZING, State.REPAIRING)
        self._on(attempt_id, State.REPAIRING, State.VERIFYING)
        with self.turns.take(attempt_id, State.VERIFYING) as turn:
            turn.finish(State.DECIDING, why="A repair is proven.", found={Kind.TRACE: self.fixed()})
        settled = settle(self.fixed(), POLICY, None)
        with self.turns.take(attempt_id, State.DECIDING) as turn:
            write = partial(record, attempt=turn.attempt, stage="decide", decisions=settled.decisions)
            turn.finish(State.PUBLISHING, why="Allowed.", found={Kind.DECISION: settled.last}, also=write)
        with self.turns.take(attempt_id, State.PUBLISHING) as turn:
            self._publish(turn, attempt_id)
        return attempt_id

    def declined(self, reason: Reason = Reason.FLAKY) -> int:
        """Take an attempt to its end without a proposal."""
        attempt_id = self.opened()
        with self.turns.take(attempt_id, State.RECEIVED) as turn:
            sentence = f"Fails in 3 of 10 runs with the same code. {self.wild}"
            decline(
                turn, Declined(reason, sentence, f"Mark it as flaky. {self.wild}"), found={Kind.ORDER: self.order()}
            )
        with self.turns.take(attempt_id, State.DECIDING) as turn:
            turn.finish(State.DECLINED, why=f"Declined: {reason}.", reason=reason, sentence=sentence)
        return attempt_id

    def ambiguous(self) -> int:
        """Take an attempt to several answers, none of which is proposed."""
        attempt_id = self.opened()
        with self.turns.take(attempt_id, State.RECEIVED) as turn:
            turn.finish(State.DECIDING, why="Ambiguous.", found={Kind.ORDER: self.order(), Kind.TRACE: self.torn()})
        with self.turns.take(attempt_id, State.DECIDING) as turn:
            turn.finish(State.DECLINED, why="Ambiguous.", reason=Reason.AMBIGUOUS, sentence=self.torn().sentence)
        return attempt_id

    def order(self) -> Order:
        return Order(
            repository="acme/billing",
            clone_url=f"{WEB}.git",
            head_sha="9" * 40,
            base="main",
            fingerprint="f1",
            runs=(RedRun(id=1, name=f"ci / test{self.wild}", html_url=f"{WEB}/actions/runs/1"),),
            failures=self.failures(),
            expected=(TEST + self.wild,),
        )

    def failures(self) -> tuple[Failure, ...]:
        return (
            Failure(
                kind=FailureKind.TEST,
                test_ids=(TEST + self.wild,),
                exception="AssertionError",
                message=f"assert 5 == 0{self.wild}",
                frames=(
                    Frame(path="tests/test_fees.py", line=5, function="test_last_day_of_grace", in_project=True,
                          source=f"assert late_fee(3) == 0{self.wild}"),
                ),
                excerpt=f"E   assert 5 == 0\n{self.wild}",
            ),
        )  # fmt: skip

    def fixed(self) -> Trace:
        patch = PATCH.replace("rate = RATE", f"rate = RATE  # {self.wild}")
        return Trace(
            goldseam_version="0.1.0",
            status="fixed",
            sentence=f"Fixed: billing/fees.py, one line. {self.wild}",
            failures=self.failures(),
            reproduction=Reproduction(
                suite_size=318, failing=(TEST + self.wild,), other_failures=("tests/test_x.py::test_old",), repeats=3,
                consistent=True, seconds=4.1,
            ),
            localization=(
                Suspect(path="billing/fees.py", function="late_fee", line=3, end_line=3, score=1.0,
                        reasons=("covered by the failing test and 3 of 316 passing ones", f"changed today{self.wild}")),
                Suspect(path="billing/fees.py", function="late_fee", line=2, end_line=2, score=0.41,
                        reasons=("covered by the failing test",)),
            ),
            families=(
                Family(name="search:comparison-operator", generated=212, validated=40, passed_failing_tests=6,
                       refused={"suite": 3, "failing tests": 34}, example=f"`>=` becomes `>`{self.wild}"),
                Family(name="codemod:mutable-default", generated=0),
            ),
            choice="The only behaviour that passes; all 212 other edits of this function were tried.",
            fixer="search:comparison-operator",
            patch=patch,
            evidence=self.evidence(patch),
            target=f"made from pyproject.toml{self.wild}",
            notes=(f"The project's own coverage settings were left out.{self.wild}",),
            seconds={"reproduce": 4.1, "localize": 0.4, "repair": 12.8, "verify": 9.6},
        )  # fmt: skip

    def evidence(self, patch: str) -> Evidence:
        run = partial(CommandRun, argv=("python", "-m", "pytest", f"-q{self.wild}"), collected=318)
        return Evidence(
            goldseam_version="0.1.0", base_commit="9" * 40, base_digest="sha256:" + "a" * 64, patch=patch,
            patch_digest=digest(patch), python_version="3.12.4", platform="Linux-6.1", packages={"pytest": "8.3"},
            sandbox="bubblewrap", sandbox_layers=("namespaces", "seccomp"), failing_before=(TEST,), repeats_before=3,
            passing_after=(TEST,), repeats_after=20, suite_size=318,
            commands=(
                run(purpose="baseline", exit_code=1, seconds=1.4, passed=316, failed=2),
                run(purpose="suite", exit_code=0, seconds=1.5, passed=318),
                run(purpose="suite_shuffled", exit_code=0, seconds=1.5, passed=318, seed=7),
            ),
            static=(StaticCheck(tool="ruff", version="0.8.1", before=14, after=14),),
            gates=(
                Gate(name="suite", passed=True, detail=f"318 tests pass twice.{self.wild}"),
                Gate(name="static", passed=True, detail="Nothing new."),
            ),
            behaviour=Behaviour(calls=431, clusters=1, differs_when=(f"late_fee(3){self.wild}",)),
            budget=Budget(seconds=60, seconds_used=12.8, generated=212, validated=40, plausible=6, exhausted=True),
        )  # fmt: skip

    def torn(self) -> Trace:
        other = PATCH.replace("> GRACE", "== -1")
        alternatives = (
            Alternative(patch=PATCH, fixer="search:x", path="billing/fees.py", line=3, summary=f"`>` {self.wild}",
                        outputs=((f"late_fee(-1){self.wild}", "returns 0"),),
                        settling_test=f"def test_before():\n    assert late_fee(-1) == 0  # {self.wild}\n"),
            Alternative(patch=other, fixer="search:y", path="billing/fees.py", line=3, summary="`== -1`",
                        outputs=(("late_fee(-1)", "returns 5"),),
                        settling_test="def test_before():\n    assert late_fee(-1) == 5\n"),
        )  # fmt: skip
        return Trace(
            goldseam_version="0.1.0",
            status="declined",
            reason=Reason.AMBIGUOUS,
            sentence="Two repairs pass every test, and they disagree when days = -1.",
            next_step="Add one of the tests below and push.",
            failures=self.failures(),
            alternatives=alternatives,
        )

    def _publish(self, turn: Turn, attempt_id: int) -> None:
        hand, branch = Hand(turn, POLICY, facts_of(PATCH)), "goldseam/late-fee"
        made = {
            "branch": (Action.BRANCH, Made("9" * 40)),
            "commit": (Action.COMMIT, Made("c" * 40)),
            "pull": (Action.DRAFT, Made("12", f"{WEB}/pull/12")),
        }
        for kind, (action, result) in made.items():
            hand.make(action, kind=kind, target=branch, look=lambda: None, do=lambda result=result: result)

        def note_number(session) -> None:
            session.get_one(Attempt, attempt_id).pull_number = 12

        turn.finish(State.WATCHING, why="A pull request is open.", sentence=self.fixed().sentence, also=note_number)

    def _on(self, attempt_id: int, here: State, there: State) -> None:
        with self.turns.take(attempt_id, here) as turn:
            turn.finish(there, why="Moved on.")

    def _join(self, turn: Turn):
        def join(session) -> None:
            attempt = session.get_one(Attempt, turn.attempt.id)
            incidents.attach(session, attempt, fingerprint=f"f{attempt.id}", title=f"assert 5 == 0{self.wild}")

        return join


def _policy() -> EffectivePolicy:
    text = b"version: 1\nautonomy: draft_pr\ndeny_paths: ['secrets/**']\n"
    return effective(ServerPolicy(autonomy=Autonomy.DRAFT_PR), text)


POLICY = _policy()
assert decide(Action.DRAFT, facts_of(PATCH), POLICY, None).result == "allow"
