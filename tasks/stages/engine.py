"""What the stages ask of the repair engine, and of the machine under it.

The stages of one attempt may run in different processes, so each opens the bench
anew; what costs time (mirror, environment) is the implementation's to cache.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from fixers.evidence import Localized, Observed, Repair, Trace
from fixers.guidance import Guidance
from fixers.model import Declined
from tasks.stages.documents import Order
from tasks.store.models import Attempt


class Bench(Protocol):
    """The tree at the order's commit, its environment and a sandbox."""

    def reproduce(self) -> Observed | Declined:
        """Run the suite and what fails again; a suite that passes is Declined as not reproduced."""

    def localize(self, observed: Observed) -> Localized:
        """Rank the places that may hold the fault."""

    def repair(self, observed: Observed, localized: Localized) -> Repair:
        """Make candidates and keep what passes."""

    def verify(self, observed: Observed, localized: Localized, repair: Repair) -> Trace:
        """Prove one, or say why none is proposed."""


class Engine(Protocol):
    """Opens benches."""

    def prepare(
        self, attempt: Attempt, order: Order, guidance: Guidance | None = None
    ) -> AbstractContextManager[Bench]:
        """Fetch the tree and make its environment; `guidance` is what people said of an earlier proposal.

        Raises EnvironmentFailed or BadInput, which end the attempt with their sentence,
        or Retryable, after which the same stage may be tried again.
        """
