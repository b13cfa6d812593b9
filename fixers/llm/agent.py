"""The loop: ask, do what was asked if it is one of four things, answer, until something ends it.

Nothing but the model's typed calls and our own limits moves the loop. What a
file, a test or an exception says is only ever text in an answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from fixers.checks.integrity import integrity_gates
from fixers.checks.scope import check_scope
from fixers.hunt import Plausible
from fixers.llm.briefing import briefing, data
from fixers.llm.desk import Desk, Refusal
from fixers.llm.model import Asked, History, Instructions, Limits, Model, ModelFailed, Reply, Result
from fixers.llm.redact import leftovers
from fixers.llm.tools import Action, GiveUp, Malformed, ProposePatch, ReadSource, RunTests, prompt, read_call, tools
from fixers.mend import literals_of_tests
from fixers.model import Candidate, Declined, Reason
from fixers.request import Case
from fixers.runner.evaluator import Status, Variant

CALLS = 4
"""Carried out of one reply; a reply with more of them does not wait for answers."""


class Ended(StrEnum):
    """Why the model was not asked again."""

    PASSES = "passes"
    """A proposal passes the tests and the integrity rules; the proof is still to come."""
    GAVE_UP = "gave_up"
    STEPS = "steps"
    TOKENS = "tokens"
    MONEY = "money"
    TIME = "time"
    """The attempt's own time or number of candidates is spent."""
    MALFORMED = "malformed"
    UNAVAILABLE = "unavailable"
    SECRETS = "secrets"
    """The request could not be shown to be free of secrets."""


_REASONS = {
    Ended.GAVE_UP: Reason.NO_CANDIDATE,
    Ended.MALFORMED: Reason.NO_CANDIDATE,
    Ended.UNAVAILABLE: Reason.INFRASTRUCTURE,
    Ended.SECRETS: Reason.REFUSED_BY_POLICY,
}


@dataclass(frozen=True, slots=True)
class Spent:
    """What the replies so far cost."""

    calls: int = 0
    tokens: int = 0
    usd: Decimal = Decimal(0)

    def plus(self, reply: Reply) -> Spent:
        """Return the sum with one more reply."""
        return Spent(self.calls + 1, self.tokens + reply.tokens_in + reply.tokens_out, self.usd + reply.usd)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the conversation ended, and what it cost."""

    ended: Ended
    sentence: str
    spent: Spent = Spent()
    redacted: int = 0
    """Values that were taken out of what was sent."""

    def declined(self) -> Declined | None:
        """Return the outcome as a reason, or None when a proposal passes."""
        if self.ended is Ended.PASSES:
            return None
        reason = _REASONS.get(self.ended, Reason.BUDGET_EXHAUSTED)
        return Declined(reason, self.sentence, "Repair it by hand, or raise the model's limits and run again.")


@dataclass(slots=True)
class Session:
    """One conversation: what it costs so far, and the last proposal."""

    desk: Desk
    model: Model
    limits: Limits
    spent: Spent = Spent()
    refusals: int = 0
    last: Candidate | None = None

    def ended(self, ended: Ended, sentence: str) -> Outcome:
        """Return the outcome of this conversation."""
        return Outcome(ended, sentence, self.spent, self.desk.redactor.count)


def converse(session: Session) -> Generator[Candidate, None, Outcome]:
    """Yield a candidate for each sound proposal; resumed, read from the hunt what became of it, and answer."""
    history: History = (Instructions(prompt("instructions")), Asked(text=briefing(session.desk)))
    while True:
        if over := _over(session):
            return over
        if kinds := leftovers([t for turn in history for t in _sent(turn)], session.desk.redactor.detectors):
            return session.ended(Ended.SECRETS, f"The model was not asked: the request holds {', '.join(kinds)}.")
        try:
            reply = session.model.ask(history, tools(), session.limits)
        except ModelFailed as failed:
            return session.ended(Ended.UNAVAILABLE, f"The model gave no usable reply: {failed}")
        session.spent = session.spent.plus(reply)
        answers: list[Result] = []
        for number, call in enumerate(reply.calls):
            action = read_call(call) if number < CALLS else Malformed(f"Make at most {CALLS} calls, then wait.")
            answer = yield from _answer(session, action)
            if isinstance(answer, Outcome):
                return answer
            text = answer.sentence if isinstance(answer, Refusal) else answer
            session.refusals += isinstance(answer, Refusal)
            answers.append(Result(call.id, text, refused=isinstance(answer, Refusal)))
        session.refusals += not reply.calls
        nudge = "" if reply.calls else "Answer with a call of one of the tools."
        history += (reply, Asked(tuple(answers), nudge))


def _over(session: Session) -> Outcome | None:
    """Return the outcome when a limit is reached; asked before every call, so none is passed by more than one."""
    limits, spent = session.limits, session.spent
    checks = (
        (session.desk.case.hunt.spent(), Ended.TIME, "the time or the candidates of the attempt are spent"),
        (spent.calls >= limits.steps, Ended.STEPS, f"{limits.steps} replies gave no repair"),
        (spent.tokens >= limits.tokens, Ended.TOKENS, f"{spent.tokens:,} tokens gave no repair"),
        (spent.usd >= limits.usd, Ended.MONEY, f"${spent.usd:.2f} gave no repair"),
        (session.refusals >= limits.refusals, Ended.MALFORMED, f"{session.refusals} calls could not be carried out"),
    )
    return next((session.ended(e, f"The model is not asked again: {why}.") for over, e, why in checks if over), None)


def _answer(session: Session, action: Action | Malformed) -> Generator[Candidate, None, str | Refusal | Outcome]:
    match action:
        case Malformed(sentence):
            return Refusal(sentence)
        case GiveUp():
            # Its reason stays out of the trace: text of a model is shown to nobody unproven.
            return session.ended(Ended.GAVE_UP, "The model found no repair and said so.")
        case ReadSource():
            return _read(session, action)
        case RunTests():
            return _run_tests(session)
        case ProposePatch():
            candidate = session.desk.candidate(action.replacements())
            return candidate if isinstance(candidate, Refusal) else (yield from _tried(session, candidate))


def _read(session: Session, wanted: ReadSource) -> str | Refusal:
    text = session.desk.read(wanted)
    left = f"{session.desk.lines_left} lines are left."
    return text if isinstance(text, Refusal) else f"{data('source', text)}\n{left}"


def _tried(session: Session, candidate: Candidate) -> Generator[Candidate, None, str | Outcome]:
    """Hand a candidate to the engine, and say what the engine's own counts say of it."""
    session.last = candidate
    case = session.desk.case
    counts = case.hunt.counts(candidate.fixer)
    before = Counter(counts.refused)
    yield candidate
    fell = Counter(counts.refused) - before
    if not fell and _is_plausible(case.hunt.plausible, candidate):
        fallen = refused_by(case, candidate)
        if not fallen:
            return session.ended(Ended.PASSES, "A proposal of the model passes the tests; the proof decides.")
        return f"The tests pass, but the patch is refused at a gate of integrity.\n{_clean(session, fallen)}"
    gate = next(iter(fell), "")
    if gate == "scope":
        faults = [sentence for edit in candidate.edits for sentence in check_scope(edit).fatal]
        return f"Refused at the gate scope, before any test ran.\n{_clean(session, '; '.join(faults))}"
    if not gate:
        return "The patch was not tried."
    return f"Refused at the gate {gate}. run_tests shows what fails under this proposal."


def refused_by(case: Case, candidate: Candidate) -> str:
    """Return the integrity gate at which the proof would stop, with its finding, or empty."""
    literals = literals_of_tests(case.project, case.hunt.failing)
    gates = integrity_gates(candidate.edits, test_literals=literals)
    return next((f"{gate.name}: {gate.detail.split(';')[0]}" for gate in gates if not gate.passed), "")


def _is_plausible(plausible: Sequence[Plausible], candidate: Candidate) -> bool:
    return any(one.origin is candidate for one in plausible)


def _run_tests(session: Session) -> str:
    """Run the failing tests to the end under the last proposal; what they print is data."""
    hunt, last = session.desk.case.hunt, session.last
    edits = last.edits if last else ()
    path = edits[0].path if edits else next(iter(session.desk.case.project.repairable()), "")
    sources = {e.path: e.after for e in edits} or {path: session.desk.case.project.files.get(path, "")}
    outcome = hunt.evaluator.run(Variant(path=path, sources=sources), hunt.failing, stop_at_first=False)
    under = "under the last proposal" if last else "as the code stands"
    if outcome.status is Status.PASS:
        return f"All {len(hunt.failing)} pass {under}."
    if not outcome.failing:
        return f"The run ended with {outcome.status} {under}."
    text = "\n".join((*outcome.failing[:40], outcome.signature))
    return f"{len(outcome.failing)} of {len(hunt.failing)} fail {under}:\n{_clean(session, text)}"


def _clean(session: Session, text: str) -> str:
    return data("what the tests said", session.desk.redactor.clean(text))


def _sent(turn: Instructions | Asked | Reply) -> Sequence[str]:
    """Return the texts of a turn that are ours to answer for; a reply came from where it goes."""
    match turn:
        case Instructions(text):
            return (text,)
        case Asked(results, text):
            return (*(result.text for result in results), text)
        case _:
            return ()
