"""Labels, reactions and teams: what hangs on other things."""

from __future__ import annotations

from collections.abc import Sequence

from app.simulator.documents import Document, node, stamp
from app.simulator.documents.accounts import account
from app.simulator.documents.repositories import api
from app.simulator.hub import Hub
from app.simulator.records import Account, Label, Repository
from app.simulator.talkrecords import Reaction

CONTENTS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def label(hub: Hub, repo: Repository, record: Label) -> Document:
    """Return a label."""
    return {
        "id": record.id,
        "node_id": node("LA", record.id),
        "url": f"{api(hub, repo)}/labels/{record.name}",
        "name": record.name,
        "color": "ededed",
        "default": False,
        "description": "",
    }


def reaction(hub: Hub, record: Reaction) -> Document:
    """Return a reaction."""
    return {
        "id": record.id,
        "node_id": node("REA", record.id),
        "user": account(hub, record.author),
        "content": record.content,
        "created_at": stamp(record.created_at),
    }


def rollup(address: str, reactions: Sequence[Reaction] = ()) -> Document:
    """Return the counts of reactions to the thing at an address."""
    given = [reaction.content for reaction in reactions]
    counts = {content: given.count(content) for content in CONTENTS}
    return {"url": f"{address}/reactions", "total_count": len(given), **counts}


def association(repo: Repository, who: Account) -> str:
    """Return how an author belongs to the repository."""
    role = repo.roles.get(who.login, "")
    return "OWNER" if who == repo.owner else "COLLABORATOR" if role else "NONE"


def team(hub: Hub, repo: Repository, slug: str) -> Document:
    """Return a team of the repository's organization, as lists of pull requests show it."""
    address = f"{hub.url}/api/v3/organizations/{repo.owner.id}/team/{slug}"
    return {
        "id": repo.owner.id * 1000 + sum(slug.encode()) % 1000,
        "node_id": node("T", slug),
        "name": slug,
        "slug": slug,
        "description": None,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "type": "organization",
        "organization_id": repo.owner.id,
        "url": address,
        "html_url": f"{hub.url}/orgs/{repo.owner.login}/teams/{slug}",
        "members_url": f"{address}/members{{/member}}",
        "repositories_url": f"{address}/repos",
        "parent": None,
    }
