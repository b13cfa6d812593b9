"""The model as a fixer: one more maker of candidates, asked last and believed in nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from fixers.llm.agent import Ended, Outcome, Session, converse
from fixers.llm.anthropic_model import DEFAULT_MODEL, AnthropicModel
from fixers.llm.desk import Desk
from fixers.llm.model import Limits, Model
from fixers.llm.redact import RedactionFailed, Redactor
from fixers.llm.secret_rules import DETECTORS, Detector
from fixers.model import Candidate
from fixers.request import Case

MODEL_VARIABLE = "GOLDSEAM_LLM_MODEL"
"""Environment variable that names the model; unset: `DEFAULT_MODEL`."""


@dataclass(slots=True)
class ModelFixer:
    """Has a model propose candidates; every one of them goes through the engine's own gates.

    Never raises for what a model, a provider or a detector does: the conversation
    ends, `outcome` says why in a sentence, and the attempt goes on without it.
    """

    model: Model
    limits: Limits = field(default_factory=Limits)
    never_send: tuple[str, ...] = ()
    """Glob patterns of paths whose text never leaves this machine."""
    detectors: tuple[Detector, ...] = DETECTORS
    outcome: Outcome | None = None
    """Of the last attempt; None before the first."""

    @property
    def name(self) -> str:
        """What the trace calls it."""
        return f"model:{self.model.id}"

    def said(self) -> str:
        """Return how the last conversation ended."""
        return self.outcome.sentence if self.outcome else "It was not asked."

    def propose(self, case: Case) -> Iterator[Candidate]:
        """Yield the model's proposals one by one; the engine judges each before the model hears of it."""
        redactor = Redactor(self.detectors)
        desk = Desk(case, self.name, redactor, self.limits.source_lines, self.never_send)
        session = Session(desk, self.model, self.limits)
        try:
            self.outcome = yield from converse(session)
        except RedactionFailed as failed:
            self.outcome = session.ended(Ended.SECRETS, f"The model was not asked: {failed}.")
        except GeneratorExit:
            self.outcome = session.ended(Ended.TIME, "The attempt ended while a proposal of the model was tried.")
            raise


def model_fixer(
    model: str | None = None, *, limits: Limits | None = None, never_send: tuple[str, ...] = ()
) -> ModelFixer:
    """Return the fixer with Anthropic's model; key and base URL come from the SDK's own environment variables.

    `model` wins over GOLDSEAM_LLM_MODEL. Nothing is sent, and no key is looked at,
    before the fixer is asked.
    """
    chosen = model or os.environ.get(MODEL_VARIABLE) or DEFAULT_MODEL
    return ModelFixer(AnthropicModel(chosen), limits or Limits(), never_send)
