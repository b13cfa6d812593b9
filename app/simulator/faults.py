"""What happens to installations, tokens and repositories while somebody works with them.

Faults of single calls are written as `app.simulator.journal.Fault` into `Hub.faults`; a
fault of the kind THEN lets one of these happen in the middle of a call.
"""

from __future__ import annotations

from dataclasses import replace

from app.simulator.git import NULL_SHA
from app.simulator.gitrecords import Signature
from app.simulator.hub import Hub
from app.simulator.records import Permissions, Repository


def expire_tokens(hub: Hub) -> None:
    """Let every token run out now."""
    with hub.lock:
        hub.gate.tokens.clear()


def suspend(hub: Hub, repository: Repository) -> None:
    """Suspend the installation of the repository's owner."""
    with hub.lock:
        hub.install(repository.owner.login).suspended = True


def remove(hub: Hub, repository: Repository) -> None:
    """Take the repository out of its installation; tokens that cover it no longer reach it."""
    with hub.lock:
        hub.install(repository.owner.login).repositories.discard(repository.full_name)


def narrow(hub: Hub, repository: Repository, permissions: Permissions) -> None:
    """Leave the installation these permissions, and its living tokens what is left of theirs."""
    with hub.lock:
        installation = hub.install(repository.owner.login)
        installation.permissions = dict(permissions)
        for value, token in hub.gate.tokens.items():
            if token.installation is installation:
                kept = {name: level for name, level in token.permissions.items() if permissions.get(name) == level}
                hub.gate.tokens[value] = replace(token, permissions={**kept, "metadata": "read"})


def rename(hub: Hub, repository: Repository, name: str) -> None:
    """Give the repository another name; the old one leads there by a 301, and tokens go on to cover it."""
    with hub.lock:
        before = repository.full_name
        del hub.repositories[before.lower()]
        repository.name = name
        hub.repositories[repository.full_name.lower()] = repository
        hub.renamed[before.lower()] = repository
        installation = hub.install(repository.owner.login)
        installation.repositories = {repository.full_name if each == before else each
                                     for each in installation.repositories}  # fmt: skip
        for value, token in hub.gate.tokens.items():
            if before in token.repositories:
                names = token.repositories - {before} | {repository.full_name}
                hub.gate.tokens[value] = replace(token, repositories=names)


def force_push(hub: Hub, repository: Repository, branch: str, message: str = "Rewritten") -> str:
    """Put an unrelated commit with the same files where the branch stood; returns it."""
    with hub.lock:
        git = repository.git
        before = git.refs(f"refs/heads/{branch}").get(f"refs/heads/{branch}", NULL_SHA)
        who = Signature("kim", "kim@users.noreply.example", hub.now())
        sha = git.write_commit(git.commit(before).tree, [], message, who)
        git.move_ref(f"refs/heads/{branch}", sha, before)
        hub.refresh_pulls(repository)
        return sha
