"""The main job: a red run becomes a pull request, another is declined."""

from __future__ import annotations

import click
from sqlalchemy import select

from app.demo.stack import Stack, announce
from app.simulator import sample
from app.simulator.hub import Hub
from app.simulator.sample import Sample
from tasks.store.database import Store
from tasks.store.models import Attempt, Effect
from tasks.store.states import State


def show(stack: Stack) -> bool:
    """Tell the story; say whether it ended as it should."""
    hub, story = stack.hub, stack.story
    red = sample.red_main(hub)
    story.tell(f"{red.repository.full_name}: run {red.run.id} on main is red; sending its webhooks")
    announce(hub, red)
    story.follow(1)
    unsettled = sample.unsettled_main(hub)
    story.tell(f"{unsettled.repository.full_name}: run {unsettled.run.id} on main is red; sending its webhooks")
    announce(hub, unsettled)
    story.follow(2)
    return _outcome(hub, red, unsettled, stack.config.address, story.store)


def _outcome(hub: Hub, red: Sample, unsettled: Sample, address: str, store: Store) -> bool:
    pulls = list(red.repository.pulls.values())
    with store.read() as session:
        attempts = list(session.scalars(select(Attempt).order_by(Attempt.id)))
        effects = list(session.scalars(select(Effect).order_by(Effect.id)))
    click.echo("\n  Effects on GitHub:")
    for effect in effects:
        click.echo(f"    {effect.kind:<8} {effect.url or effect.target}")
    for pull in pulls:
        click.echo(f"\n  Pull request: {hub.url}/{red.repository.full_name}/pull/{pull.number}  {pull.title}\n")
        click.echo("\n".join(f"  | {line}" for line in pull.body.split("<details>", 1)[0].rstrip().splitlines()))
        click.echo("  | … the whole trace is folded below this in the pull request")
    declined = [a for a in attempts if a.state is State.DECLINED]
    for attempt in declined:
        click.echo(f"\n  Declined: {attempt.repository}, {attempt.reason}. {attempt.sentence}")
        click.echo(f"    {address}/attempts/{attempt.id}")
    click.echo("\n  The record of it all:  goldseam ledger verify")
    return len(pulls) == 1 and len(declined) == 1 and not unsettled.repository.pulls
