"""Calls that PyGithub has no method for, or for which it would ask more than once: plain documents in and out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from github.Repository import Repository

Document = Mapping[str, Any]
_PAGE = 100


def asked(repository: Repository, verb: str, path: str, document: Document | None = None) -> Any:
    """Ask for a path below the repository and return the answer's document."""
    url = f"/repos/{repository.full_name}{path}"
    return repository.requester.requestJsonAndCheck(verb, url, input=None if document is None else dict(document))[1]


def listed(repository: Repository, path: str, most: int, **parameters: str) -> Iterator[Document]:
    """Yield the documents of a list below the repository, page by page, `most` of them at most."""
    url, seen = f"/repos/{repository.full_name}{path}", 0
    for page in range(1, -(-most // _PAGE) + 1):
        asked_for = {**parameters, "per_page": str(min(most, _PAGE)), "page": str(page)}
        documents = repository.requester.requestJsonAndCheck("GET", url, parameters=asked_for)[1]
        yield from documents[: most - seen]
        seen += len(documents)
        if len(documents) < _PAGE:
            return


def queried(repository: Repository, query: str) -> Document:
    """Run a GraphQL query without variables and return its data."""
    answer: Document = repository.requester.graphql_query(query, {})[1]["data"]
    return answer
