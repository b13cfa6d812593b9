"""What the App's coming and going means: repositories to ask, to forget, to leave alone until they have answered."""

from __future__ import annotations

from sqlalchemy.orm import Session

from fixers.model import Declined, Reason
from tasks.github.signal import InstallationChanged, Signal
from tasks.policy.model import REPOSITORY_FILE, EffectivePolicy, Standing
from tasks.stages.onboard import BRANCH
from tasks.stages.turn import Turn
from tasks.store import onboardings


def changed(session: Session, signal: Signal, change: InstallationChanged) -> str:
    """Note which repositories came and went; return what was made of it, as a sentence."""
    gone = change.change == "deleted"
    removed = [each.id for each in change.removed]
    onboardings.leave(session, repository_ids=removed, installation_id=signal.installation_id if gone else None)
    if gone or signal.installation_id is None:
        return "The App was removed." if gone else "Ignored: it names no installation."
    new = [
        onboardings.want(
            session, repository_id=each.id, repository=each.full_name, installation_id=signal.installation_id
        )
        for each in change.added
    ]
    return f"{sum(new)} repositories are to be asked, {len(removed)} were removed."


def answered(session: Session, signal: Signal, *, number: int, head_branch: str) -> bool:
    """Have the request looked at whose pull request this is; False when it is another pull request."""
    if head_branch != BRANCH:
        return False
    return onboardings.answered(session, repository_id=signal.repository_id, number=number)


def unasked(turn: Turn, policy: EffectivePolicy) -> Declined | None:
    """Return why nothing is done for a repository that has not agreed yet; one that was never asked is asked now."""
    if policy.standing is not Standing.MISSING or not policy.onboarding:
        return None
    attempt = turn.attempt
    if attempt.installation_id is not None:
        with turn.writing() as session:
            onboardings.want(
                session,
                repository_id=attempt.repository_id,
                repository=attempt.repository,
                installation_id=attempt.installation_id,
            )
    return Declined(
        Reason.REFUSED_BY_POLICY,
        f"{attempt.repository} has no {REPOSITORY_FILE} on its default branch, so it has not asked for repairs.",
        "Merge the pull request that adds it, or add it by hand.",
    )
